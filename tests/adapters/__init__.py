"""Tests of the chat platform adapters, each against a strict fake of its remote."""
