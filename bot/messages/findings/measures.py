"""Numbers of findings as a reader writes them."""

from collections.abc import Mapping
from datetime import date

from bot.domain.rules.findings import Number
from bot.messages.words import counted, day_words

Numbers = Mapping[str, Number]


def plain(value: Number, digits: int = 3) -> str:
    """Return a number without noise: at most `digits` decimals and no trailing zeros."""
    if isinstance(value, str):
        return value
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return "0" if text in ("-0", "") else text


def measured(value: Number, unit: Number) -> str:
    """Return a value with its unit: `21.4%`, `117 min`, `0.819`."""
    text = plain(value)
    return f"{text}%" if unit == "%" else f"{text} {unit}".rstrip()


def percent(share: Number) -> str:
    """Return a share as percent without decimals."""
    return f"{float(share):.0%}"


def working_days(number: Number) -> str:
    """Return `1 working day`, `12 working days`."""
    return counted(int(number), "working day")


def day(text: Number) -> str:
    """Return a day, stored as ISO text, as readers see it: `11 Dec 2026`."""
    return day_words(date.fromisoformat(str(text)))


def readable(code: str) -> str:
    """Return a stored code as words: `business_sponsor` as `business sponsor`."""
    return code.replace("_", " ")
