"""The files people bring in and take out: the portfolio file, the federal inventory, a flat table."""

from bot.formats.files import EXPORTS, IMPORTS, Report, export_to, import_file

__all__ = ["EXPORTS", "IMPORTS", "Report", "export_to", "import_file"]
