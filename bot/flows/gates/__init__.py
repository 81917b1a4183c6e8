"""What people do about gates: each act is authorised from the database, audited, and one transaction."""
