"""What the tests of ladders share: the shipped ladders, a calendar, prompts week by week, an open escalation."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.domain.calendar import Calendar, weeks_after
from bot.domain.checkins import Prompt, PromptState, prompt_id
from bot.domain.escalation import Escalation, Ladder, LadderCode, Ladders, Rules
from bot.domain.ownership import Role
from bot.domain.policy import EscalationPolicy
from bot.domain.standing import Cause, Standing
from bot.playbook.ladders import load_ladders

SHIPPED = load_ladders()
CHK, OWN = LadderCode.CHK, LadderCode.OWN
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)
WORKDAYS = Calendar(frozenset(range(5)))
FIRST = "2026-W40"
MISSED, SENT, ANSWERED = PromptState.MISSED, PromptState.SENT, PromptState.ANSWERED
EXCUSED, FAILED, LATE = PromptState.EXCUSED, PromptState.FAILED, PromptState.ANSWERED_LATE


def rules(today: date = MONDAY, ladders: Ladders = SHIPPED, calendar: Calendar = WORKDAYS) -> Rules:
    """Return what deciding takes on a day."""
    return Rules(ladders=ladders, policy=EscalationPolicy(), policy_version=1, calendar=calendar, today=today)


def ladder(code: LadderCode) -> Ladder:
    """Return a shipped ladder."""
    return rules().ladder(code)


def prompts(*states: PromptState, holder: str = "ana") -> list[Prompt]:
    """Return one prompt a week in these states, the oldest state first; what comes back is newest first."""
    found = []
    for n, state in enumerate(states):
        week = weeks_after(FIRST, n)
        sent_at = datetime(2026, 10, 1, 15, tzinfo=UTC) + n * timedelta(weeks=1)
        found.append(
            Prompt(
                id=prompt_id(week, "sepsis", Role.TECHNICAL_LEAD),
                cycle=week,
                initiative_id="sepsis",
                role=Role.TECHNICAL_LEAD,
                person_id=holder,
                due_at=sent_at + timedelta(days=1),
                state=state,
                sent_at=None if state is FAILED else sent_at,
            )
        )
    return found[::-1]


def an_open(code: LadderCode = OWN, level: int = 0, **changes: object) -> Escalation:
    """Return an open escalation, of a vacant role unless told otherwise."""
    one = Escalation(
        id="e1",
        ladder=code,
        initiative_id="sepsis",
        role=Role.TECHNICAL_LEAD,
        cause=Cause.UNANSWERED if code is CHK else Cause.VACANT,
        raised_at=NOW,
        level=level,
        level_at=NOW,
        started_on=MONDAY,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


VACANT = Standing(cause=Cause.VACANT, since=MONDAY)
