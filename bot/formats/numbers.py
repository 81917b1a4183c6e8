"""Exact decimal numbers in a portfolio file: written as numbers where that keeps every digit, else as text."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.measuring.sanity import LARGEST, exact, plainly
from bot.domain.portfolio.merging import quoted
from bot.formats.kinds import Reading, Schema, Wrong, named
from bot.formats.nodes import Node

WRITTEN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number with up to 12 digits before the mark and six behind it."""

    def read(self, node: Node, _: Reading) -> Decimal:
        """Return the number, rounded to six places."""
        value = node.value
        if isinstance(value, str) and WRITTEN.fullmatch(value):
            return exact(Decimal(value))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong(f"must be a number, not {quoted(value) if isinstance(value, str) else named(value)}")
        if not math.isfinite(value) or abs(value) >= LARGEST:
            raise Wrong("is too large: at most 12 digits stand before the mark")
        return exact(Decimal(repr(value)))

    def write(self, value: Decimal) -> int | float | str:
        """Return the number, as text where a float would lose digits."""
        if value == value.to_integral_value():
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else plainly(value)

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        limit = int(LARGEST)
        return {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": -limit, "exclusiveMaximum": limit},
                {"type": "string", "pattern": f"^{WRITTEN.pattern}$"},
            ]
        }
