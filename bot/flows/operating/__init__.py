"""What keeps the product itself in order: the auditor of silent stops, the processes, the erasure of a person."""
