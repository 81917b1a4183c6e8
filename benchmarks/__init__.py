"""The figures Steward promises, each measured as a ratio or against a limit in one run."""
