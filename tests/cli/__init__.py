"""The steward command, in this process and as one of its own."""
