"""Rows, migrations and the real databases under the stores."""
