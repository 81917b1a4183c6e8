"""One week as it concerns a person and an initiative: who is asked and why, when, and what became of each message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.cadence import (
    ROLES_ASKED,
    Cycle,
    ask_rule,
    cycle_of,
    no_nudge,
    opening_for,
    planned_nudges,
    prompt_times,
)
from bot.domain.calendar import Hours, days_between, local_date, local_instant, week_of, weeks_after
from bot.domain.checkins import Prompt, prompt_id
from bot.domain.deliveries import UPDATES, WAITING, Delivery, DeliveryKind, DeliveryState
from bot.domain.explanation import Ask, LeftOut, Round, Sending, Timing
from bot.domain.ids import PersonId
from bot.domain.initiatives import Initiative
from bot.domain.ownership import OWNER_ROLES, AssignmentKind, AssignmentState, Role, RoleAssignment
from bot.domain.people import Organisation, Person
from bot.flows.calendars import hours_of, organisation_calendar, zone_of
from bot.flows.cycles import to_ask
from bot.flows.explaining.fate import fate_of
from bot.ports import Ports
from bot.stores import UnitOfWork

WEEKS_AHEAD = 8
WEEK = timedelta(days=7)
ASKING = frozenset({DeliveryKind.CHECKIN_PROMPT, DeliveryKind.CHECKIN_NUDGE, *UPDATES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is looked at: a person, an initiative with its assignments, everybody by id, and where it is stored."""

    person: Person
    initiative: Initiative
    assignments: Sequence[RoleAssignment]
    people: dict[PersonId, Person]
    organisation: Organisation
    uow: UnitOfWork
    ports: Ports

    @property
    def hours(self) -> Hours:
        """Return when the person may be written to, absences not counted."""
        return hours_of(self.person, self.organisation, self.ports.holidays)


async def rounds(scope: Scope) -> list[Round]:
    """Return the last two cycles that were planned, and the weeks ahead up to the next cycle, in order of time."""
    stored = {cycle.key: cycle for cycle in await scope.uow.check_ins.newest_cycles(2)}
    oldest = min((cycle.closes_at for cycle in stored.values()), default=scope.ports.clock.now())
    rows = await scope.uow.deliveries.history_of(scope.person.id, oldest - WEEK)
    found = [await _round(week, cycle, rows, scope) for week, cycle in sorted(stored.items())]
    return found + await _ahead(set(stored), scope)


async def _ahead(stored: set[str], scope: Scope) -> list[Round]:
    """Return the weeks from this one on that are not planned, the next cycle last."""
    zone, now = zone_of(scope.organisation), scope.ports.clock.now()
    calendar = organisation_calendar(scope.organisation, scope.ports.holidays)
    cadence, this_week = scope.ports.policy.cadence, week_of(local_date(now, zone))
    found = []
    for week in (weeks_after(this_week, n) for n in range(WEEKS_AHEAD)):
        cycle = cycle_of(week, calendar, zone, cadence)
        if week in stored or (cycle and local_instant(cycle.due_on, cadence.due_at, zone) <= now):
            continue
        found.append(await _round(week, cycle, (), scope, planned=False))
        if cycle:
            break
    return found


async def _round(
    week: str, cycle: Cycle | None, rows: Sequence[Delivery], scope: Scope, *, planned: bool = True
) -> Round:
    calendar = organisation_calendar(scope.organisation, scope.ports.holidays)
    blank = Round(
        week=week,
        cycle=cycle,
        planned=planned,
        working_days=len(calendar.working_days(week)),
        days_off=tuple(calendar.days_off(week)),
    )
    if cycle is None:
        return blank
    asks = await _asks(cycle, scope) if planned else await _asks_ahead(cycle, scope)
    mine = [row for row in rows if row.kind in ASKING and row.subject == week] if asks else []
    return Round(
        week=week,
        cycle=cycle,
        planned=planned,
        working_days=blank.working_days,
        days_off=blank.days_off,
        asks=tuple(asks),
        timing=timing(cycle, scope),
        absences=tuple(await scope.uow.people.absences([scope.person.id], cycle.opens_on, cycle.due_on)),
        messages=tuple([await sending(row, scope) for row in mine if row.kind not in UPDATES]),
        changes=sum(row.kind in UPDATES and row.state is DeliveryState.SENT for row in mine),
    )


async def _asks(cycle: Cycle, scope: Scope) -> list[Ask]:
    """Return what was asked in a planned cycle of the roles that concern the person, or was not."""
    found = []
    for role in OWNER_ROLES:
        prompt = await scope.uow.check_ins.prompt(prompt_id(cycle.key, scope.initiative.id, role))
        about = prompt is not None and scope.person.id in (prompt.person_id, prompt.on_behalf_of)
        if about or _held(role, cycle, scope):
            found.append(_ask(role, cycle, prompt, scope))
    return found


async def _asks_ahead(cycle: Cycle, scope: Scope) -> list[Ask]:
    """Return what will be asked in a cycle that is not planned: what planning it now comes to."""
    prompts, _ = await to_ask(cycle, scope.organisation, scope.uow, scope.ports)
    mine = {prompt.role: prompt for prompt in prompts if prompt.initiative_id == scope.initiative.id}
    return [
        _ask(role, cycle, mine.get(role), scope)
        for role in OWNER_ROLES
        if _held(role, cycle, scope) or (role in mine and mine[role].person_id == scope.person.id)
    ]


def _held(role: Role, cycle: Cycle, scope: Scope) -> bool:
    """Return whether the person was a role's primary owner on a day of the cycle, that of a hand-over included."""
    days = list(days_between(cycle.opens_on, local_date(cycle.closes_at, zone_of(scope.organisation))))
    return any(
        each.covers(day) or (each.state is AssignmentState.ENDED and each.valid_to == day)
        for each in scope.assignments
        if (each.role, each.kind, each.person_id) == (role, AssignmentKind.PRIMARY, scope.person.id)
        for day in days
    )


def _ask(role: Role, cycle: Cycle, prompt: Prompt | None, scope: Scope) -> Ask:
    one, cadence = scope.initiative, scope.ports.policy.cadence
    rule = ask_rule(one.stage, one.lifecycle, cycle.key, cadence)
    return Ask(
        role=role,
        rule=rule,
        due=role in ROLES_ASKED[rule],
        prompt=prompt,
        asked_of=scope.people.get(prompt.person_id) if prompt else None,
        for_whom=scope.people.get(prompt.on_behalf_of or "") if prompt else None,
    )


def timing(cycle: Cycle, scope: Scope) -> Timing:
    """Return when the person is asked in a cycle, by their own working hours."""
    hours, cadence = scope.hours, scope.ports.policy.cadence
    opens_at, times = opening_for(cycle, hours, cadence), prompt_times(cycle, hours, cadence)
    due_at = local_instant(cycle.due_on, cadence.due_at, hours.zone)
    if times is None:
        return Timing(opens_at=opens_at, due_at=due_at, held_by=hours.barrier(opens_at), send_at=None)
    planned = enumerate(planned_nudges(cycle, hours, cadence), start=1)
    left_out = [(n, at, no_nudge(at, times.send_at, cycle, hours)) for n, at in planned]
    return Timing(
        opens_at=opens_at,
        due_at=due_at,
        held_by=hours.barrier(opens_at),
        send_at=times.send_at,
        left_out=tuple(LeftOut(n, at, why) for n, at, why in left_out if why),
    )


async def sending(row: Delivery, scope: Scope) -> Sending:
    """Return an outbox row with what awaits it."""
    waits = row.state in WAITING
    return Sending(row, await fate_of(row, scope.uow, scope.ports) if waits else None)
