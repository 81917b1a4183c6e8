"""What a message is, before any platform renders it; ceilings are checked when one is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from bot.domain.ids import PersonId

# The least of every platform's limits (Slack: 50 blocks, header 150, section 3,000, 12,000 of JSON; Teams: 25 KB).
MOST_BLOCKS = 45
MOST_BUTTONS = 5
MOST_FACTS = 10
LONGEST_TITLE = 140
LONGEST_TEXT = 2800
LONGEST_FACT = 1800
LONGEST_LABEL = 60
LONGEST_VALUE = 200
HEAVIEST_MESSAGE = 10_500
BLOCK_OVERHEAD = 60
BUTTON_OVERHEAD = 120


class Action(StrEnum):
    """What a button asks for; each has one flow in the dispatch table."""

    CHECKIN_ANSWER = "checkin_answer"
    CHECKIN_UNCHANGED = "checkin_unchanged"
    CHECKIN_SNOOZE = "checkin_snooze"
    CHECKIN_NOT_MINE = "checkin_not_mine"
    CHECKIN_PAGE = "checkin_page"
    ROLE_ACCEPT = "role_accept"
    ROLE_DECLINE = "role_decline"
    STAND_IN_DECLINE = "stand_in_decline"
    ROLE_OFFERS = "role_offers"
    ESCALATION_PLAN = "escalation_plan"
    ESCALATION_PROPOSE = "escalation_propose"
    ESCALATION_NOT_MINE = "escalation_not_mine"
    STATUS_SHOW = "status_show"
    STATUS_UPDATE = "status_update"
    STATUS_HISTORY = "status_history"
    STATUS_SHARE = "status_share"
    STATUS_LIST = "status_list"
    STATUS_LOOK_UP = "status_look_up"
    RAID_RESOLVE = "raid_resolve"
    INITIATIVE_NEW = "initiative_new"
    GATE_SHOW = "gate_show"
    GATE_START = "gate_start"
    GATE_CHARTER = "gate_charter"
    GATE_CRITERIA = "gate_criteria"
    GATE_CRITERION_PROPOSE = "gate_criterion_propose"
    GATE_CRITERION_APPROVE = "gate_criterion_approve"
    GATE_SHOW_EVIDENCE = "gate_show_evidence"
    GATE_SIGN = "gate_sign"
    GATE_SUBMIT = "gate_submit"
    GATE_WITHDRAW = "gate_withdraw"
    GATE_MOVE = "gate_move"
    GATE_SET_ASIDE = "gate_set_aside"
    GATE_TAKE_BACK = "gate_take_back"
    GATE_DECIDE = "gate_decide"
    GATE_NUMBERS = "gate_numbers"
    GATE_PHASE = "gate_phase"
    GATE_PHASE_MOVE = "gate_phase_move"
    GATE_USE = "gate_use"
    UNDELIVERED_RETRY = "undelivered_retry"
    UNDELIVERED_DISCARD = "undelivered_discard"


class Emphasis(StrEnum):
    """How a button stands out."""

    NONE = "none"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Plain:
    """Text shown exactly as it is, whatever it contains."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """Text that stands out, otherwise like Plain."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type or copy, otherwise like Plain."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link of ours; people's own links stay Plain."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, notified where their account on the platform is known, else named."""

    person_id: PersonId
    name: str


@dataclass(frozen=True, slots=True)
class When:
    """An instant (UTC), shown in the reader's own zone where the platform can, else as `text`."""

    at: datetime
    text: str


Span = Plain | Bold | Code | Link | Mention | When
Text = tuple[Span, ...]


def text_of(span: Span) -> str:
    """Return what a reader sees of a span."""
    match span:
        case Plain(text) | Bold(text) | Code(text) | Link(text, _) | When(_, text):
            return text
        case Mention(_, name):
            return name
        case _:
            assert_never(span)


def plain(text: Text) -> str:
    """Return the words of a text without any formatting."""
    return text_of(text[0]) if len(text) == 1 else "".join([text_of(span) for span in text])


def weight(text: str) -> int:
    """Return how many characters a text takes when every platform's escaping is at its worst."""
    return len(text) + 4 * (text.count("&") + text.count("<") + text.count(">"))


