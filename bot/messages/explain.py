"""The words of `/ai why`: who is asked about an initiative, by which rules, and what became of each message."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bot.domain.cadence import Cycle, NoNudge
from bot.domain.calendar import DAY, Barrier, monday_of
from bot.domain.checkins import ANSWERED, PromptState
from bot.domain.explanation import Ask, Climb, Explanation, LeftOut, Part, Round, Sending, Timing
from bot.domain.ownership import AssignmentKind, AssignmentState
from bot.domain.people import Absence, Person
from bot.messages.model import Block, Bold, Bullets, Message, Note, Paragraph, Plain, Text, clip
from bot.messages.outbox import RULES, history, what
from bot.messages.words import ROLE_WORDS, counted, day_words, instant_words, stage_words

LONGEST_NAME = 60
LONGEST_INITIATIVE = 80
LONGEST_LINE = 400
MOST_LINES = 16
HOW = "Write an initiative, as in /ai why SEPSIS; a portfolio lead may add a person: /ai why SEPSIS for Ana Ortiz."
ONLY_ONESELF = (
    "What was sent to somebody else is only for the portfolio lead and administrators; leave their name away."
)
GONE = "This initiative is not there any more."
BARRIERS = {
    Barrier.NO_WORKDAY: "is not a working day of theirs",
    Barrier.DAY_OFF: "is a holiday there",
    Barrier.QUIET_HOURS: "is in their quiet hours",
    NoNudge.NOT_ASKED_YET: "is before they are asked",
    NoNudge.CYCLE_CLOSED: "is after the cycle has closed",
}
ENDED = {
    PromptState.CANCELLED: "was cancelled, because the initiative is not active any more",
    PromptState.MISSED: "was not answered before the cycle closed",
    PromptState.FAILED: "could not be delivered, so it does not count as missed",
}


def which(typed: str, found: Sequence[tuple[str, str]]) -> str:
    """Return the sentence that a name fits several initiatives, or that these come nearest."""
    near = ", ".join(f"{key} ({clip(name, LONGEST_NAME)})" for key, name in found)
    return f"“{clip(typed, LONGEST_NAME)}” could be {near}. Write its key."


def nothing_named(typed: str) -> str:
    """Return the sentence that no initiative has a name."""
    return f"No initiative is named “{clip(typed, LONGEST_NAME)}”."


def message(explained: Explanation) -> Message:
    """Return an explanation: the person's part in the initiative, then each cycle, then how it was told."""
    one, name = explained.initiative, clip(explained.person.name, LONGEST_NAME)
    blocks: list[Block] = []
    for heading, lines in sections(explained):
        blocks.append(Paragraph((Bold(heading),)))
        blocks.append(Bullets(tuple(_shown(lines))))
    blocks.append(Note((Plain(" ".join(_terms(explained))),)))
    title = f"Why: {one.key}  {clip(one.name, LONGEST_INITIATIVE)}"
    return Message(title, tuple(blocks), f"Messages about {one.key} to {name}, sent and not sent, and why.")


def _shown(lines: Sequence[str]) -> Iterator[Text]:
    for line in lines[:MOST_LINES]:
        yield (Plain(clip(line, LONGEST_LINE)),)
    if len(lines) > MOST_LINES:
        yield (Plain(f"{len(lines) - MOST_LINES} more; steward why shows all of it"),)


def printed(explained: Explanation) -> str:
    """Return an explanation for a terminal, with nothing left out."""
    lines = [f"Why: {explained.initiative.key}  {explained.initiative.name}"]
    for heading, found in sections(explained):
        lines += ["", heading, *(f"- {line}" for line in found)]
    return "\n".join([*lines, "", *_terms(explained)])


def sections(explained: Explanation) -> list[tuple[str, list[str]]]:
    """Return everything that is explained, as headings with their sentences."""
    name = clip(explained.person.name, LONGEST_NAME)
    parts = [_part(part) for part in explained.parts]
    if not parts:
        parts = [f"{name} has no role in {explained.initiative.key}, so nothing about it is sent to them."]
    if explained.person.active and not explained.reached_on:
        parts.append("No account of theirs is known yet; it is looked for by e-mail address when something is due.")
    if not explained.person.active:
        parts.append(f"{name} is deactivated, so nothing is sent to them.")
    parts += [history(each, explained.zone) for each in explained.others]
    parts += [_climb(each, explained) for each in explained.climbs]
    weeks = [(_heading(each, explained), list(_round(each, explained))) for each in explained.rounds]
    return [(name, parts), *((heading, lines) for heading, lines in weeks if lines)]


