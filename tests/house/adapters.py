"""Every adapter folder has the same files, unless adapters/README.md says why not."""

FILES = ("__init__.py", "settings.py", "inbound.py", "render.py", "platform.py", "errors.py", "manifest.py")


def exemptions(readme: str) -> set[tuple[str, str]]:
    """(adapter, file) for each table cell `exempt: why`: the row names the file, the column the adapter."""
    found: set[tuple[str, str]] = set()
    header: list[str] = []
    for line in readme.splitlines():
        if not line.startswith("|"):
            header = []
            continue
        cells = [cell.strip(" `") for cell in line.strip().strip("|").split("|")]
        if not header:
            header = cells
            continue
        columns = list(zip(header, cells, strict=False))[1:]
        exempt = [column.lower() for column, cell in columns if cell.lower().startswith("exempt")]
        found |= {(adapter, file) for adapter in exempt for file in FILES if file in cells[0]}
    return found


def missing_files(folders: dict[str, set[str]], readme: str) -> list[str]:
    """What each adapter folder lacks."""
    excused = exemptions(readme)
    return [
        f"adapters/{adapter} has no {file}"
        for adapter, present in sorted(folders.items())
        for file in FILES
        if file not in present and (adapter, file) not in excused
    ]
