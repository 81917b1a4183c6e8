"""What can be said with few weekly numbers (domain.md 4.6): limits, trends, proportions, drift, typing errors."""
