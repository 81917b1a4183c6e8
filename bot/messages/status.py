"""The words of `/ai-status` about one initiative: where it stands, twelve weeks of it, and what is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.cadence import Window
from bot.domain.calendar import local_date, week_of, weeks_after
from bot.domain.checkins import Rag
from bot.domain.ids import PersonId
from bot.domain.initiatives import Initiative, Lifecycle, Stage
from bot.domain.people import Data, Visibility
from bot.domain.raid import RaidKind
from bot.domain.standing import Cause
from bot.domain.status import EscalationLine, InitiativeStatus, OwnerLine, RaidLine
from bot.messages.model import (
    Action,
    Actions,
    Block,
    Bold,
    Button,
    Emphasis,
    Facts,
    Message,
    Note,
    Paragraph,
    Plain,
    Text,
    clip,
)
from bot.messages.names import LOOKING_BACK, reported
from bot.messages.words import SHORT_ROLES, WEEKDAYS, counted, day_words, instant_words, rag_word, stage_words

LONGEST_TITLE = 120
LONGEST_NAME = 40
LONGEST_WORDS = 140
MOST_LINES = 3
PROMISE_WEEKS = 8
HISTORY_WEEKS = 12
CAUSES = {
    Cause.VACANT: "vacant",
    Cause.UNACCEPTED: "offered, not accepted",
    Cause.DEPARTED: "has left",
    Cause.UNREACHABLE: "cannot be reached",
}
LEVELS = ("told", "with the co-owners", "with the sponsor", "with the portfolio lead", "with the executive")
LETTERS = {Rag.GREEN: "G", Rag.AMBER: "A", Rag.RED: "R"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """
    One initiative as somebody sees it: their rights, the instant it is shown as of, the zone, and the open check-in
    or, between two, when the next opens (UTC).

    `viewer_id` is who looks, empty for the operator and in front of everybody; `mine` and `may_resolve` say which
    buttons they get, `answerable` whether they have a check-in of it to answer. `read_at` is when it was read, if the
    database is out of reach now; `asked_at` is when it was asked, if it is shown as of another instant.
    """

    status: InitiativeStatus
    rights: frozenset[Data]
    now: datetime
    zone: ZoneInfo
    opens_at: datetime | None
    window: Window | None = None
    viewer_id: PersonId = ""
    mine: bool = False
    answerable: bool = False
    may_resolve: bool = False
    shared: bool = False
    read_at: datetime | None = None
    asked_at: datetime | None = None


def initiative(shown: Shown) -> Message:
    """Return what stands behind one initiative, as far as the asker may see it."""
    one = shown.status.initiative
    blocks: list[Block] = [Note((Plain(_outage(shown.read_at, shown.zone)),))] if shown.read_at else []
    head: Text = (Bold(_headline(shown)),)
    if reason := _reason(shown):
        head += (Plain(f"\n{reason}"),)
    blocks.append(Paragraph(head))
    if one.lifecycle is not Lifecycle.ACTIVE:
        blocks.append(Paragraph((Plain(_closing(shown)),)))
    blocks.append(Facts((("Owners", _owners(shown)), *_promises(shown), *_raids(shown), *_escalated(shown))))
    blocks.append(Note((Plain(_age(shown)),)))
    if shown.asked_at:
        blocks.append(Note((Plain(LOOKING_BACK),)))
    elif not shown.shared and not shown.read_at:
        blocks += _buttons(shown)
    return Message(_title(one), tuple(blocks), f"{one.key}: {_headline(shown)}")


def _title(one: Initiative) -> str:
    return clip(f"{one.key}  {one.name}", LONGEST_TITLE)


def _outage(read_at: datetime, zone: ZoneInfo) -> str:
    return f"Status is unavailable, last known {instant_words(read_at, zone)}."


def _headline(shown: Shown) -> str:
    one = shown.status.initiative
    days = (local_date(shown.now, shown.zone) - one.stage_entered_on).days if one.stage_entered_on else -1
    dwelt = f", {counted(days, 'day')} in this stage" if days >= 0 else ""
    return f"{stage_words(one.stage, one.lifecycle)}{dwelt} | {reported(shown.status)}"


def _reason(shown: Shown) -> str:
    """Return who gave the colour that counts, in one sentence; why there is none when nobody has answered yet."""
    status = shown.status
    if not status.declared:
        return _nothing_yet(shown)
    week, worst = status.declared[-1]
    if worst is None:
        return ""
    given = {role: rag for cycle, role, rag in status.given if cycle == week}
    who = [SHORT_ROLES[role] for role, rag in given.items() if rag is worst]
    others = [f"{SHORT_ROLES[role]} {rag_word(rag)}" for role, rag in given.items() if rag is not worst]
    if not who:
        return ""
    rest = f"; {', '.join(others)}" if others else ""
    return f"Why {rag_word(worst)}: reported by {' and '.join(filter(None, (', '.join(who[:-1]), who[-1])))}{rest}."


def _nothing_yet(shown: Shown) -> str:
    if shown.status.initiative.stage is Stage.INTAKE:
        return "It is in intake; check-ins begin when a sponsor has accepted it."
    if shown.window and shown.now < shown.window.due_at:
        return f"No check-in yet; the first is open, due {instant_words(shown.window.due_at, shown.zone)}."
    opens = f"; first cycle opens {instant_words(shown.opens_at, shown.zone)}" if shown.opens_at else ""
    return f"No check-in yet{opens}."


def _closing(shown: Shown) -> str:
    one = shown.status.initiative
    words = {Lifecycle.ON_HOLD: "On hold", Lifecycle.STOPPED: "Stopped", Lifecycle.RETIRED: "Retired"}[one.lifecycle]
    on = f" since {day_words(one.closed_on)}" if one.closed_on and one.lifecycle is Lifecycle.ON_HOLD else ""
    on = f" on {day_words(one.closed_on)}" if one.closed_on and not on else on
    by = f" by {clip(shown.status.closed_by, LONGEST_NAME)}" if shown.status.closed_by else ""
    review = _review(one.hold_review_on, local_date(shown.now, shown.zone)) if one.hold_review_on else ""
    note = f": {clip(one.closing_note, LONGEST_WORDS)}" if one.closing_note else ""
    return f"{words}{on}{by}{review}{note}"


def _review(day: date, today: date) -> str:
    return f", review on {day_words(day)}" if day >= today else f", review is overdue since {day_words(day)}"


def _owners(shown: Shown) -> Text:
    return (Plain(" | ".join(_owner(owner, shown) for owner in shown.status.owners)),)


def _owner(owner: OwnerLine, shown: Shown) -> str:
    role = SHORT_ROLES[owner.role]
    if owner.person_id is None:
        return f"{role} vacant"
    name = clip(owner.name, LONGEST_NAME)
    if not owner.accepted:
        return f"{role} {name} (not accepted yet)"
    last = f", {_ago(owner.answered_at, shown)}" if owner.answered_at else ", no answer yet"
    if owner.unreachable:
        last += ", cannot be reached"
    delegates = f" (delegate {clip(', '.join(owner.delegates), LONGEST_NAME)})" if owner.delegates else ""
    return f"{role} {name}{delegates}{last}"


def _ago(at: datetime, shown: Shown) -> str:
    days = (local_date(shown.now, shown.zone) - local_date(at, shown.zone)).days
    return WEEKDAYS[local_date(at, shown.zone).weekday()] if days < 7 else f"{days} days ago"


def _promises(shown: Shown) -> list[tuple[str, Text]]:
    status = shown.status
    found: list[tuple[str, Text]] = []
    if Data.DETAIL in shown.rights:
        first = local_date(shown.now, shown.zone) - timedelta(weeks=PROMISE_WEEKS)
        kept = status.promises_since(first)
        rate = (
            f"{kept.kept} of {kept.due} ({PROMISE_WEEKS} weeks)" if kept.due else f"none due in {PROMISE_WEEKS} weeks"
        )
        found.append(("Promises kept", (Plain(rate),)))
    lines = [
        f"“{clip(one.text, LONGEST_WORDS)}”, {clip(one.name, LONGEST_NAME)}, due {day_words(one.due, year=False)}"
        for one in status.commitments
        if Data.FREE_TEXT in shown.rights
    ]
    return [*found, ("Open promises", _at_most(lines, len(status.commitments)))]


def _raids(shown: Shown) -> list[tuple[str, Text]]:
    blockers = [one for one in shown.status.raids if one.kind is not RaidKind.DECISION_NEEDED]
    asks = [one for one in shown.status.raids if one.kind is RaidKind.DECISION_NEEDED]
    parts = (("Blockers", blockers), ("Asks", asks))
    return [(name, _at_most([_raid(r, shown) for r in raids if _told(r, shown)], len(raids))) for name, raids in parts]


def _escalated(shown: Shown) -> list[tuple[str, Text]]:
    """Return in one line what has been escalated, for those who may see what is found of an initiative."""
    if not shown.status.escalations or Data.DETAIL not in shown.rights:
        return []
    return [("Escalated", (Plain("; ".join(_escalation(one, shown) for one in shown.status.escalations)),))]


def _escalation(one: EscalationLine, shown: Shown) -> str:
    what = counted(one.missed, "check-in") + " unanswered" if one.cause is Cause.UNANSWERED else CAUSES[one.cause]
    since = day_words(local_date(one.level_at, shown.zone), year=False)
    plan = f", plan until {day_words(one.plan_due, year=False)}" if one.plan_due else ""
    return f"{SHORT_ROLES[one.role]}: {what}, {LEVELS[min(one.level, len(LEVELS) - 1)]} since {since}{plan}"


def _told(one: RaidLine, shown: Shown) -> bool:
    """Return whether the words are for this viewer: by right, or because they raised it or are asked to help."""
    theirs = bool(shown.viewer_id) and shown.viewer_id in (one.owner_id, one.needs_from_id)
    return Data.FREE_TEXT in shown.rights or theirs


def _raid(one: RaidLine, shown: Shown) -> str:
    days = (local_date(shown.now, shown.zone) - local_date(one.raised_at, shown.zone)).days
    from_whom = f", needs {clip(one.needs_from, LONGEST_NAME)}" if one.needs_from else ""
    due = f", by {day_words(one.due, year=False)}" if one.due else ""
    return f"“{clip(one.title, LONGEST_WORDS)}”{from_whom}{due}, open {counted(days, 'day')}"


def _at_most(lines: Sequence[str], count: int) -> Text:
    """Return the first lines and how many there are besides; only the number where no words may be shown."""
    if not lines:
        return (Plain(f"{count} open" if count else "none"),)
    shown = list(lines[:MOST_LINES])
    if count > len(shown):
        shown.append(f"{count - len(shown)} more")
    return (Plain("\n".join(shown)),)


def _age(shown: Shown) -> str:
    status = shown.status
    newest = max((owner.cycle for owner in status.owners), default="")
    answered = sum(1 for owner in status.owners if newest and owner.cycle == newest)
    held = sum(1 for owner in status.owners if owner.accepted)
    who = f"; {answered} of {max(held, answered)} owners answered in {newest}" if newest else ""
    at = shown.read_at or shown.now
    year = shown.asked_at is not None and shown.asked_at.astimezone(shown.zone).year != at.astimezone(shown.zone).year
    return f"As of {instant_words(at, shown.zone, year=year)} ({shown.zone.key}){who}{_cycle(shown)}"


def _cycle(shown: Shown) -> str:
    """Return when the open check-in is due, or when the next one opens."""
    if shown.window:
        due, closes = (instant_words(at, shown.zone) for at in (shown.window.due_at, shown.window.closes_at))
        overdue = f"; check-in was due {due}, open until {closes}"
        return f"; check-in open, due {due}" if shown.now < shown.window.due_at else overdue
    return f"; next check-in opens {instant_words(shown.opens_at, shown.zone)}" if shown.opens_at else ""


def _buttons(shown: Shown) -> list[Block]:
    key = shown.status.initiative.key
    first = []
    if shown.mine and shown.answerable:
        update = Button("Update now", Action.STATUS_UPDATE, key, Emphasis.PRIMARY, opens_form=True)
        first.append(update)
    first.append(Button("History", Action.STATUS_HISTORY, key))
    if shown.status.access.visibility is not Visibility.RESTRICTED:
        first.append(Button("Share to channel", Action.STATUS_SHARE, key))
    first.append(Button("Gate", Action.GATE_SHOW, shown.status.initiative.id))
    rows: list[Block] = [Actions(tuple(first))]
    if open_ones := [one for one in shown.status.raids if _resolvable(one, shown)][:MOST_LINES]:
        resolve = tuple(Button(clip(f"Resolved: {one.title}", 55), Action.RAID_RESOLVE, one.id) for one in open_ones)
        rows.append(Actions(resolve))
    return rows


def _resolvable(one: RaidLine, shown: Shown) -> bool:
    theirs = bool(shown.viewer_id) and shown.viewer_id in (one.owner_id, one.needs_from_id)
    return _told(one, shown) and (shown.may_resolve or theirs)


def history(status: InitiativeStatus, now: datetime, zone: ZoneInfo) -> Message:
    """Return twelve weeks as letters, with their legend: up to this one once it has an answer, else up to the last."""
    given = dict(status.declared)
    this_week = week_of(local_date(now, zone))
    last = this_week if this_week in given else weeks_after(this_week, -1)
    weeks = [weeks_after(last, n) for n in range(1 - HISTORY_WEEKS, 1)]
    strip = "".join(LETTERS[rag] if (rag := given.get(week)) else "-" for week in weeks)
    one = status.initiative
    legend = f"{weeks[0]} to {weeks[-1]}, one letter a week: G Green, A Amber, R Red, - no answer"
    blocks = (Paragraph((Plain(f"reported {strip}"),)), Note((Plain(legend),)))
    return Message(_title(one), blocks, f"{one.key}: reported {strip} from {weeks[0]} to {weeks[-1]}.")


def not_registered(key: str, at: datetime, zone: ZoneInfo) -> str:
    """Return the sentence for an instant at which nothing was known of an initiative yet."""
    return f"{key} was not registered yet on {instant_words(at, zone, year=True)} ({zone.key})."


NO_GATES = "Gates are shown in chat: write /ai gate NAME there."
NOT_SHARED = "This initiative is restricted: it is not shared to channels."
NOT_YOURS_TO_RESOLVE = "Only its owner, whoever was asked, or the portfolio lead can mark this as resolved."
RESOLVED_BEFORE = "It is resolved already."
UNAVAILABLE = "Status is unavailable just now. Try again in a minute."
AUDIT_FULL = "This cannot be shown just now, because the reading could not be recorded. Try again in a minute."


def resolved(title: str, key: str) -> str:
    """Return the sentence that a blocker or ask is done with."""
    return f"Resolved for {key}: “{clip(title, LONGEST_WORDS)}”."
