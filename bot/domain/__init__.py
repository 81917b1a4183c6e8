"""What is true about initiatives and their owners: frozen dataclasses and pure functions."""