def _part(part: Part) -> str:
    one = part.assignment
    role, since = ROLE_WORDS[one.role], day_words(one.valid_from)
    now = f"; it is {_name(part.holder)} now" if part.holder and part.holder.id != one.person_id else ""
    match one.state:
        case AssignmentState.ACTIVE if one.kind is AssignmentKind.DELEGATE:
            return f"Stands in for the {role} since {since}: asked only while the {role} is away for a whole cycle."
        case AssignmentState.ACTIVE:
            return f"Is {role} since {since}."
        case AssignmentState.ENDED:
            until = day_words(one.valid_to) if one.valid_to else "a day that is not known"
            return f"Was {role} until {until}{now}."
        case AssignmentState.PROPOSED:
            return f"Was offered the part of {role} and has not accepted it: nobody is asked as such before accepting."
        case AssignmentState.DECLINED:
            return f"Was offered the part of {role} and declined it{now}."
        case _:
            return f"Was offered the part of {role}; the offer was withdrawn{now}."


def _climb(climb: Climb, explained: Explanation) -> str:
    """Return what became of one escalation message, and by which rule it was sent or is not."""
    one, role = climb.escalation, ROLE_WORDS[climb.escalation.role]
    about = f"{counted(one.missed, 'missed check-in')} of the {role}" if one.missed else f"nobody answers as {role}"
    rule = f"rule {one.ladder}, level {climb.notice.level}, because of {about}; ladders version {one.ladder_version}"
    end = f" It ended {instant_words(one.resolved_at, explained.zone)}." if one.resolved_at else ""
    return f"{history(climb.sending, explained.zone)} By {rule}.{end}"


def _name(person: Person | None) -> str:
    return clip(person.name, LONGEST_NAME) if person else "somebody else"


def _heading(one: Round, explained: Explanation) -> str:
    if not one.planned:
        which_one = "the next cycle" if one.cycle else "no check-ins"
    else:
        newest = max(each.week for each in explained.rounds if each.planned)
        which_one = "the present cycle" if one.week == newest else "the last cycle"
    monday = monday_of(one.week)
    return f"{one.week}, {which_one} ({day_words(monday, year=False)} to {day_words(monday + 6 * DAY, year=False)})"


def _round(one: Round, explained: Explanation) -> Iterator[str]:
    if one.cycle is None or one.timing is None:
        least = explained.policy.cadence.least_working_days
        off = f" ({_days(one.days_off)} off)" if one.days_off else ""
        yield f"Only {counted(one.working_days, 'working day')}{off}; with fewer than {least} nobody is asked."
        return
    if not one.asks:
        return
    yield _calendar(one.cycle, one.days_off, explained)
    for ask in one.asks:
        yield _asked(ask, one, explained)
        yield from _became(ask, explained)
    if any(ask.due for ask in one.asks):
        yield _timing(one.timing, explained)
        yield from map(_away, one.absences)
    yield from (history(each, explained.zone) for each in one.messages)
    if one.changes:
        yield f"These messages were changed in place {counted(one.changes, 'time')}."
    yield from (_left_out(each, explained) for each in one.timing.left_out if one.messages)
    if one.planned and not one.messages:
        yield f"No message of this cycle to them is kept; those sent are for {_kept(explained)} days."
    elif not one.planned and one.timing.send_at and one.timing.send_at <= explained.now:
        yield "It is not planned yet although its time has come: it is sent as soon as Steward runs."


def _kept(explained: Explanation) -> int:
    return explained.policy.retention.sent_deliveries.days


def _calendar(cycle: Cycle, days_off: Sequence[date], explained: Explanation) -> str:
    cadence = explained.policy.cadence
    short = f"A short week, {_days(days_off)} off: it opens" if days_off else "Opens"
    opens, due = (day_words(day, year=False) for day in (cycle.opens_on, cycle.due_on))
    closes = instant_words(cycle.closes_at, explained.zone)
    return (
        f"{short} {opens} at {cadence.opens_at:%H:%M} and is due {due} at {cadence.due_at:%H:%M}, in the zone of who "
        f"is asked; silence counts as a miss from {closes} on."
    )


def _days(days: Sequence[date]) -> str:
    return ", ".join(day_words(day, year=False) for day in days)


def _asked(ask: Ask, one: Round, explained: Explanation) -> str:
    role, initiative = ROLE_WORDS[ask.role], explained.initiative
    rule = RULES[ask.rule].format(stage=stage_words(initiative.stage))
    if ask.prompt is None and ask.due:
        later = (
            "had not been accepted when the cycle was planned" if one.planned else "has not been accepted by anybody"
        )
        return f"The {role} is not asked, because the part {later}."
    if ask.prompt is None:
        return f"The {role} is not asked, because {rule}."
    verb = "is asked" if one.planned else "will be asked"
    why = f"because {rule}" if ask.due else f"as planned before {initiative.key} changed; as it is now, {rule}"
    return f"The {role} {verb}, {why}{_instead(ask, explained)}."


