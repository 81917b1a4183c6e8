"""What tests of running the product have: the command, in a folder of its own."""

from tests.cli.conftest import organisation, process, steward

__all__ = ["organisation", "process", "steward"]
