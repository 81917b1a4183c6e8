"""When people hear of an escalation: one message a person and day, and of one subject once in five working days."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from bot.domain.calendar import DAY, local_date, local_instant
from bot.domain.deliveries import MAYBE_OUT, WAITING, Delivery, DeliveryKind, DeliveryState, planned
from bot.domain.escalation import Escalation, LadderCode, Notice, notice_id
from bot.domain.ids import PersonId, stable_id
from bot.domain.ownership import AssignmentState, RoleAssignment
from bot.domain.standing import Cause
from bot.flows.calendars import zone_of
from bot.flows.escalations.audience import Told
from bot.flows.escalations.cases import Case, Desk
from bot.flows.outgoing import UPDATED_WITHIN
from bot.ports import Ports
from bot.stores import UnitOfWork

DAYS_AHEAD = 60
OVER = frozenset({AssignmentState.EXPIRED, AssignmentState.DECLINED})


async def add_notices(escalation: Escalation, level: int, told: Sequence[Told], case: Case, desk: Desk) -> None:
    """Note whom a level is to be told; who has just read of it in another message has heard already."""
    notices = []
    for person_id, party in told:
        notice = Notice(
            id=notice_id(escalation.id, level, person_id),
            escalation_id=escalation.id,
            level=level,
            person_id=person_id,
            party=party,
            planned_at=desk.now,
        )
        notices.append(replace(notice, told_at=await heard_elsewhere(person_id, case, desk)))
    if notices:
        await desk.uow.escalations.add_notices_once(notices)


async def heard_elsewhere(person_id: PersonId, case: Case, desk: Desk) -> datetime | None:
    """Return when a person read of this very gap in another message of ours, if that is not long ago."""
    if case.ladder.code is not LadderCode.OWN:
        return None
    keys = [key for each in case.facts.primaries for key in _answers_to(each, person_id)]
    if case.standing and case.standing.cause is Cause.UNREACHABLE and case.standing.person_id:
        keys += _unreachable_keys(case.standing.person_id, person_id, desk)
    rows = await desk.uow.deliveries.by_keys(keys)
    heard = [at for row in rows.values() if row.person_id == person_id and (at := _heard_at(row))]
    at = max(heard, default=None)
    return at if at and desk.rules.today < _free_on(at, desk) else None


def _answers_to(assignment: RoleAssignment, person_id: PersonId) -> list[str]:
    """Return the keys under which who offered a role was told that the offer came to nothing."""
    if assignment.state not in OVER:
        return []
    lapsed = [f"{DeliveryKind.ROLES_LAPSED}:{assignment.valid_to}:{person_id}"] if assignment.valid_to else []
    return [f"{DeliveryKind.ROLE_ANSWERED}:{assignment.id}", *lapsed]


def _unreachable_keys(about: PersonId, reader: PersonId, desk: Desk) -> list[str]:
    since = desk.people[about].unreachable_since
    return [f"{DeliveryKind.ADMIN_NOTICE}:unreachable:{about}:{since:%Y%m%dT%H%M%S}:{reader}"] if since else []


def _heard_at(row: Delivery) -> datetime | None:
    return (row.sent_at or row.first_attempt_at or row.not_before) if row.state in MAYBE_OUT else None


def _free_on(heard_at: datetime, desk: Desk) -> date:
    """Return the day from which a person may hear of the same subject again."""
    return desk.rules.after(desk.day_of(heard_at), desk.rules.policy.between_messages_working_days)


# --- carrying: outbox rows -------------------------------------------------------------------------------------------


async def carry(case: Case, desk: Desk) -> int:
    """See that everything still to be told has an outbox row that will tell it; return how much changed."""
    escalation = case.escalation
    if escalation is None or not escalation.is_open or desk.rules.is_paused(escalation):
        return 0
    waiting = [n for n in case.notices if n.told_at is None and not n.failed]
    rows = await desk.uow.deliveries.by_keys(n.carrier for n in waiting if n.carrier)
    changed = [after for n in waiting if (after := await _tended(n, rows.get(n.carrier), case, desk)) != n]
    await desk.uow.escalations.save_notices(changed)
    return len(changed)


async def _tended(notice: Notice, row: Delivery | None, case: Case, desk: Desk) -> Notice:
    """Return a notice with what became of its row, or with a new row where the old one did not tell it."""
    if row and row.state is DeliveryState.DEAD:
        return replace(notice, failed=True)
    if row and row.state in (DeliveryState.UNKNOWN, DeliveryState.SENDING):
        return replace(notice, told_at=row.first_attempt_at) if row.state is DeliveryState.UNKNOWN else notice
    if row and row.state in WAITING:
        return notice
    if elsewhere := await heard_elsewhere(notice.person_id, case, desk):
        return replace(notice, told_at=elsewhere)
    return replace(notice, carrier=await _planned_for(notice.person_id, _earliest(notice, case, desk), desk))


def _earliest(notice: Notice, case: Case, desk: Desk) -> date:
    """Return the first day on which a person may hear of this: not within five working days of the last time."""
    heard = [n.told_at for n in case.notices if n.person_id == notice.person_id and n.told_at]
    return max([desk.rules.today, *(_free_on(at, desk) for at in heard)])


async def _planned_for(person_id: PersonId, earliest: date, desk: Desk) -> str:
    """Return the key of the row that tells a person of everything on one day of theirs, planned if it is not yet."""
    zone = zone_of(desk.organisation, desk.people.get(person_id))
    first = max(earliest, local_date(desk.now, zone))
    for n in range(DAYS_AHEAD):
        day = first + n * DAY
        begins = max(desk.now, local_instant(day, time(0), zone))
        row = planned(
            DeliveryKind.ESCALATION,
            day.isoformat(),
            person_id,
            to=person_id,
            not_before=begins,
            expires_at=begins + desk.rules.policy.message_lives,
        )
        there = await desk.uow.deliveries.get(row.id)
        if there is None:
            await desk.uow.deliveries.add_once([row])
            return row.dedupe_key
        if there.state in WAITING:
            return there.dedupe_key
    raise LookupError("no day is free for an escalation message")


def heard_on(escalation: Escalation, notices: Iterable[Notice], desk: Desk) -> date | None:
    """
    Return the day on which those of the present level heard, None while they have not.

    Where nobody could be told, or they know of it from a level before, it is the day the level was reached.
    """
    notices = list(notices)
    present = [n for n in notices if n.level == escalation.level]
    knew = {n.person_id for n in notices if n.level < escalation.level and n.told_at}
    if all(n.failed for n in present) or any(n.person_id in knew for n in present):
        return desk.day_of(escalation.level_at)
    told = [n.told_at for n in present if n.told_at]
    return desk.day_of(max(min(told), escalation.raised_at)) if told else None


# --- keeping what was told true --------------------------------------------------------------------------------------


async def refresh(escalation: Escalation, uow: UnitOfWork, ports: Ports) -> None:
    """Plan the update in place of every message that told of an escalation."""
    now = ports.clock.now()
    told = {(n.carrier, n.person_id) for n in await uow.escalations.notices_of([escalation.id]) if n.told_at}
    rows = [
        planned(
            DeliveryKind.ESCALATION_UPDATE,
            stable_id(carrier),
            escalation.id,
            now.isoformat(),
            to=person_id,
            not_before=now,
            expires_at=now + UPDATED_WITHIN,
        )
        for carrier, person_id in sorted(told)
        if carrier
    ]
    await uow.deliveries.add_once(rows)
