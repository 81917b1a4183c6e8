"""Tests of fetching values, against real servers on the loopback."""
