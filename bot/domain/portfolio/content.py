"""What a portfolio file says, entry by entry, and where each word of it stands, so that a mistake can be pointed at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something in a file that is wrong, or was repaired (then it is a warning); `kind` groups warnings."""

    line: int
    field: str
    reason: str
    kind: str = ""

    def __str__(self) -> str:
        """Return the one line a person reads."""
        return f"line {self.line}, {self.field}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One object of a file: the fields it gives, typed, and nothing it does not give.

    `given` holds None where the file says that a field is empty; `lines` has the line of each field.
    """

    line: int
    path: str
    given: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - the file's own types, checked when it was read
        """Return the value of a field, `default` when the file leaves it out."""
        return self.given.get(name, default)

    def has(self, name: str) -> bool:
        """Return whether the file gives this field, be it empty."""
        return name in self.given

    def problem(self, name: str, reason: str) -> Problem:
        """Return what is wrong with a field of this entry, or with all of it when `name` is empty."""
        path = ".".join(part for part in (self.path, name) if part)
        return Problem(self.lines.get(name, self.line), path, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A whole portfolio file, version 1; `broken` names the sections of which something could not be read."""

    organisation: Entry | None = None
    people: tuple[Entry, ...] = ()
    portfolios: tuple[Entry, ...] = ()
    initiatives: tuple[Entry, ...] = ()
    assignments: tuple[Entry, ...] = ()
    absences: tuple[Entry, ...] = ()
    cycles: tuple[Entry, ...] = ()
    check_ins: tuple[Entry, ...] = ()
    commitments: tuple[Entry, ...] = ()
    raids: tuple[Entry, ...] = ()
    charters: tuple[Entry, ...] = ()
    agreed: tuple[Entry, ...] = ()
    gates: tuple[Entry, ...] = ()
    criteria: tuple[Entry, ...] = ()
    evidence: tuple[Entry, ...] = ()
    signatures: tuple[Entry, ...] = ()
    waivers: tuple[Entry, ...] = ()
    decisions: tuple[Entry, ...] = ()
    conditions: tuple[Entry, ...] = ()
    changes: tuple[Entry, ...] = ()
    capabilities: tuple[Entry, ...] = ()
    items: tuple[Entry, ...] = ()
    actions: tuple[Entry, ...] = ()
    phases: tuple[Entry, ...] = ()
    broken: frozenset[str] = frozenset()

    @property
    def has_history(self) -> bool:
        """Return whether the file tells of anything past."""
        return bool(self.cycles or self.check_ins or self.commitments or self.raids)

    @property
    def has_gates(self) -> bool:
        """Return whether the file tells of gates or of what they rest on."""
        return bool(self.charters or self.agreed or self.gates or self.changes or self.items or self.capabilities)

    def sections(self) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """Yield each list of the file with its name."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, tuple):
                yield each.name, value
