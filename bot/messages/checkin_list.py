"""The words of the one message that asks a person, and of its reminders: every check-in of theirs with its buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.checkins import ANSWERED, Prompt, PromptState, Rag
from bot.messages.checkins import AWAY, LONGEST_NAME, as_role
from bot.messages.model import (
    Action,
    Actions,
    Block,
    Bold,
    Button,
    Emphasis,
    Message,
    Note,
    Paragraph,
    Plain,
    Text,
    clip,
)
from bot.messages.words import counted, instant_words, when


@dataclass(frozen=True, slots=True)
class Item:
    """
    One check-in in the list: the prompt, its initiative, the last answer, and whether one tap may repeat it.

    `offered_to` is who the role was proposed to by its holder and has not answered.
    """

    prompt: Prompt
    key: str
    name: str
    last: Rag | None = None
    may_repeat: bool = False
    offered_to: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """
    What one person is asked in one cycle; `page` counts from 0, `reminder` is 0 for the prompt itself.

    `closed` when nothing of it can be answered or changed any more.
    """

    cycle: str
    items: tuple[Item, ...]
    zone: ZoneInfo
    page: int = 0
    per_page: int = 10
    reminder: int = 0
    closed: bool = False


def listing(shown: Listing) -> Message:
    """Return the one message of a person and cycle: every check-in with its buttons, ten at a time."""
    waiting = [item for item in shown.items if item.prompt.state not in ANSWERED]
    first = shown.page * shown.per_page
    blocks: list[Block] = [Paragraph(_opening(shown, waiting))]
    for item in shown.items[first : first + shown.per_page]:
        blocks += _item(item, shown)
    blocks += _paging(shown)
    title = f"Weekly check-in {shown.cycle}" if not shown.reminder else f"Reminder {shown.reminder} of 2: check-in"
    return Message(title, tuple(blocks), _fallback(shown, waiting))


def _opening(shown: Listing, waiting: Sequence[Item]) -> Text:
    if shown.closed:
        return (Plain("This check-in is closed: the next one has opened."),)
    if not waiting:
        return (Plain("All answered. You can edit until the next check-in opens."),)
    soonest = min(item.prompt.due_at for item in waiting)
    return (
        Bold(counted(len(waiting), "initiative needs", "initiatives need") + " your answer"),
        Plain(", due "),
        when(soonest, shown.zone),
        Plain(AWAY if shown.reminder else "."),
    )


def _fallback(shown: Listing, waiting: Sequence[Item]) -> str:
    if shown.closed:
        return f"Check-in {shown.cycle} is closed."
    if not waiting:
        return f"Check-in {shown.cycle}: all answered."
    soonest = instant_words(min(item.prompt.due_at for item in waiting), shown.zone)
    head = f"Reminder {shown.reminder} of 2" if shown.reminder else "Weekly check-in"
    return f"{head}: {counted(len(waiting), 'initiative needs', 'initiatives need')} your answer, due {soonest}."


def _item(item: Item, shown: Listing) -> list[Block]:
    prompt = item.prompt
    heading: Text = (Bold(f"{item.key} "), Plain(f"{clip(item.name, LONGEST_NAME)}\n{as_role(prompt, item.key)}"))
    if shown.closed and prompt.state not in ANSWERED:
        return [Paragraph((*heading, Plain(" · not answered")))]
    said = Paragraph(heading + _state(item, shown.zone))
    return [said] if shown.closed else [said, Actions(_buttons(item))]


def _state(item: Item, zone: ZoneInfo) -> Text:
    prompt = item.prompt
    if prompt.state in ANSWERED and prompt.answered_at:
        said = "no material change" if prompt.unchanged else "answered"
        colour = f" {prompt.rag.value}" if prompt.rag else ""
        late = ", late" if prompt.state is PromptState.ANSWERED_LATE else ""
        rest = ", some details still open" if prompt.state is PromptState.PARTIALLY_ANSWERED else ""
        return (Plain(f" · {said}{colour}{late}, "), when(prompt.answered_at, zone), Plain(rest))
    last = f" · last answer {item.last.value}" if item.last else ""
    if prompt.state is PromptState.MISSED:
        return (Plain(f" · missed, still answerable{last}{_offer(item)}"),)
    snoozed = " · snoozed until then" if prompt.snoozed else ""
    return (Plain(" · due "), when(prompt.due_at, zone), Plain(snoozed + last + _offer(item)))


def _offer(item: Item) -> str:
    return f" · waiting for {clip(item.offered_to, LONGEST_NAME)} to accept" if item.offered_to else ""


def _buttons(item: Item) -> tuple[Button, ...]:
    prompt = item.prompt
    if prompt.state in ANSWERED:
        return (Button("Edit", Action.CHECKIN_ANSWER, prompt.id, opens_form=True),)
    found = [Button("Answer", Action.CHECKIN_ANSWER, prompt.id, Emphasis.PRIMARY, opens_form=True)]
    if item.may_repeat:
        found.append(Button("No material change", Action.CHECKIN_UNCHANGED, prompt.id))
    if not prompt.snoozed and prompt.state is not PromptState.MISSED:
        found.append(Button("Snooze", Action.CHECKIN_SNOOZE, prompt.id))
    if not prompt.on_behalf_of:
        found.append(Button("Not mine any more", Action.CHECKIN_NOT_MINE, prompt.id, opens_form=True))
    return tuple(found)


def _paging(shown: Listing) -> list[Block]:
    left = len(shown.items) - (shown.page + 1) * shown.per_page
    buttons = []
    if shown.page:
        buttons.append(Button("Back", Action.CHECKIN_PAGE, f"{shown.cycle}:{shown.page - 1}"))
    if left > 0:
        buttons.append(Button(f"{left} more", Action.CHECKIN_PAGE, f"{shown.cycle}:{shown.page + 1}"))
    if not buttons:
        return []
    pages = -(-len(shown.items) // shown.per_page)
    return [Actions(tuple(buttons)), Note((Plain(f"Page {shown.page + 1} of {pages}"),))]
