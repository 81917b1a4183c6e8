"""The way back: a book as the content of a portfolio file that, merged again, changes nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from bot.domain.checkins import Prompt, PromptState
from bot.domain.ids import PersonId, PromptId
from bot.domain.ownership import AssignmentKind, AssignmentState, Role, RoleAssignment
from bot.domain.people import Person
from bot.domain.portfolio.book import Book
from bot.domain.portfolio.content import Content, Entry
from bot.domain.portfolio.gating import gates_of

UNSETTLED = frozenset({PromptState.SCHEDULED, PromptState.SENT})
"""Check-ins that are not history yet: after an import elsewhere they are planned and asked anew."""


def content_of(book: Book) -> Content:
    """
    Return everything in a book, what has its default value left out.

    Accounts on chat platforms, messages and the audit chain are not part of a portfolio file.
    """
    return _Collecting(book).content()


def _spoken(record: object, *but: str) -> dict[str, Any]:
    """Return the fields of a record that do not have their default value."""
    found = {}
    for each in fields(record):  # type: ignore[arg-type]
        value = getattr(record, each.name)
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if value != default and each.name not in but:
            found[each.name] = value
    return found


class _Collecting:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.keys = book.initiative_keys()
        self.portfolio_keys = {portfolio.id: key for key, portfolio in book.portfolios.items()}
        self.names = _names(book.people.values())

    def content(self) -> Content:
        """Return every section."""
        book = self.book
        organisation = next(iter(book.organisation.values()), None)
        holding, told = self._holding()
        return Content(
            organisation=_entry(_spoken(organisation)) if organisation else None,
            people=tuple(_entry(self._with_names(person, {"manager": person.manager_id}, "manager_id"))
                         for person in book.people.values()),
            portfolios=tuple(self._portfolio(key) for key in book.portfolios),
            initiatives=tuple(self._initiative(key, holding) for key in book.initiatives),
            assignments=tuple(self._assignment(each) for each in told),
            absences=self._absences(),
            cycles=tuple(_entry(_spoken(cycle)) for cycle in book.cycles.values()),
            check_ins=tuple(self._check_in(prompt_id) for prompt_id in self._settled()),
            commitments=self._commitments(),
            raids=self._raids(),
            **gates_of(book, self.names),  # type: ignore[arg-type]  # only lists are among them
        )  # fmt: skip

    def _with_names(self, record: object, people: Mapping[str, PersonId | None], *but: str) -> dict[str, Any]:
        named = {name: self.names[person_id] for name, person_id in people.items() if person_id}
        return _spoken(record, *but) | named

    def _portfolio(self, key: str) -> Entry:
        portfolio = self.book.portfolios[key]
        people = {"lead": portfolio.lead_id, "executive": portfolio.executive_id}
        given = self._with_names(portfolio, people, "id", "lead_id", "executive_id", "gatekeeper_ids")
        if portfolio.gatekeeper_ids:
            given["gatekeepers"] = tuple(self.names[each] for each in portfolio.gatekeeper_ids)
        return _entry(given)

    def _initiative(self, key: str, holding: Mapping[str, dict[Role, list[RoleAssignment]]]) -> Entry:
        initiative = self.book.initiatives[key]
        given = self._with_names(initiative, {"closed_by": initiative.closed_by}, "id", "portfolio_id")
        given["portfolio"] = self.portfolio_keys[initiative.portfolio_id]
        owners = {role: self._owner(held) for role, held in holding.get(initiative.id, {}).items()}
        return _entry(given | ({"owners": owners} if owners else {}))

    def _holding(self) -> tuple[dict[str, dict[Role, list[RoleAssignment]]], list[RoleAssignment]]:
        """Return the assignments that are told with their initiative, the holder leading, and those told in full."""
        simple: dict[str, dict[Role, list[RoleAssignment]]] = {}
        told = []
        for each in sorted(self.book.assignments.values(), key=_holder_first):
            roles = simple.setdefault(each.initiative_id, {})
            if not _is_plain(each) or (each.kind is AssignmentKind.DELEGATE) is (each.role not in roles):
                told.append(each)
            else:
                roles.setdefault(each.role, []).append(each)
        ordered = {key: {role: roles[role] for role in Role if role in roles} for key, roles in simple.items()}
        return ordered, sorted(told, key=lambda a: a.id)

    def _owner(self, held: list[RoleAssignment]) -> Entry:
        primary, *delegates = held
        given = self._holder(primary)
        if delegates:
            given["delegates"] = tuple(_entry(self._holder(each)) for each in delegates)
        return _entry(given)

    def _holder(self, assignment: RoleAssignment) -> dict[str, Any]:
        given: dict[str, Any] = {"person": self.names[assignment.person_id], "since": assignment.valid_from}
        if assignment.state is AssignmentState.ACTIVE:
            given["accepted"] = assignment.accepted_at
        if assignment.assigned_by:
            given["assigned_by"] = self.names[assignment.assigned_by]
        return given

    def _assignment(self, assignment: RoleAssignment) -> Entry:
        people = {
            "person": assignment.person_id,
            "assigned_by": assignment.assigned_by,
            "handover_from": assignment.handover_from,
        }
        return self._about(assignment.initiative_id, self._with_names(assignment, people, "initiative_id", "person_id"))

    def _about(self, initiative_id: str, given: dict[str, Any]) -> Entry:
        return _entry({"initiative": self.keys[initiative_id]} | given)

    def _absences(self) -> tuple[Entry, ...]:
        return tuple(
            _entry(
                self._with_names(
                    each, {"person": each.person_id, "delegate": each.delegate_id}, "person_id", "delegate_id"
                )
            )
            for each in self.book.absences.values()
        )

    def _settled(self) -> list[PromptId]:
        def place(prompt: Prompt) -> tuple[str, str, str]:
            return prompt.cycle, self.keys[prompt.initiative_id], prompt.role

        settled = (each for each in self.book.prompts.values() if each.state not in UNSETTLED)
        return [each.id for each in sorted(settled, key=place)]

    def _check_in(self, prompt_id: PromptId) -> Entry:
        prompt, response = self.book.prompts[prompt_id], self.book.responses.get(prompt_id)
        people = {"person": prompt.person_id, "on_behalf_of": prompt.on_behalf_of}
        given = self._with_names(prompt, people, "id", "initiative_id", "person_id")
        given |= {"state": prompt.state, "sent_at": prompt.sent_at, "question_set": prompt.question_set}
        if response:
            given |= {"submitted_at": response.submitted_at, "answers": dict(response.answers)}
            given |= {"rag": prompt.rag, "confidence": prompt.confidence, "answered_at": prompt.answered_at}
            if response.responder_id != prompt.person_id:
                given["responder"] = self.names[response.responder_id]
            if response.asked:
                given["asked"] = dict(response.asked)
        return self._about(prompt.initiative_id, given)

    def _commitments(self) -> tuple[Entry, ...]:
        found = []
        for each in self.book.commitments.values():
            given = self._with_names(
                each, {"person": each.person_id}, "initiative_id", "person_id", "prompt_id", "rolled_from_id"
            )
            given |= {"rolled_from": each.rolled_from_id} if each.rolled_from_id else {}
            found.append(self._about(each.initiative_id, given | self._made_in(each.prompt_id, "cycle")))
        return tuple(found)

    def _raids(self) -> tuple[Entry, ...]:
        found = []
        for each in self.book.raids.values():
            people = {"owner": each.owner_id, "needs_from": each.needs_from_id}
            given = self._with_names(each, people, "initiative_id", "owner_id", "needs_from_id", "prompt_id")
            found.append(self._about(each.initiative_id, given | self._made_in(each.prompt_id, "cycle", "role")))
        return tuple(found)

    def _made_in(self, prompt_id: PromptId | None, *names: str) -> dict[str, Any]:
        prompt = self.book.prompts.get(prompt_id or "")
        return {name: getattr(prompt, name) for name in names} if prompt and prompt.state not in UNSETTLED else {}


def _holder_first(assignment: RoleAssignment) -> tuple[bool, bool, str]:
    is_delegate = assignment.kind is AssignmentKind.DELEGATE
    return is_delegate, assignment.state is not AssignmentState.ACTIVE, assignment.id


def _is_plain(assignment: RoleAssignment) -> bool:
    """Return whether an assignment is held or offered with nothing more to say than by whom and since when."""
    if assignment.valid_to or assignment.handover_from or assignment.handover_reason:
        return False
    held = assignment.state is AssignmentState.ACTIVE and assignment.accepted_at is not None
    return held or (assignment.state is AssignmentState.PROPOSED and assignment.accepted_at is None)


def _names(people: Iterable[Person]) -> dict[PersonId, str]:
    """Return what each person is called in the file: the e-mail address, a name nobody else has, or the id."""
    listed = list(people)
    count = Counter(person.name.casefold() for person in listed)
    addresses = {person.email.casefold() for person in listed if person.email}
    return {
        person.id: person.email
        or (person.name if count[person.name.casefold()] == 1 and person.name.casefold() not in addresses else "")
        or person.id
        for person in listed
    }


def _entry(given: Mapping[str, Any]) -> Entry:
    return Entry(0, "", given)
