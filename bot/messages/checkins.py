"""The words of check-ins: the one message that asks, its reminders, the forms, and every refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.answers import LONGEST_NUMBER, plainly
from bot.domain.checkins import AnswerValue, Commitment, DropReason, Prompt, Rag
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
    Bold,
    Message,
    Note,
    Paragraph,
    Plain,
    Quote,
    Text,
    clip,
)
from bot.messages.words import ROLE_WORDS, day_words, instant_words, sentence

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


def as_role(prompt: Prompt, key: str) -> str:
    """Return in which role somebody is asked."""
    role = ROLE_WORDS[prompt.role]
    return f"as delegate of the {role} of {key}" if prompt.on_behalf_of else f"as {role} of {key}"


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
        Plain(f"{clip(asking.name, LONGEST_NAME)}\n{as_role(asking.prompt, asking.key)}"),
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


def too_far(day: date) -> str:
    """Return the question about a day so far ahead that its year is probably mistyped."""
    return f"{day_words(day)} is years ahead. Is the year right? Write a nearer day."


def too_long(length: int, most: int) -> str:
    """Return the sentence for text over its limit."""
    return f"That is {length} characters; at most {most} fit."
