"""Gates and charters over SQL."""
