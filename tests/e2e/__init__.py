"""The whole product, one person's week at a time, on every platform."""
