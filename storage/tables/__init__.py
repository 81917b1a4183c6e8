"""SQLModel rows, one file per aggregate; nobody outside storage sees one."""
