"""What stands behind an escalation at present: the facts of one role on one ladder, loaded for many at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.calendar import local_date
from bot.domain.checkins import Prompt, PromptState
from bot.domain.deliveries import MAYBE_OUT, WAITING, Delivery, DeliveryKind, DeliveryState
from bot.domain.escalation import Escalation, Ladder, LadderCode, Notice, Resolution, Rules
from bot.domain.ids import InitiativeId, PersonId, PortfolioId
from bot.domain.initiatives import Initiative, Lifecycle, Stage
from bot.domain.ownership import AssignmentState, Role, RoleAssignment
from bot.domain.people import Organisation, Person, Portfolio
from bot.domain.standing import RoleFacts, Standing, excused, gap, silence
from bot.flows.calendars import organisation_calendar, zone_of
from bot.ports import Ports
from bot.stores import UnitOfWork

Place = tuple[InitiativeId, Role]
REMINDERS = ("1", "2")
EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Desk:
    """What deciding works with: the rules as of now, the people and portfolios, and the newest closed cycle."""

    uow: UnitOfWork
    ports: Ports
    organisation: Organisation
    rules: Rules
    now: datetime
    people: Mapping[PersonId, Person]
    portfolios: Mapping[PortfolioId, Portfolio]
    closed_cycles: Sequence[str]

    @property
    def newest_closed(self) -> str:
        """Return the newest cycle that has closed, empty before the first."""
        return max(self.closed_cycles, default="")

    def day_of(self, at: datetime) -> date:
        """Return the organisation's date at an instant."""
        return local_date(at, zone_of(self.organisation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One role of one initiative on one ladder: what is wrong now (None for nothing), and its open escalation if any.

    `ending` is what ended the escalation where nothing is wrong any more.
    """

    ladder: Ladder
    initiative: Initiative
    role: Role
    facts: RoleFacts
    standing: Standing | None
    ending: Resolution
    escalation: Escalation | None = None
    notices: Sequence[Notice] = ()

    @property
    def subject(self) -> PersonId | None:
        """Return whom the case is about: they are not asked to help with it."""
        return self.standing.person_id if self.standing else None


async def open_desk(uow: UnitOfWork, ports: Ports) -> Desk | None:
    """Return what deciding works with, None before there is an organisation."""
    organisation = await uow.people.organisation()
    if organisation is None:
        return None
    now, policy = ports.clock.now(), ports.policy.escalation
    return Desk(
        uow=uow,
        ports=ports,
        organisation=organisation,
        rules=Rules(
            ladders=ports.ladders,
            policy=policy,
            policy_version=ports.policy.version,
            calendar=organisation_calendar(organisation, ports.holidays),
            today=local_date(now, zone_of(organisation)),
        ),
        now=now,
        people={person.id: person for person in await uow.people.all()},
        portfolios={portfolio.id: portfolio for portfolio in await uow.people.portfolios()},
        closed_cycles=[
            cycle.key for cycle in await uow.check_ins.newest_cycles(policy.looks_back_cycles) if cycle.closes_at <= now
        ],
    )


@dataclass(slots=True)
class _Loaded:
    """The facts about some initiatives, grouped; `through` is the newest cycle an ended escalation has dealt with."""

    initiatives: Mapping[InitiativeId, Initiative]
    assignments: Mapping[InitiativeId, list[RoleAssignment]]
    prompts: Mapping[Place, list[Prompt]]
    through: dict[Place, str]
    rows: Mapping[str, Delivery]
    notices: Mapping[str, list[Notice]] = field(default_factory=dict)


async def cases(places: Iterable[tuple[LadderCode, Place]], known: Sequence[Escalation], desk: Desk) -> list[Case]:
    """Return the case of every escalation in `known` and of every further place at which a ladder may begin."""
    taken = {(each.ladder, (each.initiative_id, each.role)) for each in known}
    fresh = [pair for pair in dict.fromkeys(places) if pair not in taken]
    ids = {each.initiative_id for each in known} | {initiative_id for _, (initiative_id, _) in fresh}
    loaded = await _load(ids, known, desk)
    ladders = desk.rules.ladders
    old = [_case(e.ladder, (e.initiative_id, e.role), e, loaded, desk) for e in known if ladders.of(e.ladder)]
    return old + [_case(code, place, None, loaded, desk) for code, place in fresh]


async def case_of(escalation: Escalation, desk: Desk) -> Case:
    """Return the case of one escalation."""
    (found,) = await cases([], [escalation], desk)
    return found


async def _load(ids: set[InitiativeId], known: Sequence[Escalation], desk: Desk) -> _Loaded:
    uow = desk.uow
    assignments, prompts = defaultdict[InitiativeId, list[RoleAssignment]](list), defaultdict[Place, list[Prompt]](list)
    for assignment in await uow.ownership.of(sorted(ids)):
        assignments[assignment.initiative_id].append(assignment)
    for prompt in await uow.check_ins.latest_of(ids, desk.rules.policy.looks_back_prompts):
        prompts[prompt.initiative_id, prompt.role].append(prompt)
    through: dict[Place, str] = {}
    for ended in await uow.escalations.ended_about(ids, LadderCode.CHK):
        place = ended.initiative_id, ended.role
        through[place] = max(through.get(place, ""), ended.through)
    notices = defaultdict[str, list[Notice]](list)
    for notice in await uow.escalations.notices_of(each.id for each in known):
        notices[notice.escalation_id].append(notice)
    offers = [_offer_key(a) for mine in assignments.values() for a in mine if a.state is AssignmentState.PROPOSED]
    missed = [p for mine in prompts.values() for p in mine if p.state is PromptState.MISSED]
    rows = await uow.deliveries.by_keys([*offers, *(key for prompt in missed for key in reminder_keys(prompt))])
    return _Loaded(await uow.initiatives.many(ids), assignments, prompts, through, rows, notices)


def reminder_keys(prompt: Prompt) -> list[str]:
    """Return the keys of the outbox rows that reminded somebody of a prompt."""
    return [f"{DeliveryKind.CHECKIN_NUDGE}:{prompt.cycle}:{prompt.person_id}:{number}" for number in REMINDERS]


def _offer_key(offer: RoleAssignment) -> str:
    return f"{DeliveryKind.ROLE_PROPOSED}:{offer.id}"


def _case(code: LadderCode, place: Place, escalation: Escalation | None, loaded: _Loaded, desk: Desk) -> Case:
    initiative_id, role = place
    initiative, mine = loaded.initiatives[initiative_id], loaded.assignments[initiative_id]
    facts = RoleFacts(
        role=role,
        assignments=mine,
        people=desk.people,
        reached=_reached(mine, loaded.rows, desk),
        stage_entered_on=initiative.stage_entered_on,
    )
    standing, ending = _standing(code, facts, initiative, loaded, desk)
    if standing is None and ending is Resolution.ANSWERED:
        ending = _why_silence_ended(facts, loaded.prompts[place], escalation, desk)
    return Case(
        ladder=desk.rules.ladder(code),
        initiative=initiative,
        role=role,
        facts=facts,
        standing=standing,
        ending=ending,
        escalation=escalation,
        notices=loaded.notices.get(escalation.id, ()) if escalation else (),
    )


def _standing(
    code: LadderCode, facts: RoleFacts, initiative: Initiative, loaded: _Loaded, desk: Desk
) -> tuple[Standing | None, Resolution]:
    """Return what is wrong on a ladder, and what it means for an escalation when nothing is."""
    if initiative.lifecycle is not Lifecycle.ACTIVE or initiative.stage is Stage.INTAKE:
        return None, Resolution.CLOSED
    hole = gap(facts, desk.rules.today)
    if code is LadderCode.OWN:
        return hole, Resolution.OWNED
    holder, place = facts.holder(desk.rules.today), (initiative.id, facts.role)
    if hole or holder is None:
        return None, Resolution.NO_OWNER
    prompts = loaded.prompts[place]
    lost = [prompt.id for prompt in prompts if _was_lost(prompt, loaded.rows)]
    return silence(prompts, holder.id, loaded.through.get(place, ""), lost), Resolution.ANSWERED


def _was_lost(prompt: Prompt, rows: Mapping[str, Delivery]) -> bool:
    """Return whether a reminder of a prompt did not go out for a reason of ours: it failed, or its time passed."""
    reminders = [rows[key] for key in reminder_keys(prompt) if key in rows]
    return any(
        row.state is DeliveryState.DEAD
        or row.state in WAITING
        or (row.state is DeliveryState.SUPERSEDED and row.reason.startswith(EXPIRED))
        for row in reminders
    )


def _why_silence_ended(
    facts: RoleFacts, prompts: Sequence[Prompt], escalation: Escalation | None, desk: Desk
) -> Resolution:
    holder = facts.holder(desk.rules.today)
    if escalation and holder and escalation.person_id != holder.id:
        return Resolution.HANDED_OVER
    return Resolution.EXCUSED if excused(prompts) else Resolution.ANSWERED


def _reached(assignments: Iterable[RoleAssignment], rows: Mapping[str, Delivery], desk: Desk) -> dict[str, date | None]:
    """Return the day on which each open offer reached its nominee; None on its way, not there when it was lost."""
    found: dict[str, date | None] = {}
    for offer in assignments:
        row = rows.get(_offer_key(offer)) if offer.state is AssignmentState.PROPOSED else None
        if row and row.state in WAITING:
            found[offer.id] = None
        elif row and (row.state in MAYBE_OUT or row.state is DeliveryState.SUPERSEDED):
            found[offer.id] = desk.day_of(row.sent_at or row.first_attempt_at or row.not_before)
    return found
