"""Tests of how values are asked for, recorded, sent in, fetched and shown."""
