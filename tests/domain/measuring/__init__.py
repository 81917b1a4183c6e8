"""Tests of the measured numbers."""
