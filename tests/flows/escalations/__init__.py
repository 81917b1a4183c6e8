"""Escalation: ladders climbed in a small organisation on a real database."""
