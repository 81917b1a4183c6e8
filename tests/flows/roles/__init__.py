"""Roles offered, taken, handed over and lapsed."""
