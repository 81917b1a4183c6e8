"""Alembic's migrations; every one is additive first."""
