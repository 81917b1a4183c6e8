"""Tests of the pure centre."""
