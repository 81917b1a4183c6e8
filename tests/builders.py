"""
Ordinary records of the domain, every field of which a test may override: `a_prompt(state=PromptState.SENT)`.

The defaults fit together: Ana Ortiz is the technical lead of SEPSIS in portfolio CARE and is asked in 2026-W48. Ids
follow from what a record is about, so that two records that should differ only need different names or keys.
"""
# ruff: noqa: ANN401 - an override may be of any field

from collections.abc import Awaitable, Callable, Container
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.cadence import Cycle
from bot.domain.checkins import Commitment, Prompt, Response, prompt_id
from bot.domain.deliveries import Address, Delivery, DeliveryKind, planned
from bot.domain.events import Event
from bot.domain.initiatives import Initiative, Stage
from bot.domain.measuring.measurements import Measurement
from bot.domain.measuring.metrics import Metric
from bot.domain.ownership import AssignmentState, Role, RoleAssignment
from bot.domain.people import Absence, Handle, Organisation, Person, Portfolio
from bot.domain.policy import Policy
from bot.domain.questions import QuestionSet
from bot.domain.raid import Raid, RaidCategory, RaidKind
from bot.ports import Clock, Ports
from bot.stores import StoredDigest, UnitOfWork
from storage.engine import Database
from storage.queries import SqlReads
from storage.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
"""Thursday afternoon of 2026-W48."""
WEEK = "2026-W48"
CARE, SEPSIS, ANA = "portfolio-care", "initiative-sepsis", "ana-ortiz"


def an_organisation(**changes: Any) -> Organisation:
    """Return Northlake Health in Chicago."""
    return replace(Organisation(name="Northlake Health", timezone="America/Chicago", country="US"), **changes)


def a_person(name: str = "Ana Ortiz", **changes: Any) -> Person:
    """Return a person; id and e-mail follow from the name."""
    slug = name.lower().replace(" ", "-")
    return replace(Person(id=slug, name=name, email=f"{slug}@northlake.example"), **changes)


def a_handle(person_id: str = ANA, **changes: Any) -> Handle:
    """Return a person's Slack account, called after them."""
    return replace(Handle(person_id=person_id, platform="slack", tenant="T1", user=f"U-{person_id}"), **changes)


def an_absence(person_id: str = ANA, **changes: Any) -> Absence:
    """Return the whole of 2026-W48 away."""
    base = Absence(id=f"absence-{person_id}", person_id=person_id, first=date(2026, 11, 23), last=date(2026, 11, 29))
    return replace(base, **changes)


def a_portfolio(key: str = "CARE", **changes: Any) -> Portfolio:
    """Return a portfolio in Chicago; its id follows from the key."""
    base = Portfolio(
        id=f"portfolio-{key.lower()}", key=key, name=f"{key.title()} portfolio", timezone="America/Chicago"
    )
    return replace(base, **changes)


def an_initiative(key: str = "SEPSIS", **changes: Any) -> Initiative:
    """Return an initiative in its pilot; id and name follow from the key."""
    slug = key.lower()
    base = Initiative(
        id=f"initiative-{slug}", key=key, name=f"{key.title()} early warning", portfolio_id=CARE, stage=Stage.PILOT
    )
    return replace(base, **changes)


def an_assignment(
    initiative_id: str = SEPSIS, role: Role = Role.TECHNICAL_LEAD, person_id: str = ANA, **changes: Any
) -> RoleAssignment:
    """Return a role accepted and held since the first of November."""
    base = RoleAssignment(
        id=f"{initiative_id}:{role}:{person_id}",
        initiative_id=initiative_id,
        role=role,
        person_id=person_id,
        valid_from=date(2026, 11, 1),
        state=AssignmentState.ACTIVE,
        accepted_at=datetime(2026, 11, 1, 9, tzinfo=UTC),
    )
    return replace(base, **changes)


def a_cycle(key: str = WEEK, **changes: Any) -> Cycle:
    """Return the cycle of 2026-W48 in Chicago, moved as a whole by the weeks between it and `key`."""
    monday = date.fromisocalendar(int(key[:4]), int(key[6:]), 1)
    later = timedelta(days=(monday - date(2026, 11, 23)).days)
    base = Cycle(
        key=key,
        opens_on=date(2026, 11, 25) + later,
        due_on=date(2026, 11, 27) + later,
        closes_at=datetime(2026, 11, 30, 14, tzinfo=UTC) + later,
        answers_until=datetime(2026, 12, 3, 16, tzinfo=UTC) + later,
    )
    return replace(base, **changes)


def a_prompt(
    initiative_id: str = SEPSIS, role: Role = Role.TECHNICAL_LEAD, cycle: str = WEEK, **changes: Any
) -> Prompt:
    """Return what Ana is asked about SEPSIS; the id follows from cycle, initiative and role."""
    base = Prompt(
        id=prompt_id(cycle, initiative_id, role),
        cycle=cycle,
        initiative_id=initiative_id,
        role=role,
        person_id=ANA,
        due_at=datetime(2026, 11, 27, 21, tzinfo=UTC),
    )
    return replace(base, **changes)


