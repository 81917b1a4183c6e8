"""Tests of the verbs, over a real SQLite database."""
