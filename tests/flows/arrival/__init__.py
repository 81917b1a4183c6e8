"""What arrives, what does not, and what becomes of messages that stand."""
