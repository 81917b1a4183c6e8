"""What a rule says: which rule, about what, how bad, and the numbers it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Number = str | int | float | bool
"""A number of a finding, or what it is about; a day is written as ISO 8601 text."""
GOVERNANCE_GATE = "G4"


class Grade(StrEnum):
    """How bad a finding is; info never colours anything."""

    INFO = "info"
    AMBER = "amber"
    RED = "red"

    @property
    def badness(self) -> int:
        """Return 0 for info up to 2 for red."""
        return tuple(Grade).index(self)


class Dimension(StrEnum):
    """What a finding colours; the first four make up the computed colour, the others are shown beside it."""

    DELIVERY = "delivery"
    PERFORMANCE = "performance"
    OWNERSHIP = "ownership"
    GOVERNANCE = "governance"
    INTEGRITY = "integrity"
    LEADERSHIP = "leadership"


DIMENSIONS = (Dimension.DELIVERY, Dimension.PERFORMANCE, Dimension.OWNERSHIP, Dimension.GOVERNANCE)
OF_FAMILY = {
    "PL": Dimension.DELIVERY, "DT": Dimension.DELIVERY, "GT": Dimension.DELIVERY, "BL": Dimension.DELIVERY,
    "IF": Dimension.DELIVERY, "MT": Dimension.PERFORMANCE, "AD": Dimension.PERFORMANCE,
    "OWN": Dimension.OWNERSHIP, "UPD": Dimension.OWNERSHIP, "PK": Dimension.OWNERSHIP,
    "GV": Dimension.GOVERNANCE, "INC": Dimension.GOVERNANCE, "WM": Dimension.INTEGRITY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One finding: the rule's id, its subject (a gate, a metric, a role ... of the initiative), its grade and numbers.

    A rule finds at most one thing about a subject: (rule, initiative, subject) is its identity.
    """

    rule: str
    subject: str
    grade: Grade
    numbers: Mapping[str, Number] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """Return the letters of the rule's id."""
        return self.rule.partition("-")[0]

    @property
    def dimension(self) -> Dimension:
        """Return what it colours: governance for the governance gate, else by the rule's family."""
        if self.family == "GT" and self.subject.startswith(GOVERNANCE_GATE):
            return Dimension.GOVERNANCE
        return OF_FAMILY.get(self.family, Dimension.LEADERSHIP)

    @property
    def identity(self) -> tuple[str, str]:
        """Return (rule, subject), which is unique within an initiative."""
        return self.rule, self.subject


def graded(amber: bool, red: bool) -> Grade | None:
    """Return red, else amber, else None for nothing to say."""
    if red:
        return Grade.RED
    return Grade.AMBER if amber else None
