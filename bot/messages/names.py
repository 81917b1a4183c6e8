"""The words for names and lists: one of several, nothing by that name, and a line for each initiative of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.names import Closest, Entry, Several
from bot.domain.status import InitiativeStatus
from bot.messages.forms import Form, FormName, InitiativeField
from bot.messages.model import (
    Action,
    Actions,
    Block,
    Bold,
    Bullets,
    Button,
    Code,
    Message,
    Note,
    Paragraph,
    Plain,
    Text,
    clip,
)
from bot.messages.words import counted, rag_word, sentence, stage_words

LONGEST_QUERY = 60
LONGEST_NAME = 70
LONGEST_PERSON = 40
SHOWN_PER_PAGE = 12
INITIATIVE = "initiative"
NAME_NEEDED = "Type a name or a key, or a part of one."
LOOKING_BACK = "As of then: answers, promises, blockers and asks. The stage and the owners are today's."
NOT_NAMED = "No initiative named "
"""How the answer begins to a name that no initiative has."""
Details = Mapping[str, InitiativeStatus]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """
    One page of a list: what it is a list of, the word that asks for it, and how many there are in all.

    `looking_back` when it is shown as of another instant than now.
    """

    title: str
    which: str
    statuses: Sequence[InitiativeStatus]
    total: int
    page: int = 0
    looking_back: bool = False


def several(query: str, found: Several, details: Details) -> Message:
    """Return the choice between initiatives that a name fits equally, in more words where `details` has them by id."""
    total = len(found.entries) + found.more
    head = f"“{clip(query, LONGEST_QUERY)}” matches {total} initiatives. Pick one:"
    lines = tuple(_entry(entry, details.get(entry.access.initiative_id)) for entry in found.entries)
    blocks: tuple[Block, ...] = (Paragraph((Plain(head),)), Bullets(lines), _picks(found.entries), *_more(found.more))
    return Message("", blocks, head)


def closest(query: str, found: Closest) -> Message:
    """Return that no initiative has this name, and which come nearest."""
    head = f"{_not_named(query)} Closest:"
    lines = tuple(_entry(entry, None) for entry in found.entries)
    picks, ways_out = _picks(found.entries), Actions(_ways_out())
    blocks: tuple[Block, ...] = (Paragraph((Plain(head),)), Bullets(lines), picks, *_more(found.more), ways_out)
    return Message("", blocks, f"{head} {', '.join(entry.key for entry in found.entries)}.")


def unknown(query: str) -> Message:
    """Return that no initiative has this name; the same words for one that the asker may not see (I-34)."""
    return sentence(_not_named(query), *_ways_out())


def _not_named(query: str) -> str:
    return f"{NOT_NAMED}“{clip(query, LONGEST_QUERY)}”."


def listing(shown: Listing) -> Message:
    """Return one page of initiatives, a line each."""
    if not shown.total:
        return sentence(f"{shown.title}: none.")
    lines = tuple((Bold(f"{status.initiative.key} "), Plain(line(status))) for status in shown.statuses)
    blocks: list[Block] = [Bullets(lines)]
    left = shown.total - shown.page * SHOWN_PER_PAGE - len(lines)
    if left > 0:
        following = Button(f"Next {min(left, SHOWN_PER_PAGE)}", Action.STATUS_LIST, f"{shown.which} {shown.page + 2}")
        blocks += [Note((Plain(f"{left} more; or ask for one by name"),)), Actions((following,))]
    if shown.looking_back:
        blocks.append(Note((Plain(LOOKING_BACK),)))
    fallback = f"{shown.title}: {counted(shown.total, 'initiative')}."
    return Message(f"{shown.title} ({shown.total})", tuple(blocks), fallback)


def line(status: InitiativeStatus) -> str:
    """Return one initiative without its key: name, stage, reported colour and sponsor."""
    sponsor = status.owners[0]
    who = clip(sponsor.name, LONGEST_PERSON) if sponsor.person_id else "sponsor vacant"
    one = status.initiative
    return f"{clip(one.name, LONGEST_NAME)}, {stage_words(one.stage, one.lifecycle)}, {reported(status)}, {who}"


def reported(status: InitiativeStatus) -> str:
    """Return the colour the owners gave and when; an old one is only what they last said (I-24)."""
    if not status.declared:
        return "no answer yet"
    week, rag = status.declared[-1]
    colour = rag_word(rag)
    return (
        f"owners reported {colour} ({week})" if status.is_recent else f"no recent answer, last said {colour} in {week}"
    )


def about(entry: Entry) -> str:
    """Return the few words that stand beside an initiative's name where one is chosen."""
    return stage_words(entry.stage, entry.lifecycle)


def look_up_form() -> Form:
    """Return the form that looks an initiative up."""
    field = InitiativeField(name=INITIATIVE, label="Which initiative?", hint="Its name or key, or a part of one")
    return Form(name=FormName.LOOK_UP, title="Look up an initiative", submit="Show", fields=(field,))


def look_up_button() -> Button:
    """Return the button that opens that form."""
    return Button("Look up an initiative", Action.STATUS_LOOK_UP, "name", opens_form=True)


def _entry(entry: Entry, status: InitiativeStatus | None) -> Text:
    without = f"{clip(entry.name, LONGEST_NAME)}, {about(entry)}"
    return (Bold(f"{entry.key} "), Plain(line(status) if status else without))


def _picks(entries: Sequence[Entry]) -> Actions:
    return Actions(tuple(Button(entry.key, Action.STATUS_SHOW, entry.key) for entry in entries))


def _more(count: int) -> tuple[Block, ...]:
    return (Note((Plain(f"{count} more, narrow the name"),)),) if count else ()


def _ways_out() -> tuple[Button, ...]:
    return (
        Button("Show all I can see", Action.STATUS_LIST, "portfolio"),
        Button("Register a new initiative", Action.INITIATIVE_NEW, "new", opens_form=True),
    )


TITLES = {
    "mine": "My initiatives",
    "red": "Reported Red",
    "due": "Check-ins open",
    "portfolio": "Portfolio",
}
USAGE = (
    ("", "your initiatives, or the portfolio if you own none"),
    ("NAME", "one initiative, by key, name or part of it"),
    ("NAME history", "its last twelve weeks"),
    ("mine", "your initiatives"),
    ("red", "what owners reported Red"),
    ("due", "open check-ins"),
    ("portfolio", "everything you can see"),
)


def usage() -> Message:
    """Return what can follow `/ai-status`."""
    lines = tuple((Code(f"/ai-status {words}".strip()), Plain(f"  {does}")) for words, does in USAGE)
    return Message("/ai-status", (Bullets(lines),), "What can follow /ai-status.")
