"""Tests of the clock over database rows."""
