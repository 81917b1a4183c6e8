"""Reminders at gates: to those only who owe something, on the days before it is due, in one message a person."""

from datetime import date, timedelta

from bot.domain.deliveries import Delivery, DeliveryKind, planned
from bot.domain.gates.bench import Bench
from bot.domain.gates.owing import Owed, Task, owed, reminder_days
from bot.domain.ids import InitiativeId, PersonId
from bot.domain.initiatives import Lifecycle
from bot.domain.people import OrgRole, Person
from bot.flows.gates.desk import bench_of
from bot.flows.outgoing import Composed, Drop, Post
from bot.messages.gates import reminding as words
from bot.ports import Ports
from bot.stores import UnitOfWork

LIVES = timedelta(days=3)
"""A reminder that has not gone out by then is pointless: the next one or the ladder follows."""


async def remind(ports: Ports) -> int:
    """Plan the reminders of today; return how many are new. Planning again the same day changes nothing."""
    async with ports.open_unit_of_work() as uow:
        waiting = await _waiting(uow)
    added = 0
    for initiative_id in waiting:
        async with ports.open_unit_of_work() as uow:
            bench = await _bench(initiative_id, uow, ports)
            rows = _rows(bench, ports) if bench else []
            added += await uow.deliveries.add_once(rows)
            if rows:
                await uow.commit()
    return added


async def _waiting(uow: UnitOfWork) -> list[InitiativeId]:
    """Return the initiatives in which somebody may owe something: a gate waits, or a condition is open."""
    gates, conditions = await uow.gates.waiting(), await uow.gates.unsettled()
    return sorted({one.initiative_id for one in gates} | {one.initiative_id for one in conditions})


async def _bench(initiative_id: InitiativeId, uow: UnitOfWork, ports: Ports) -> Bench | None:
    initiative = await uow.initiatives.get(initiative_id)
    if initiative is None or initiative.lifecycle is not Lifecycle.ACTIVE:
        return None
    return (await bench_of(initiative, uow, ports))[0]


def _rows(bench: Bench, ports: Ports) -> list[Delivery]:
    now, today = ports.clock.now(), bench.now.today.isoformat()
    those = {person for one in _called_to_mind(bench, bench.now.today) for person in one.persons}
    kind = DeliveryKind.GATE_REMINDER
    return [planned(kind, today, who, to=who, not_before=now, expires_at=now + LIVES) for who in sorted(those)]


def _called_to_mind(bench: Bench, day: date) -> list[Owed]:
    """Return what is owed of which those who owe it are reminded on a day."""
    return [one for one in owed(bench) if day in _days(one, bench)]


def _days(one: Owed, bench: Bench) -> dict[date, int]:
    return reminder_days(one.due, bench.now.calendar, bench.policy, deciding=one.task is Task.DECIDE)


async def gate_reminder(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Remind a person of what they still owe, of what was called to mind on the day of the row."""
    person = await uow.people.get(row.person_id or "")
    if person is None:
        return Drop("left")
    found: list[words.Due] = []
    for initiative_id in await _of(person, uow):
        bench = await _bench(initiative_id, uow, ports)
        found += _dues(bench, person.id, date.fromisoformat(row.subject)) if bench else []
    return Post(words.reminder(sorted(found, key=lambda each: each.due))) if found else Drop("nothing open")


async def _of(person: Person, uow: UnitOfWork) -> list[InitiativeId]:
    """Return the initiatives in which a person may owe something: theirs, and all for those with a right in many."""
    waiting = await _waiting(uow)
    portfolios = await uow.people.portfolios()
    decides = any(person.id in (*each.gatekeeper_ids, each.lead_id) for each in portfolios)
    if decides or person.org_roles & {OrgRole.GOVERNANCE_REVIEWER, OrgRole.FINANCE_PARTNER}:
        return waiting
    mine = {each.initiative_id for each in await uow.ownership.held_by(person.id)}
    owners = {one.initiative_id for one in await uow.gates.unsettled() if one.owner_id == person.id}
    return [each for each in waiting if each in mine | owners]


def _dues(bench: Bench, who: PersonId, day: date) -> list[words.Due]:
    mine = [one for one in _called_to_mind(bench, day) if who in one.persons]
    texts = {one.id: one.text for one in bench.criteria} | {one.id: one.text for one in bench.conditions}
    found = []
    for gate_id in dict.fromkeys(one.gate_id for one in mine):
        items = tuple(one for one in mine if one.gate_id == gate_id)
        due = min(one.due for one in items)
        found.append(
            words.Due(
                initiative=bench.initiative,
                gate=bench.gate(gate_id),
                items=items,
                texts=texts,
                due=due,
                left=bench.now.calendar.count(bench.now.today, due) if due > bench.now.today else 0,
            )
        )
    return found
