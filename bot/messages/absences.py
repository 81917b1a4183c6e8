"""The words of being away: what was understood, who stands in, and how it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.domain.ownership import Role
from bot.domain.people import Absence
from bot.messages.model import Action, Actions, Bold, Bullets, Button, Code, Message, Note, Paragraph, Plain, Text, clip
from bot.messages.words import ROLE_WORDS, counted, day_words, sentence

LONGEST_NAME = 80
SHOWN = 10
HOW = (
    Plain("Write "),
    Code("/ai away 1 Dec..5 Dec"),
    Plain(", or "),
    Code("/ai away 1 Dec..5 Dec NAME"),
    Plain(" with who answers meanwhile. Days: 2026-12-01, 1 Dec, 1 Dec 2026, today, tomorrow, Mon. "),
    Code("/ai back"),
    Plain(" ends it."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    An absence as it was understood, with what became of the open check-ins.

    `delegate` is who was named, `moved` how many open check-ins each stand-in got, by name, `excused` how many rest;
    `unanswered_for` counts the working days on which nobody answers, when that is long.
    """

    first: date
    last: date
    delegate: str = ""
    moved: Mapping[str, int] = field(default_factory=dict)
    excused: int = 0
    unanswered_for: int = 0


def told(shown: Told) -> Message:
    """Return what somebody reads who has just said that they are away."""
    head = f"You are away {span(shown.first, shown.last)}."
    lines = [_who_answers(shown.delegate)]
    lines += [f"{counted(n, 'open check-in goes', 'open check-ins go')} to {name}." for name, n in shown.moved.items()]
    if shown.excused:
        lines.append(f"{counted(shown.excused, 'open check-in is', 'open check-ins are')} excused.")
    if shown.unanswered_for:
        days = counted(shown.unanswered_for, "working day")
        lines.append(f"That is {days} without anybody for your initiatives: name somebody in the same command.")
    text: Text = (Bold(head), Plain(" " + " ".join(lines)))
    ends: Text = (Plain("Nothing is asked of you until then. "), Code("/ai back"), Plain(" ends it."))
    return Message("", (Paragraph(text), Note(ends)), f"{head} {' '.join(lines)}")


def _who_answers(delegate: str) -> str:
    if delegate:
        return f"{clip(delegate, LONGEST_NAME)} answers for you meanwhile; they are told and may decline."
    return "Delegates of your roles are asked meanwhile, else your check-ins are excused."


def span(first: date, last: date) -> str:
    """Return days as a reader says them: `on 1 Dec 2026`, or `from 1 Dec 2026 to 5 Dec 2026`."""
    return f"on {day_words(first)}" if first == last else f"from {day_words(first)} to {day_words(last)}"


def usage(absences: Sequence[Absence], refusal: str = "") -> Message:
    """Return how to say that one is away, after the absences still to come, or what was wrong with what was said."""
    blocks: list[Paragraph | Bullets] = []
    if refusal:
        blocks.append(Paragraph((Plain(refusal),)))
    if absences and not refusal:
        blocks.append(Paragraph((Plain("You have said that you are away:"),)))
        blocks.append(Bullets(tuple((Plain(span(each.first, each.last)),) for each in absences[:SHOWN])))
    blocks.append(Paragraph(HOW))
    listed = ", ".join(span(each.first, each.last) for each in absences[:SHOWN])
    known = f"You are away {listed}." if listed else "You have not said that you are away."
    return Message("", tuple(blocks), refusal or known)


def back(first: date, last: date, returned: int, *, ahead: bool) -> Message:
    """Return what somebody reads who is back, or calls an absence off that lies `ahead`; check-ins came back."""
    days = span(first, last)
    head = f"Your absence {days} is called off." if ahead else f"Welcome back; your absence {days} is over."
    if not returned:
        return sentence(head)
    tail = f"{counted(returned, 'open check-in is', 'open check-ins are')} yours again: /ai checkin."
    return sentence(f"{head} {tail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody is asked to stand in for: for whom, on which days, and the roles by initiative key."""

    absence_id: str
    name: str
    first: date
    last: date
    roles: tuple[tuple[str, Role], ...] = ()


def stand_in(asked: Standing) -> Message:
    """Return what a delegate reads who was named for somebody's absence."""
    name = clip(asked.name, LONGEST_NAME)
    head = f"{name} is away {span(asked.first, asked.last)} and named you to answer for them"
    listed = tuple((Bold(f"{key} "), Plain(ROLE_WORDS[role])) for key, role in asked.roles[:SHOWN])
    more = len(asked.roles) - SHOWN
    rest = ((Note((Plain(f"and {more} more"),)),) if more > 0 else ()) if listed else ()
    what = f"Their check-ins come with yours; {name} stays accountable."
    return Message(
        "",
        (
            Paragraph((Bold(head + "."),)),
            *((Bullets(listed),) if listed else ()),
            *rest,
            Paragraph((Plain(what),)),
            Actions((Button("Decline", Action.STAND_IN_DECLINE, asked.absence_id),)),
        ),
        f"{head}.",
    )


def declined_by_you(name: str) -> Message:
    """Return what a delegate reads who has declined."""
    return sentence(f"You do not stand in for {clip(name, LONGEST_NAME)}. They are told.")


def declined(name: str, first: date, last: date) -> Message:
    """Return what somebody reads whose delegate has declined."""
    head = f"{clip(name, LONGEST_NAME)} cannot answer for you {span(first, last)}."
    text: Text = (Plain(head + " Delegates of your roles are asked, else your check-ins are excused. "), *HOW)
    return Message("", (Paragraph(text),), head)


NOT_AWAY = "You have not said that you are away. /ai away 1 Dec..5 Dec does."
UNREADABLE = "Those days were not understood."
YOURSELF = "You cannot answer for yourself while you are away. Name somebody else."
NOT_ASKED = "You are not asked to stand in here any more."
SOMEBODY = "Somebody"


def in_a_circle(name: str) -> str:
    """Return the refusal of a delegate who is away then and named the asker."""
    return f"{clip(name, LONGEST_NAME)} is away then too and named you. Name somebody who is there."


def is_past(last: date) -> str:
    """Return the refusal of an absence that is over."""
    return f"{day_words(last)} is past: an absence is told before or while it lasts."


def is_too_long(most: int) -> str:
    """Return the refusal of an absence longer than an absence is."""
    return f"An absence has at most {most} days. For good, hand your roles over with “Not mine any more”."


def is_too_far(most: int) -> str:
    """Return the refusal of an absence that begins too far ahead."""
    return f"That begins more than {most} days from now. Check the year, or tell it nearer the time."
