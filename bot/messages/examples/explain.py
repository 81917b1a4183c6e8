"""Examples of `/ai why` for the gallery: an ordinary one, every fate a message can have, and the longest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.cadence import AskRule, Cycle, NoNudge
from bot.domain.calendar import Barrier
from bot.domain.checkins import Prompt, PromptState
from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState, MessageRef, planned
from bot.domain.escalation import Escalation, LadderCode, Notice, Party
from bot.domain.explanation import Ask, Climb, Explanation, Fate, LeftOut, Outcome, Part, Round, Sending, Timing
from bot.domain.initiatives import Initiative, Stage
from bot.domain.ownership import AssignmentKind, AssignmentState, Role, RoleAssignment
from bot.domain.people import Absence, Organisation, Person
from bot.domain.policy import Policy
from bot.domain.standing import Cause
from bot.messages import explain
from bot.messages.model import Message

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")
MEI = Person(id="01J0000000000000000000PERS", name="Mei Chen", timezone="Asia/Kolkata")
ANA = Person(id="01J0000000000000000000ANA0", name="Ana Ortiz")
SEPSIS = "01J0000000000000000000INIT"
CYCLE = Cycle(
    key="2026-W48",
    opens_on=date(2026, 11, 25),
    due_on=date(2026, 11, 27),
    closes_at=datetime(2026, 11, 30, 14, tzinfo=UTC),
    answers_until=datetime(2026, 12, 3, 16, tzinfo=UTC),
)


def _part(state: AssignmentState, kind: AssignmentKind = AssignmentKind.PRIMARY) -> Part:
    until = date(2026, 11, 24) if state is AssignmentState.ENDED else None
    start = date(2026, 11, 1)
    assignment = RoleAssignment(
        id="01J0000000000000000000ROLE",
        initiative_id=SEPSIS,
        role=Role.TECHNICAL_LEAD,
        person_id=MEI.id,
        valid_from=start,
        valid_to=until,
        kind=kind,
        state=state,
    )
    return Part(assignment, ANA)


def _prompt(state: PromptState, **changes: object) -> Prompt:
    one = Prompt(
        id="01J0000000000000000000PRMT",
        cycle=CYCLE.key,
        initiative_id=SEPSIS,
        role=Role.TECHNICAL_LEAD,
        person_id=MEI.id,
        due_at=NOW + timedelta(days=1),
        state=state,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def _row(number: int, state: DeliveryState, **changes: object) -> Delivery:
    kind = DeliveryKind.CHECKIN_NUDGE if number else DeliveryKind.CHECKIN_PROMPT
    key = (CYCLE.key, MEI.id, *([str(number)] if number else []))
    row = planned(kind, *key, to=MEI.id, not_before=NOW + timedelta(days=number - 1), expires_at=CYCLE.closes_at)
    return replace(row, state=state, **changes)  # type: ignore[arg-type]


def _timing(held_by: Barrier | None = None) -> Timing:
    left_out = (LeftOut(1, NOW + timedelta(hours=19), held_by or NoNudge.NOT_ASKED_YET),) if held_by else ()
    opens, due = NOW - timedelta(days=1), NOW + timedelta(days=1)
    return Timing(opens_at=opens, due_at=due, held_by=held_by, send_at=opens, left_out=left_out)


def _week(asks: tuple[Ask, ...], messages: tuple[Sending, ...], **changes: object) -> Round:
    one = Round(
        week=CYCLE.key, cycle=CYCLE, planned=True, working_days=5, asks=asks, timing=_timing(), messages=messages
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def _explained(name: str, parts: tuple[Part, ...], rounds: tuple[Round, ...], **changes: object) -> Message:
    one = Explanation(
        person=replace(MEI, name=name),
        initiative=Initiative(
            id=SEPSIS, key="SEPSIS", name=name, portfolio_id="01J000000000000000000FOLIO", stage=Stage.PILOT
        ),
        organisation=Organisation(name="Northlake Health", timezone=ZONE.key),
        policy=Policy(),
        now=NOW,
        zone=ZONE,
        own_zone=ZoneInfo(MEI.timezone or ""),
        parts=parts,
        rounds=rounds,
        others=(),
        climbs=(),
        reached_on=("slack",),
    )
    return explain.message(replace(one, **changes))  # type: ignore[arg-type]


def _climb(state: DeliveryState = DeliveryState.SENT, **changes: object) -> Climb:
    one = Escalation(
        id="01J0000000000000000ESCALAT",
        ladder=LadderCode.CHK,
        initiative_id=SEPSIS,
        role=Role.OPERATIONS_LEADER,
        cause=Cause.UNANSWERED,
        raised_at=NOW - timedelta(days=2),
        level=1,
        level_at=NOW - timedelta(days=2),
        missed=1,
    )
    notice = Notice(
        id="n", escalation_id=one.id, level=1, person_id=MEI.id, party=Party.CO_OWNERS, planned_at=one.level_at
    )
    row = planned(DeliveryKind.ESCALATION, MEI.id, to=MEI.id, not_before=NOW, expires_at=NOW + timedelta(days=5))
    told = replace(row, state=state, sent_at=NOW, attempts=1)
    return Climb(replace(one, **changes), notice, Sending(told))  # type: ignore[arg-type]


def ordinary() -> Message:
    """Return one asked, reminded once and about to be reminded again, and the next week."""
    ask = Ask(role=Role.TECHNICAL_LEAD, rule=AskRule.EVERY_WEEK, due=True, prompt=_prompt(PromptState.SENT))
    ref = MessageRef("slack", "D1", "1.0")
    sent = Sending(_row(0, DeliveryState.SENT, sent_at=NOW - timedelta(days=1), ref=ref, attempts=1))
    waits = Sending(_row(2, DeliveryState.PENDING), Fate(Outcome.SENT, NOW + timedelta(days=1)))
    ahead = replace(ask, prompt=_prompt(PromptState.SCHEDULED))
    following = _week((ahead,), (), week="2026-W49", planned=False, days_off=(date(2026, 12, 3),))
    return _explained(
        "Mei Chen",
        (_part(AssignmentState.ACTIVE),),
        (_week((ask,), (sent, waits), changes=2), following),
        climbs=(_climb(),),
    )


def _every_fate() -> tuple[Sending, ...]:
    due = NOW + timedelta(hours=3)
    ends = [
        (DeliveryState.SUPERSEDED, "answered"),
        (DeliveryState.SUPERSEDED, "expired: quiet hours"),
        (DeliveryState.DEAD, "channel_not_found"),
        (DeliveryState.UNKNOWN, "timeout"),
        (DeliveryState.SENDING, ""),
        (DeliveryState.SENT, ""),
    ]
    fates = [
        Fate(Outcome.DROPPED, due, "nothing open"),
        Fate(Outcome.EXPIRED, due),
        Fate(Outcome.SENT, NOW + timedelta(days=3), "enough for today"),
    ]
    ended = [Sending(_row(1, state, reason=why, attempts=3)) for state, why in ends]
    return (*ended, *(Sending(_row(2, DeliveryState.PENDING, attempts=2), fate) for fate in fates))


def worst(name: str) -> Message:
    """Return the longest: every part, every state, every fate, a week without cycle."""
    asks = tuple(
        Ask(
            role=role,
            rule=AskRule.LIVE_WEEK,
            due=role is not Role.BUSINESS_SPONSOR,
            prompt=_prompt(state, snoozed=True, answered_at=NOW, excused_reason="absent", role=role, person_id=ANA.id),
            asked_of=replace(ANA, name=name),
            for_whom=replace(MEI, name=name),
        )
        for role, state in zip(
            (Role.BUSINESS_SPONSOR, Role.TECHNICAL_LEAD, Role.OPERATIONS_LEADER),
            (PromptState.EXCUSED, PromptState.ANSWERED, PromptState.MISSED),
            strict=True,
        )
    )
    away = (Absence(id="a", person_id=MEI.id, first=date(2026, 11, 23), last=date(2026, 11, 29)),) * 3
    full = _week(
        asks, _every_fate(), timing=_timing(Barrier.DAY_OFF), absences=away, changes=9, days_off=(CYCLE.due_on,)
    )
    empty = Round(week="2026-W53", cycle=None, planned=False, working_days=1, days_off=(CYCLE.due_on,) * 4)
    parts = tuple(_part(state, kind) for state in AssignmentState for kind in AssignmentKind)
    return _explained(
        name,
        parts,
        (replace(full, week="2026-W47"), full, empty),
        others=_every_fate()[:3],
        climbs=tuple(_climb(state, resolved_at=NOW, level=4, missed=12) for state in DeliveryState),
        reached_on=(),
    )


EXPLAIN_EXAMPLES: dict[str, Callable[[], Message]] = {
    "why": ordinary,
    "why, nothing": lambda: _explained("Mei Chen", (), ()),
}
