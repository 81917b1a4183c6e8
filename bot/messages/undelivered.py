"""The words of `/ai undelivered`: what did not arrive, or perhaps did, and what an administrator can do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.explanation import Sending
from bot.messages.model import Action, Actions, Block, Bold, Button, Message, Note, Paragraph, Plain, clip
from bot.messages.outbox import history
from bot.messages.words import counted

SHOWN = 6
LONGEST_NAME, LONGEST_LINE = 80, 400
ADMINS_ONLY = "Only administrators of Steward see what was not delivered."
NOTHING = "Everything that was due has been delivered."
GONE = "Somebody has seen to this already, or it has been delivered."
DOUBT = "What was perhaps sent may be there twice after Try again."


@dataclass(frozen=True, slots=True)
class Lost:
    """A message that did not arrive, or perhaps did, and whom or where it was for."""

    row: Delivery
    to: str


def listing(lost: Sequence[Lost], total: int, zone: ZoneInfo, word: str = "") -> Message:
    """Return what was not delivered, newest first, `total` in all, each with its buttons; `word` says what was done."""
    title = f"{counted(total, 'message')} not delivered" if total else NOTHING
    blocks: list[Block] = [Paragraph((Plain(word),))] if word else []
    for one in lost[:SHOWN]:
        blocks += _one(one, zone)
    if total > SHOWN:
        blocks.append(Note((Plain(f"{total - SHOWN} more; they come up as these are seen to."),)))
    if any(one.row.state is DeliveryState.UNKNOWN for one in lost[:SHOWN]):
        blocks.append(Note((Plain(DOUBT),)))
    if not blocks:
        blocks.append(Paragraph((Plain(NOTHING),)))
    return Message(title, tuple(blocks), f"{word} {title}".strip())


def _one(one: Lost, zone: ZoneInfo) -> list[Block]:
    said = clip(history(Sending(one.row), zone), LONGEST_LINE)
    again = Button("Try again", Action.UNDELIVERED_RETRY, one.row.id)
    return [
        Paragraph((Bold(clip(one.to, LONGEST_NAME)), Plain(f"\n{said}"))),
        Actions((again, Button("Discard", Action.UNDELIVERED_DISCARD, one.row.id))),
    ]


def tried(to: str) -> str:
    """Return what an administrator reads who lets a message be tried again."""
    return f"It is tried again now for {clip(to, LONGEST_NAME)}, unless it is not needed any more."


def discarded(to: str) -> str:
    """Return what an administrator reads who gives a message up."""
    return f"The message for {clip(to, LONGEST_NAME)} is given up."
