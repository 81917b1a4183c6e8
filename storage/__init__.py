"""Rows, stores, read models and migrations: the only place that speaks SQL."""
