"""The words of check-ins: the one message that asks, its reminders, the forms, and every refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.answers import LONGEST_NUMBER, plainly
from bot.domain.checkins import ANSWERED, AnswerValue, Commitment, DropReason, Prompt, PromptState, Rag
from bot.domain.questions import Question, QuestionKind
from bot.messages.forms import (
    MOST_CHECKBOXES,
    MOST_FIELDS,
    ChoiceField,
    DateField,
    Field,
    Form,
    FormName,
    PersonField,
    TextField,
)
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
    Quote,
    Text,
    clip,
)
from bot.messages.words import ROLE_WORDS, counted, day_words, instant_words, sentence, when

LONGEST_NAME = 80
LONGEST_KEPT = 600
LONGEST_NEED, LONGEST_PATH = 140, 280
PATH, PATH_BY, NEEDS_FROM, NEEDS_BY, NEEDS_WHAT, HOLD_UNTIL, CHANGE = RESERVED_KEYS = (
    "path", "path_by", "needs_from", "needs_by", "needs_what", "hold_until", "change",
)  # fmt: skip
STILL = "still"
COMMITMENT_PREFIX = "promise_"
AWAY = ". If you are away: /ai away FROM..TO."
RAG_OPTIONS = tuple((rag.value, rag.value) for rag in Rag)


@dataclass(frozen=True, slots=True)
class Item:
    """One check-in in the list: the prompt, its initiative, the last answer, and whether one tap may repeat it."""

    prompt: Prompt
    key: str
    name: str
    last: Rag | None = None
    may_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What one person is asked in one cycle; `page` counts from 0, `reminder` is 0 for the prompt itself."""

    cycle: str
    items: tuple[Item, ...]
    zone: ZoneInfo
    page: int = 0
    per_page: int = 10
    reminder: int = 0


def listing(shown: Listing) -> Message:
    """Return the one message of a person and cycle: every check-in with its buttons, ten at a time."""
    waiting = [item for item in shown.items if item.prompt.state not in ANSWERED]
    first = shown.page * shown.per_page
    blocks: list[Block] = [Paragraph(_opening(shown, waiting))]
    for item in shown.items[first : first + shown.per_page]:
        blocks += _item(item, shown.zone)
    blocks += _paging(shown)
    title = f"Weekly check-in {shown.cycle}" if not shown.reminder else f"Reminder {shown.reminder} of 2: check-in"
    return Message(title, tuple(blocks), _fallback(shown, waiting))


def _opening(shown: Listing, waiting: Sequence[Item]) -> Text:
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
    if not waiting:
        return f"Check-in {shown.cycle}: all answered."
    soonest = instant_words(min(item.prompt.due_at for item in waiting), shown.zone)
    head = f"Reminder {shown.reminder} of 2" if shown.reminder else "Weekly check-in"
    return f"{head}: {counted(len(waiting), 'initiative needs', 'initiatives need')} your answer, due {soonest}."


def _item(item: Item, zone: ZoneInfo) -> list[Block]:
    prompt = item.prompt
    heading: Text = (Bold(f"{item.key} "), Plain(f"{clip(item.name, LONGEST_NAME)}\n{_as_role(prompt, item.key)}"))
    return [Paragraph(heading + _state(item, zone)), Actions(_buttons(item))]


