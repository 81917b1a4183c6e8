"""Tests of Steward."""
