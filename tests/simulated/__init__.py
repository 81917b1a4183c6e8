"""Weeks and years in a moment: the real beats and flows on a clock that is moved."""
