"""The faults of an outside world: each in the way it comes, and what Steward does with it (docs/operations.md)."""
