"""How long the long runs are: short in `make test`, whole in `make faults` (which sets STEWARD_LONG_RUNS)."""

import os

LONG = bool(os.environ.get("STEWARD_LONG_RUNS"))
WEEKS = 104 if LONG else 26
"""Weeks of a life of check-ins."""
PROGRAMS = 20_000 if LONG else 300
"""Random programs of the workers."""