def clip(text: str, longest: int) -> str:
    """Return at most `longest` weighted characters of a person's text, an ellipsis marking what is gone."""
    if weight(text) <= longest:
        return text
    kept, room = [], longest - 1
    for character in text:
        room -= weight(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + "…"


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press; `value` is an opaque id that proves nothing about who presses it."""

    label: str
    action: Action
    value: str
    emphasis: Emphasis = Emphasis.NONE
    opens_form: bool = False

    def __post_init__(self) -> None:
        check_size("button label", weight(self.label), LONGEST_LABEL)
        check_size("button value", len(self.value), LONGEST_VALUE)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text; line breaks are kept."""

    text: Text

    def __post_init__(self) -> None:
        check_size("paragraph", weight(plain(self.text)), LONGEST_TEXT)


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    pairs: tuple[tuple[str, Text], ...]

    def __post_init__(self) -> None:
        check_size("facts", len(self.pairs), MOST_FACTS)
        for label, value in self.pairs:
            check_size("fact", weight(label) + weight(plain(value)), LONGEST_FACT)


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short lines."""

    items: tuple[Text, ...]

    def __post_init__(self) -> None:
        check_size("bullets", sum(weight(plain(item)) + 2 for item in self.items), LONGEST_TEXT)


@dataclass(frozen=True, slots=True)
class Quote:
    """A person's own words, exactly as typed."""

    text: str

    def __post_init__(self) -> None:
        check_size("quote", weight(self.text), LONGEST_TEXT)


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between parts."""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in small print."""

    text: Text

    def __post_init__(self) -> None:
        check_size("note", weight(plain(self.text)), LONGEST_TEXT)


@dataclass(frozen=True, slots=True)
class Actions:
    """A row of buttons."""

    buttons: tuple[Button, ...]

    def __post_init__(self) -> None:
        check_size("buttons in a row", len(self.buttons), MOST_BUTTONS)


Block = Paragraph | Facts | Bullets | Quote | Divider | Note | Actions


@dataclass(frozen=True, slots=True)
class Message:
    """What is said; `fallback` is the one plain sentence for notifications and screen readers."""

    title: str
    blocks: tuple[Block, ...]
    fallback: str

    def __post_init__(self) -> None:
        check_size("title", weight(self.title), LONGEST_TITLE)
        check_size("fallback", weight(self.fallback), LONGEST_TEXT)
        check_size("blocks", len(self.blocks), MOST_BLOCKS)
        check_size("message", message_weight(self), HEAVIEST_MESSAGE)
        if not self.fallback.strip():
            raise ValueError("a message needs a fallback sentence")


def buttons_of(message: Message) -> Iterator[Button]:
    """Yield every button of a message."""
    for block in message.blocks:
        if isinstance(block, Actions):
            yield from block.buttons


def block_weight(block: Block) -> int:
    """Return about how many characters of payload a block takes."""
    match block:
        case Paragraph(text) | Note(text):
            return BLOCK_OVERHEAD + weight(plain(text))
        case Quote(text):
            return BLOCK_OVERHEAD + weight(text) + 2 * text.count("\n")
        case Facts(pairs):
            return BLOCK_OVERHEAD + sum(BLOCK_OVERHEAD + weight(label) + weight(plain(value)) for label, value in pairs)
        case Bullets(items):
            return BLOCK_OVERHEAD + sum(weight(plain(item)) + 3 for item in items)
        case Divider():
            return BLOCK_OVERHEAD
        case Actions(buttons):
            return BLOCK_OVERHEAD + sum(BUTTON_OVERHEAD + weight(b.label) + len(b.value) for b in buttons)
        case _:
            assert_never(block)


def message_weight(message: Message) -> int:
    """Return about how many characters of payload a message takes."""
    return weight(message.title) + sum(map(block_weight, message.blocks))


def check_size(what: str, size: int, most: int) -> None:
    """Raise ValueError when a part is larger than every platform takes."""
    if size > most:
        raise ValueError(f"{what} is {size}, at most {most} fit every platform")
