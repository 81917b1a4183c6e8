"""What becomes of messages that did not arrive."""