def _as_role(prompt: Prompt, key: str) -> str:
    role = ROLE_WORDS[prompt.role]
    return f"as delegate of the {role} of {key}" if prompt.on_behalf_of else f"as {role} of {key}"


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
        return (Plain(f" · missed, still answerable{last}"),)
    snoozed = " · snoozed until then" if prompt.snoozed else ""
    return (Plain(" · due "), when(prompt.due_at, zone), Plain(snoozed + last))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a check-in form is made from; `initial` holds the last values or what was just typed, `notice` a remark."""

    prompt: Prompt
    key: str
    name: str
    questions: tuple[Question, ...]
    state: str
    initial: Mapping[str, AnswerValue] = field(default_factory=dict)
    commitments: tuple[Commitment, ...] = ()
    notice: str = ""


def form(asking: Asking) -> Form:
    """Return the check-in form of one role of one initiative, prefilled."""
    intro: Text = (
        Bold(f"{asking.key} "),
        Plain(f"{clip(asking.name, LONGEST_NAME)}\n{_as_role(asking.prompt, asking.key)}"),
    )
    if asking.notice:
        intro += (Plain("\n" + asking.notice),)
    fields = tuple(_field(question, asking) for question in asking.questions)
    return Form(name=FormName.CHECKIN, title="Weekly check-in", fields=fields, state=asking.state, intro=intro)


def _field(question: Question, asking: Asking) -> Field:
    before = asking.initial.get(question.key)
    given = {"name": question.key, "label": question.text, "hint": question.hint, "optional": question.optional}
    match question.kind:
        case QuestionKind.DONE_LIST:
            options = tuple((c.id, _promise(c)) for c in asking.commitments[:MOST_CHECKBOXES])
            return ChoiceField(**given, options=options, multiple=True, initial=_chosen(before, options))  # type: ignore[arg-type]
        case QuestionKind.RAG:
            return ChoiceField(**given, options=RAG_OPTIONS, initial=_chosen(before, RAG_OPTIONS))  # type: ignore[arg-type]
        case QuestionKind.CHOICE:
            options = tuple((option.value, option.label) for option in question.options)
            return ChoiceField(**given, options=options, initial=_chosen(before, options))  # type: ignore[arg-type]
        case QuestionKind.DATE:
            return DateField(**given, initial=_day(before if isinstance(before, str) else None))  # type: ignore[arg-type]
        case QuestionKind.TEXT:
            return TextField(**given, initial=str(before or ""), longest=question.longest)  # type: ignore[arg-type]
        case _:
            shown = plainly(before) if isinstance(before, float) else str(before or "")
            return TextField(**given, initial=shown, longest=LONGEST_NUMBER)  # type: ignore[arg-type]


def _promise(commitment: Commitment) -> str:
    return f"{clip(commitment.text, 50)} (due {day_words(commitment.due, year=False)})"


def _chosen(before: AnswerValue, options: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    known = {value for value, _ in options}
    ticked = before if isinstance(before, list) else [str(before)]
    return tuple(value for value in ticked if value in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What an answer calls for: a way back to Green, who can help, a date, what became of promises."""

    asking: Asking
    path: bool = False
    blocker: str = ""
    ask: str = ""
    hold: bool = False
    change: str = ""
    unkept: tuple[Commitment, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def needed(self) -> bool:
        """Return whether there is anything to ask."""
        return bool(self.path or self.blocker or self.ask or self.hold or self.change or self.unkept)


def follow_up(wanted: FollowUp, notice: str = "") -> Form:
    """Return the second form; what does not fit in five inputs is left for the next check-in."""
    fields = [*_help(wanted), *_path(wanted), *_rest(wanted), *(_unkept(c, wanted.typed) for c in wanted.unkept)]
    intro = (Plain(f"{wanted.asking.key}: your answer is stored. This completes it."),)
    return Form(
        name=FormName.CHECKIN_FOLLOW_UP,
        title="A few details",
        fields=tuple(fields[:MOST_FIELDS]),
        state=wanted.asking.state,
        intro=(*intro, Plain("\n" + notice)) if notice else intro,
    )


def _help(wanted: FollowUp) -> list[Field]:
    if not wanted.ask and not wanted.blocker:
        return []
    what, who = (
        (f"What exactly do you need ({wanted.ask})?", "From whom?")
        if wanted.ask
        else (f"What blocks it ({wanted.blocker})?", "Who can remove it?")
    )
    typed = wanted.typed
    fields: list[Field] = [
        TextField(name=NEEDS_WHAT, label=what, longest=LONGEST_NEED, initial=typed.get(NEEDS_WHAT, "")),
        PersonField(name=NEEDS_FROM, label=who, optional=True, initial=typed.get(NEEDS_FROM)),
    ]
    if wanted.ask:
        fields.append(DateField(name=NEEDS_BY, label="By when?", initial=_day(typed.get(NEEDS_BY)), optional=True))
    return fields


def _path(wanted: FollowUp) -> list[Field]:
    if not wanted.path:
        return []
    path = wanted.typed.get(PATH, "")
    label = "What gets it back to Green?"
    return [
        TextField(name=PATH, label=label, longest=LONGEST_PATH, multiline=True, initial=path),
        DateField(name=PATH_BY, label="By when?", initial=_day(wanted.typed.get(PATH_BY))),
    ]


def _rest(wanted: FollowUp) -> list[Field]:
    fields: list[Field] = []
    if wanted.hold:
        decided = _day(wanted.typed.get(HOLD_UNTIL))
        fields.append(DateField(name=HOLD_UNTIL, label="When is that decided or done?", initial=decided))
    if wanted.change:
        label = f"What changes upstream ({wanted.change}), and when?"
        fields.append(
            TextField(
                name=CHANGE, label=label, longest=LONGEST_NEED, initial=wanted.typed.get(CHANGE, ""), optional=True
            )
        )
    return fields


def _unkept(commitment: Commitment, typed: Mapping[str, str]) -> Field:
    name = COMMITMENT_PREFIX + commitment.id
    options = ((STILL, "Still doing it"), *((reason.value, f"Dropped: {reason.value}") for reason in DropReason))
    return ChoiceField(
        name=name,
        label=f"Not done yet: {clip(commitment.text, 200)}",
        options=options,
        initial=(typed[name],) if name in typed else (STILL,),
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def none_open(opens: datetime | None, zone: ZoneInfo) -> str:
    """Return the sentence for someone who is not asked anything at present."""
    tail = f" The next check-in opens {instant_words(opens, zone)}." if opens else ""
    return "You have no open check-in." + tail


def answered_meanwhile(name: str, at: datetime, zone: ZoneInfo) -> str:
    """Return the remark that somebody else has answered for the same role."""
    return f"{name} answered {instant_words(at, zone)}. Sending this replaces that answer; both are kept."


def kept_words(refusal: str, typed: Sequence[str]) -> Message:
    """Return a refusal together with what was typed, so that nobody has to write it twice."""
    if not typed:
        return sentence(refusal)
    quotes = tuple(Quote(clip(text, LONGEST_KEPT)) for text in typed)
    return Message("", (Paragraph((Plain(refusal),)), Note((Plain("What you wrote:"),)), *quotes), refusal)


def raid_title(what: str, *, asked: bool) -> str:
    """Return what a blocker or ask is called until its owner says more."""
    return f"Needs help with {what}" if asked else f"Blocked by {what}"


SOMEBODY = "Somebody"
CLOSED = "This check-in is closed: the next one has opened. Answer that one; /ai checkin shows it."
NOT_YOURS = "This check-in is not yours to answer. The role has another owner now."
UNKNOWN = "This check-in does not exist any more. /ai checkin shows the open ones."
WITHDRAWN = "This check-in was withdrawn: the initiative was stopped, retired or put on hold."
ANSWERED_BEFORE = "It is answered already. Press Edit to change it."
SNOOZED_BEFORE = "It is snoozed already, until it is due."
DUE_NOW = "It is due already, so it cannot be snoozed. Press Answer."
SAME_MOMENT = "Somebody answered at the same moment. Open the form again to see it."
PAST_DAY = "That day is past. Choose one to come."
CHOOSE = "Choose one of the options."
NEEDED = "This one is needed."


def too_long(length: int, most: int) -> str:
    """Return the sentence for text over its limit."""
    return f"That is {length} characters; at most {most} fit."