def a_response(prompt: Prompt | None = None, revision: int = 1, **changes: Any) -> Response:
    """Return the answers to a prompt, by whom it asks; the id follows from prompt and revision."""
    prompt = prompt or a_prompt()
    base = Response(
        id=f"{prompt.id}:{revision}",
        prompt_id=prompt.id,
        revision=revision,
        responder_id=prompt.person_id,
        submitted_at=NOW,
        answers={"rag": "Green", "accuracy": 92.5, "done": ["c1"], "ask": None},
        asked={"rag": True, "drift": False},
    )
    return replace(base, **changes)


def a_commitment(text: str = "Retrain on October data", **changes: Any) -> Commitment:
    """Return a promise of Ana's due on Friday; the id follows from the text."""
    base = Commitment(
        id=f"commitment-{text.lower().replace(' ', '-')}",
        initiative_id=SEPSIS,
        role=Role.TECHNICAL_LEAD,
        person_id=ANA,
        text=text,
        due=date(2026, 11, 27),
        made_at=NOW,
    )
    return replace(base, **changes)


def a_raid(title: str = "Interface to the lab system is not approved", **changes: Any) -> Raid:
    """Return a blocker raised by Ana; the id follows from the title."""
    base = Raid(
        id=f"raid-{title.lower().replace(' ', '-')}",
        initiative_id=SEPSIS,
        kind=RaidKind.BLOCKER,
        title=title,
        category=RaidCategory.GOVERNANCE,
        owner_id=ANA,
        raised_at=NOW,
    )
    return replace(base, **changes)


def a_delivery(
    *key: str, kind: DeliveryKind = DeliveryKind.CHECKIN_PROMPT, to: str | Address = ANA, **changes: Any
) -> Delivery:
    """Return an outbox row due now and until tomorrow; kind and key (default: the week and Ana) decide its id."""
    row = planned(kind, *(key or (WEEK, ANA)), to=to, not_before=NOW, expires_at=NOW + timedelta(days=1))
    return replace(row, **changes)


def a_digest(period: str = "2026-W47", **changes: Any) -> StoredDigest:
    """Return the stored weekly digest of CARE."""
    base = StoredDigest(
        id=f"digest-{period}",
        portfolio_id=CARE,
        kind="weekly",
        period=period,
        as_of=NOW,
        content='{"lines":[]}',
        word_count=120,
    )
    return replace(base, **changes)


def an_event(action: str = "prompt.answered", **changes: Any) -> Event:
    """Return an audit event about SEPSIS."""
    return replace(Event(at=NOW, action=action, entity="initiative", entity_id=SEPSIS), **changes)


async def store(database: Database, *records: object) -> None:
    """Store records of any kind in one transaction, in the order given (what is referred to goes first)."""
    async with SqlUnitOfWork(database) as uow:
        for record in records:
            await _saver(uow, record)(record)
        await uow.commit()


async def a_small_world(database: Database) -> None:
    """Store the organisation, CARE, Ana and SEPSIS with Ana as its technical lead."""
    await store(database, an_organisation(), a_person(), a_portfolio(), an_initiative(), an_assignment())


def _saver(uow: UnitOfWork, record: object) -> Callable[[Any], Awaitable[object]]:
    async def chained(event: Event) -> None:
        uow.events.record(event)

    singly: dict[type, Callable[[Any], Awaitable[object]]] = {
        Organisation: uow.people.save_organisation,
        Handle: uow.people.save_handle,
        Portfolio: uow.people.save_portfolio,
        Cycle: uow.check_ins.add_cycle_once,
        Response: uow.check_ins.add_response,
        StoredDigest: uow.digests.add_once,
        Event: chained,
    }
    in_lists: dict[type, Callable[[Any], Awaitable[object]]] = {
        Person: uow.people.save,
        Absence: uow.people.save_absences,
        Initiative: uow.initiatives.save,
        RoleAssignment: uow.ownership.save,
        Prompt: uow.check_ins.save_prompts,
        Commitment: uow.commitments.save,
        Raid: uow.raids.save,
        Metric: uow.metrics.save,
        Measurement: uow.measurements.save,
        Delivery: uow.deliveries.add_once,
    }
    if type(record) in singly:
        return singly[type(record)]
    save = in_lists[type(record)]
    return lambda one: save([one])


def no_holidays(country: str | None, subdivision: str | None) -> Container[date]:
    """Return the public holidays of a place where there are none."""
    return ()


def make_ports(database: Database, clock: Clock, **overrides: Any) -> Ports:
    """
    Return ports over a database, without platforms, holidays or questions unless overridden.

    Its reads hold a connection: close them with `await ports.reads.close()`, or ask for the fixture `ports`.
    """
    given: dict[str, Any] = {
        "open_unit_of_work": lambda: SqlUnitOfWork(database),
        "clock": clock,
        "policy": Policy(),
        "questions": QuestionSet(version=1, questions=()),
        "holidays": no_holidays,
    }
    return Ports(**{**given, "reads": overrides.pop("reads", None) or SqlReads(database), **overrides})
