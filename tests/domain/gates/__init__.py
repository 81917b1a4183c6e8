"""Gates as pure decisions."""
