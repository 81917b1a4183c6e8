"""What every part of a merge works with: the book being changed, who is meant by a name, and what was found wrong."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.cadence import Cycle, cycle_of
from bot.domain.calendar import Calendar, local_date
from bot.domain.ids import InitiativeId, PersonId, new_id
from bot.domain.people import Organisation, Person
from bot.domain.policy import CadencePolicy
from bot.domain.portfolio.book import ORGANISATION, Book
from bot.domain.portfolio.content import Entry, Problem
from bot.domain.questions import QuestionSet

GROUP_WORDS = frozenset({
    "all", "everyone", "group", "groups", "helpdesk", "info", "list", "mailbox", "noreply", "office", "reply", "shared",
    "staff", "support", "team", "teams",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a merge needs to know beside the two books: the instant (UTC), the rhythm, and how to get the calendar."""

    at: datetime
    calendar_of: Callable[[Organisation], Calendar]
    cadence: CadencePolicy = field(default_factory=CadencePolicy)
    questions: QuestionSet = field(default_factory=lambda: QuestionSet(0, ()))


@dataclass(slots=True)
class Merge:
    """
    A book on its way from before an import to after it; `left` are the people the file says have left meanwhile.

    `home` is the key of the portfolio new initiatives belong to when the file names only one; `failed` are the keys of
    initiatives with which something is wrong: what the file says about them later is no mistake of its own.
    """

    book: Book
    rules: Rules
    broken: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    left: set[PersonId] = field(default_factory=set)
    home: str = ""
    failed: set[str] = field(default_factory=set)
    _names: dict[str, PersonId | None] = field(default_factory=dict)

    def wrong(self, entry: Entry, name: str, reason: str) -> None:
        """Note what is wrong with a field of an entry; nothing will be stored."""
        self.problems.append(entry.problem(name, reason))

    def fresh_ids(self, how_many: int) -> list[str]:
        """Return new ids in ascending order, so that what a file lists first also counts as made first."""
        return sorted(new_id(self.rules.at) for _ in range(how_many))

    def know_people(self) -> None:
        """Learn who is who; a name that two people share means nobody, for them the e-mail address is needed."""
        self._names = names_of(self.book.people.values())

    def person(self, entry: Entry, name: str) -> PersonId | None:
        """Return the person a field names, None when it names nobody; an unknown or ambiguous one is a problem."""
        written = entry.get(name)
        return self.who(entry, name, written) if written is not None else None

    def who(self, entry: Entry, name: str, written: str) -> PersonId | None:
        """Return whom `written` means: an e-mail address, an id or a name."""
        key = written.casefold()
        if (found := self._names.get(key)) is None and "people" not in self.broken:
            several = key in self._names
            reason = "names several people, write the e-mail address" if several else "is nobody in this file or stored"
            self.wrong(entry, name, f"{quoted(written)} {reason}")
        return found

    def initiative(self, entry: Entry) -> InitiativeId | None:
        """Return the initiative an entry is about; an unknown key is a problem."""
        key = entry.get("initiative")
        if key is None:
            return None
        found = self.book.initiatives.get(key)
        if found is None and "initiatives" not in self.broken and key not in self.failed:
            self.wrong(entry, "initiative", f"{quoted(key)} is no initiative of this file or stored")
        return found.id if found else None

    @property
    def organisation(self) -> Organisation | None:
        """Return the organisation, None as long as there is none."""
        return self.book.organisation.get(ORGANISATION)

    def zone(self, person_id: PersonId | None = None) -> ZoneInfo:
        """Return the zone of a person, else of the organisation, else UTC."""
        person = self.book.people.get(person_id or "")
        organisation = self.organisation
        return ZoneInfo((person and person.timezone) or (organisation.timezone if organisation else "UTC"))

    def today(self) -> date:
        """Return the organisation's date."""
        return local_date(self.rules.at, self.zone())

    def planned_cycle(self, week: str) -> Cycle | None:
        """Return the cycle of a week by the organisation's calendar, None when it has none."""
        organisation = self.organisation
        if organisation is None:
            return None
        return cycle_of(week, self.rules.calendar_of(organisation), self.zone(), self.rules.cadence)


def names_of(people: Iterable[Person]) -> dict[str, PersonId | None]:
    """Return what each person may be called, casefolded: e-mail address, id, name; None for a name that is shared."""
    sure: dict[str, PersonId | None] = {}
    names: dict[str, PersonId | None] = {}
    for person in people:
        sure[person.id.casefold()] = person.id
        if person.email:
            sure[person.email.casefold()] = person.id
        name = person.name.casefold()
        names[name] = None if name in names else person.id
    return names | sure


def quoted(text: str) -> str:
    """Return a word from a file as it is shown in a sentence."""
    shown = " ".join(text.split())
    return f'"{shown if len(shown) <= 60 else shown[:57] + "..."}"'


def is_group_mailbox(email: str | None) -> bool:
    """Return whether an address looks like one that several people read, which cannot own anything (I-02)."""
    local = (email or "").partition("@")[0].casefold()
    return any(word in GROUP_WORDS for word in re.split(r"[^a-z]+", local))
