"""What keeps the product running: its clocks, its processes, its counts, and what stops in silence."""
