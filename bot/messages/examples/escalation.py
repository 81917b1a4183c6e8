"""Examples of escalations for the gallery, plain and at their worst."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from bot.domain.digest import EscalatedRow
from bot.domain.escalation import Escalation, EscalationState, LadderCode, Party, Resolution
from bot.domain.ownership import Role
from bot.domain.standing import Cause
from bot.domain.status import EscalationLine
from bot.messages import escalations as words
from bot.messages.escalations import Item, Next
from bot.messages.forms import Form
from bot.messages.model import Message

NOW = datetime(2026, 12, 7, 14, 0, tzinfo=UTC)
LATEST = date(2027, 1, 5)
WORST = "<@U123> *stop* & <https://example.com|rework> \u202eleft\u202c " * 40
IN_FULL = 4


def an_escalation(cause: Cause = Cause.UNANSWERED, level: int = 1, **changes: object) -> Escalation:
    """Return an open escalation of the technical lead of an initiative, a check-in missed for each level."""
    one = Escalation(
        id="01J0000000000000000000ESCA",
        ladder=LadderCode.CHK if cause is Cause.UNANSWERED else LadderCode.OWN,
        initiative_id="01J0000000000000000000INIT",
        role=Role.TECHNICAL_LEAD,
        cause=cause,
        raised_at=NOW,
        level=level,
        level_at=NOW,
        person_id="01J0000000000000000000PERS",
        through="2026-W49",
        missed=max(level, 1),
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def an_item(cause: Cause = Cause.UNANSWERED, level: int = 1, **changes: object) -> Item:
    """Return an escalation as a co-owner sees it, or as somebody above does on a higher level."""
    ahead = Next(names=("Dana Whitfield",), part="business sponsor", on=date(2026, 12, 14), if_missed="2026-W50")
    one = Item(
        escalation=an_escalation(cause, level),
        key="SEPSIS",
        name="Sepsis early warning",
        party=Party.CO_OWNERS,
        about="Ana Ortiz",
        own_role=Role.OPERATIONS_LEADER,
        since=date(2026, 12, 3),
        days=2,
        cycle="2026-W49",
        answer="01J0000000000000000000PRMT" if cause is Cause.UNANSWERED else "",
        may_propose=cause is not Cause.UNANSWERED or level > 1,
        next=ahead,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def _gap(cause: Cause, level: int = 0, **changes: object) -> Item:
    ahead = Next(names=("Ben Okafor", "Mei Chen"), part="operations leader", on=date(2026, 12, 10))
    one = an_item(cause, level, party=Party.SPONSOR, own_role=Role.BUSINESS_SPONSOR, next=ahead)
    return replace(one, **changes)  # type: ignore[arg-type]


def _done() -> Item:
    over = replace(an_escalation(), state=EscalationState.RESOLVED, resolution=Resolution.ANSWERED, resolved_at=NOW)
    return an_item(escalation=over, key="STROKE", next=None)


def _paused() -> Item:
    noted = replace(
        an_escalation(),
        state=EscalationState.ACKED,
        plan="Ana is back on Thursday and answers then",
        plan_due=date(2026, 12, 10),
        pauses=1,
    )
    return an_item(escalation=noted, resumes_on=date(2026, 12, 11), acked_by="Ben Okafor")


def _above(level: int, party: Party) -> Item:
    one = an_item(level=level, party=party, own_role=None, answer="")
    return one if level < 4 else replace(one, next=None)


def _told(*items: Item) -> Message:
    return words.listing(items, IN_FULL)


def _worst() -> Message:
    names = (WORST, WORST, WORST)
    ahead = Next(names=names, part="manager of the business sponsor", on=date(2026, 12, 14), if_missed="2026-W50")
    one = an_item(level=2, key="LONGESTKEY12", name=WORST, about=WORST, nominee=WORST, next=ahead)
    paused = replace(_paused(), name=WORST, acked_by=WORST, escalation=replace(_paused().escalation, plan=WORST))
    return _told(*[one] * 40, *[paused] * 20)


ESCALATION_EXAMPLES: Mapping[str, Callable[[], Message]] = {
    "escalation, answer on behalf": lambda: _told(an_item()),
    "escalation, two missed, to the sponsor": lambda: _told(
        an_item(level=2, party=Party.SPONSOR, own_role=Role.BUSINESS_SPONSOR)
    ),
    "escalation, three missed, to the portfolio lead": lambda: _told(_above(3, Party.LEAD)),
    "escalation, four missed, to the executive": lambda: _told(_above(4, Party.EXECUTIVE)),
    "escalation, too late to answer": lambda: _told(an_item(answer="")),
    "escalation, a vacant role": lambda: _told(_gap(Cause.VACANT, about="")),
    "escalation, an offer not accepted": lambda: _told(_gap(Cause.UNACCEPTED, 1, nominee="Mei Chen", about="Mei Chen")),
    "escalation, to the nominee": lambda: _told(_gap(Cause.UNACCEPTED, party=Party.NOMINEE, own_role=None)),
    "escalation, an owner who has left": lambda: _told(_gap(Cause.DEPARTED, 1, nominee="Mei Chen")),
    "escalation, an owner who cannot be reached": lambda: _told(_gap(Cause.UNREACHABLE, 2)),
    "escalation, some of it settled": lambda: _told(an_item(), _paused(), _done()),
    "escalation, all of it settled": lambda: _told(_done()),
    "escalation, worst": _worst,
}
ESCALATION_FORMS: Mapping[str, Callable[[], Form]] = {
    "escalation, a plan": lambda: words.plan_form(an_item(), LATEST),
    "escalation, a plan, worst": lambda: words.plan_form(an_item(name=WORST, about=WORST), LATEST, WORST[:140], LATEST),
    "escalation, propose somebody": lambda: words.propose_form(_gap(Cause.VACANT)),
    "escalation, not mine any more": lambda: words.handover_form(an_item(), Role.OPERATIONS_LEADER, "leave"),
}


def escalation_line(cause: Cause = Cause.UNANSWERED) -> EscalationLine:
    """Return what a status says of an escalation."""
    return EscalationLine(role=Role.TECHNICAL_LEAD, cause=cause, level=2, level_at=NOW, missed=2)


def an_escalated_row(key: str, cause: Cause = Cause.VACANT) -> EscalatedRow:
    """Return a role whose ladder has come to its end, as a digest names it."""
    return EscalatedRow(
        source_id=f"escalation-{key.lower()}",
        initiative_id=f"initiative-{key.lower()}",
        key=key,
        role=Role.OPERATIONS_LEADER,
        cause=cause,
        missed=4,
        asked_on=date(2026, 11, 2),
        needs_from_id="carmen-ortega",
        needs_from="Carmen Ortega",
        told_at=datetime(2026, 11, 19, 15, tzinfo=UTC),
        due=date(2026, 11, 25),
        days=15,
    )
