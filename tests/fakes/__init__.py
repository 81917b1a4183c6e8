"""Fakes of the ports, with behaviour instead of expectations."""
