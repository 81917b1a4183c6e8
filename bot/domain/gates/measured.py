"""Facts that gates rest on and other parts of the product record."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is measured of one success criterion; None where it is not known. `clean_weeks` counts since a breach."""

    value: float | None = None
    points: int = 0
    sample: int | None = None
    breached: bool | None = None
    clean_weeks: int | None = None
    improving: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Facts that other parts of the product record, by criterion code where they belong to one; None: not recorded."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    serious_incidents: int | None = None
    critical_risks: int | None = None
    trained_percent: float | None = None
    unowned_frictions: int | None = None
    leadership_uses: int | None = None
    lessons: int | None = None
    sustained_months: int | None = None
    units_without_leader: int | None = None
    reuse_percent: float | None = None


NOTHING_MEASURED = Measured()
