"""What becomes of outbox rows: recorded with all that follows, looked up where it is in doubt, handed back, undone."""