def _instead(ask: Ask, explained: Explanation) -> str:
    """Return who is asked where that is not this person, and in whose place."""
    if ask.prompt is None or ask.prompt.person_id == explained.person.id:
        return f"; it is asked in the place of {_name(ask.for_whom)}, who is away" if ask.for_whom else ""
    if ask.for_whom is not None and ask.for_whom.id == explained.person.id:
        return f"; {_name(ask.asked_of)} is asked in their place while they are away"
    return f"; {_name(ask.asked_of)} is asked, who has the part now"


def _became(ask: Ask, explained: Explanation) -> Iterator[str]:
    prompt = ask.prompt
    if prompt is None:
        return
    about = f"The check-in of the {ROLE_WORDS[ask.role]}"
    if prompt.snoozed:
        yield f"{about} was put off until it is due, so reminder 1 leaves it out."
    if prompt.state in ANSWERED and prompt.answered_at:
        yield f"{about} was answered {instant_words(prompt.answered_at, explained.zone)}: no reminder after that."
    elif prompt.state is PromptState.EXCUSED:
        yield f"{about} is excused, {clip(prompt.excused_reason, LONGEST_NAME)}: nothing is sent about it."
    elif ended := ENDED.get(prompt.state):
        yield f"{about} {ended}."


def _timing(timing: Timing, explained: Explanation) -> str:
    zone, own, name = explained.zone, explained.own_zone, _name(explained.person)
    opens = instant_words(timing.opens_at, own)
    if timing.send_at is None:
        return f"{name} works no hour between the opening and the due time ({own.key}), so it is excused."
    asked, due = instant_words(timing.send_at, zone), instant_words(timing.due_at, zone)
    if timing.held_by is not None:
        return f"{opens} in {own.key} {BARRIERS[timing.held_by]}, so {name} is asked {asked} and has until {due}."
    theirs = f", which is {opens} in {own.key}," if own.key != zone.key else ""
    return f"{name} is asked {asked}{theirs} and has until {due}."


def _away(absence: Absence) -> str:
    until = f"{day_words(absence.first, year=False)} to {day_words(absence.last, year=False)}"
    return (
        f"Away {until}: nothing is sent on those days; away for the whole cycle, a delegate is asked or it is excused."
    )


def _left_out(left: LeftOut, explained: Explanation) -> str:
    at = instant_words(left.at, explained.own_zone)
    return f"Reminder {left.number} of 2: left out, because {at} ({explained.own_zone.key}) {BARRIERS[left.why]}."


def _terms(explained: Explanation) -> Iterator[str]:
    organisation, policy = explained.organisation, explained.policy
    where = f" on {', '.join(explained.reached_on)}" if explained.reached_on else ""
    yield f"Policy {policy.version}, as of {instant_words(explained.now, explained.zone)} ({explained.zone.key})."
    yield (
        f"One message a cycle lists everything asked of a person{where}, with at most two reminders and "
        f"{policy.delivery.messages_per_person_and_day} messages a day."
    )
    yield (
        f"Nothing is sent on days off or from {organisation.quiet_start:%H:%M} to {organisation.quiet_end:%H:%M} in "
        f"{explained.own_zone.key}."
    )


def document(explained: Explanation) -> dict[str, Any]:
    """Return an explanation as what `--json` prints."""
    return {
        "person": {"name": explained.person.name, "email": explained.person.email, "zone": explained.own_zone.key},
        "initiative": {"key": explained.initiative.key, "name": explained.initiative.name},
        "as_of": explained.now.isoformat(),
        "policy": explained.policy.version,
        "sections": [{"heading": heading, "lines": lines} for heading, lines in sections(explained)],
        "terms": list(_terms(explained)),
        "messages": [
            _fields(sending, explained)
            for sending in [each for one in explained.rounds for each in one.messages] + list(explained.others)
        ],
    }


def _fields(sending: Sending, explained: Explanation) -> dict[str, Any]:
    row, fate = sending.row, sending.fate
    return {
        "what": what(row),
        "kind": row.kind.value,
        "about": row.subject,
        "state": row.state.value,
        "due": row.not_before.isoformat(),
        "sent": row.sent_at.isoformat() if row.sent_at else None,
        "attempts": row.attempts,
        "reason": row.reason,
        "where": row.ref.platform if row.ref else None,
        "fate": {"outcome": fate.outcome.value, "at": fate.at.isoformat(), "reason": fate.reason} if fate else None,
        "in_words": history(sending, explained.zone),
    }
