"""What administrators and portfolio leads are told when messages cannot arrive."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.operating.silence import Silence
from bot.domain.ownership import Role
from bot.messages.model import Bold, Bullets, Code, Message, Paragraph, Plain, Text, clip, plain
from bot.messages.words import ROLE_WORDS, counted

LONGEST_NAME = 80
MOST_ROLES, MOST_PEOPLE = 10, 10
LONGEST_LISTED, MOST_LISTED = 40, 3
REACH_THEM = (
    "Correct the address in the portfolio file, ask them to write to Steward once, or give what they hold to somebody "
    "else."
)
NOTHING_LEFT = "Nothing of this check-in is yours to answer any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """A person no chat platform can reach, and the roles they hold as (key of the initiative, role)."""

    name: str
    email: str | None
    held: Sequence[tuple[str, Role]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """How many check-ins of a cycle did not arrive, the names of whom they ask, and whether the cycle is closed."""

    cycle: str
    check_ins: int
    people: Sequence[str]
    closed: bool = False


def unreachable(gone: Sequence[OutOfReach], *, admin: bool) -> Message:
    """Return what administrators and the leads of the portfolios concerned read about people nobody can reach."""
    first, reader = gone[0], _reader(admin)
    if len(gone) == 1:
        lacking = _lacking(first, MOST_ROLES)
        finding = f" {clip(first.name, LONGEST_NAME)} cannot be reached: {lacking}." if lacking else ""
        addressed = _addressed(first, LONGEST_NAME)
        return _notice(Plain(f"{reader}: messages to {addressed} do not arrive.{finding} {REACH_THEM}"))
    head = f"{reader}: messages to {len(gone)} people do not arrive."
    lines: list[Text] = [
        (Bold(_addressed(each, LONGEST_LISTED)), Plain(f"  {_lacking(each, MOST_LISTED)}"))
        for each in gone[:MOST_PEOPLE]
    ]
    if len(gone) > MOST_PEOPLE:
        lines.append((Plain(f"{len(gone) - MOST_PEOPLE} more"),))
    blocks = (Paragraph((Plain(head),)), Bullets(tuple(lines)), Paragraph((Plain(REACH_THEM),)))
    return Message("", blocks, head)


def _addressed(who: OutOfReach, longest: int) -> str:
    address = f" ({clip(who.email, longest)})" if who.email else ", who has no e-mail address in the portfolio"
    return clip(who.name, longest) + address


def _lacking(who: OutOfReach, most: int) -> str:
    lacking = ", ".join(f"{key} has no reachable {ROLE_WORDS[role]}" for key, role in who.held[:most])
    more = len(who.held) - most
    return f"{lacking} and {counted(more, 'more role', 'more roles')}" if more > 0 else lacking


def undelivered(lost: Undelivered, *, admin: bool) -> Message:
    """Return what administrators and leads read about a cycle's check-ins that did not reach whom they ask."""
    what = f"{counted(lost.check_ins, 'check-in')} of {lost.cycle}"
    who = f"{counted(len(lost.people), 'person', 'people')}: {_names(lost.people)}"
    coming = "A reminder still to come carries them; what never arrives counts"
    past = "It is closed, but /ai checkin still takes answers until the next opens. They count"
    tail = f"{past if lost.closed else coming} as not delivered, not as missed. "
    return _notice(Plain(f"{_reader(admin)}: {what} did not reach {who}. {tail}"), *_remedy(admin))


def offers_lost(offers: Sequence[tuple[str, str, Role]], *, admin: bool) -> Message:
    """Return what administrators and leads read about offers of roles, as (name, key, role), that did not arrive."""
    lines = [f"{ROLE_WORDS[role]} of {key} did not reach {clip(name, LONGEST_NAME)}" for name, key, role in offers]
    more = f" and {len(lines) - MOST_ROLES} more" if len(lines) > MOST_ROLES else ""
    return _notice(
        Plain(
            f"{_reader(admin)}: the offer to be {'; '.join(lines[:MOST_ROLES])}{more}. Tell them; the next role "
            "offered to them carries these along. "
        ),
        *_remedy(admin),
    )


def _reader(admin: bool) -> str:
    return "As administrator" if admin else "As portfolio lead"


def _names(people: Sequence[str]) -> str:
    named = ", ".join(clip(name, LONGEST_NAME) for name in people[:MOST_ROLES])
    return named + (f" and {len(people) - MOST_ROLES} more" if len(people) > MOST_ROLES else "")


def _remedy(admin: bool) -> tuple[Plain | Code, ...]:
    if not admin:
        return ()
    return Code("steward doctor --live"), Plain(" says what is wrong, "), Code("/ai undelivered"), Plain(" lists them.")


def channel_lost(portfolio: str, platform: str, conversation: str) -> Message:
    """Return what a portfolio's lead reads when its digest cannot be posted in a channel."""
    return _notice(
        Plain(
            f"As lead of {clip(portfolio, LONGEST_NAME)}: the weekly digest cannot be posted in the {platform} channel "
        ),
        Code(conversation),
        Plain(". Add Steward to that channel, or write "),
        Code("/ai digest here"),
        Plain(" in another one."),
    )


def not_authorized(platform: str) -> Message:
    """Return what an administrator reads when a platform refuses Steward's credentials."""
    return _notice(
        Plain(f"As administrator: {platform} no longer accepts Steward's credentials, so nothing is sent there. "),
        Code("steward doctor"),
        Plain(" says what to do."),
    )


SILENCES = {
    Silence.UNCLAIMED: "messages that were due on {} were not sent for more than five minutes.",
    Silence.NOT_OPENED: "the check-ins of {} should have been planned and were not.",
    Silence.NOT_ASKED: "there are owners with an open check-in of {} to whom no message about it is on its way.",
    Silence.NO_DIGEST: "the weekly digest of {} was due and does not stand in all of its channels.",
}


def silence(what: str, about: str) -> Message:
    """Return what administrators read about something that should have happened and did not."""
    stopped = SILENCES[Silence(what)].format(about.replace(":", ", "))
    return _notice(
        Plain(f"As administrator: {stopped} Steward pushed once, which was no help within two minutes. "),
        Code("steward doctor"),
        Plain(" and the log of its processes say more."),
    )


def _notice(*spans: Plain | Code) -> Message:
    text: Text = spans
    return Message("", (Paragraph(text),), plain(text))
