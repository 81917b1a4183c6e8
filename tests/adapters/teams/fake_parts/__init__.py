"""The parts of the fake Teams."""
