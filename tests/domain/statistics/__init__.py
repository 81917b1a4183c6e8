"""Each formula against values that are known."""
