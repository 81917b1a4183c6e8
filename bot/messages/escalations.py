"""The words of escalations: what is asked of whom, why they are asked, who hears next and when, and what ends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.escalation import Escalation, LadderCode, Party, Resolution
from bot.domain.ids import PromptId
from bot.domain.ownership import Role
from bot.domain.standing import Cause
from bot.messages.forms import ChoiceField, DateField, Form, FormName, PersonField, TextField
from bot.messages.model import (
    Action,
    Actions,
    Block,
    Bold,
    Bullets,
    Button,
    Emphasis,
    Message,
    Note,
    Paragraph,
    Plain,
    Text,
    clip,
    plain,
    weight,
)
from bot.messages.ownership import REASONS
from bot.messages.words import ROLE_WORDS, counted, day_words

PARTY_WORDS = {
    Party.NOMINEE: "nominee",
    Party.DELEGATE: "delegate",
    Party.CO_OWNERS: "co-owner",
    Party.SPONSOR: "manager of the business sponsor",
    Party.LEAD: "portfolio lead",
    Party.EXECUTIVE: "portfolio executive",
}
ENDINGS = {
    Resolution.ANSWERED: "answered",
    Resolution.EXCUSED: "excused",
    Resolution.HANDED_OVER: "the role has a new owner",
    Resolution.OWNED: "the role has an owner",
    Resolution.NO_OWNER: "the role has nobody to answer for it, which is asked about by itself",
    Resolution.CLOSED: "the initiative is not worked on any more",
}
LONGEST_NAME, LONGEST_PLAN, ROOM = 60, 140, 2600
PLAN, DUE, TO, REASON = "plan", "due", "to", "reason"
DECIDES_FROM = 3
"""The level from which a decision is asked for, not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """Who hears next: their names, or `you`, and part, on a day, or when the check-in that closes then is missed."""

    names: tuple[str, ...]
    part: str
    on: date | None
    if_missed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    One subject as one reader sees it.

    `party` is why they hear and `own_role` the role they hold there; `about` is the name of whom it concerns, `since`
    the day it began. `answer` is the check-in they may answer on behalf; `may_propose` whether they may name somebody
    for the role. `paused` while a plan holds it, `next` is None where nobody hears after this.
    """

    escalation: Escalation
    key: str
    name: str
    party: Party
    about: str = ""
    own_role: Role | None = None
    since: date | None = None
    days: int = 0
    cycle: str = ""
    answer: PromptId = ""
    may_propose: bool = False
    may_plan: bool = True
    nominee: str = ""
    acked_by: str = ""
    resumes_on: date | None = None
    next: Next | None = None

    @property
    def paused(self) -> bool:
        """Return whether a plan holds it."""
        return self.resumes_on is not None


def listing(items: Sequence[Item], in_full: int) -> Message:
    """Return the one message to a person about everything that is waiting for somebody; what is settled stands last."""
    live = [item for item in items if item.escalation.is_open and not item.paused]
    rest = [item for item in items if item not in live]
    title = (
        f"{counted(len(live), 'open point needs', 'open points need')} you" if live else "Nothing needs you any more"
    )
    blocks: list[Block] = []
    for item in live[:in_full]:
        blocks += _in_full(item)
    others = [*live[in_full:], *rest]
    lines = _fitting([_short(item) for item in others])
    if lines:
        blocks.append(Bullets(tuple(lines)))
    if len(live) > in_full:
        blocks.append(Note((Plain("The next ones get their buttons here as those above are settled."),)))
    if len(others) > len(lines):
        blocks.append(Note((Plain(f"{len(others) - len(lines)} more."),)))
    first = f" {_as(live[0])}: {_what(live[0])} {_ask(live[0])}" if live else ""
    return Message(title, tuple(blocks), f"{title}.{first}")


def _fitting(lines: Sequence[Text]) -> list[Text]:
    """Return the lines, from the first, that fit one list."""
    found, room = [], ROOM
    for line in lines:
        room -= weight(plain(line)) + 2
        if room < 0:
            break
        found.append(line)
    return found


def _in_full(item: Item) -> list[Block]:
    head: Text = (Bold(f"{item.key} "), Plain(f"{clip(item.name, LONGEST_NAME)}\n{_as(item)}: {_what(item)} "))
    return [
        Paragraph((*head, Bold(_ask(item)))),
        *([Actions(buttons)] if (buttons := _buttons(item)) else []),
        Note((Plain(f"{why(item)} {_then(item)}"),)),
    ]


def _as(item: Item) -> str:
    """Return the reader's part, before anybody's name (domain.md 3.7)."""
    role = ROLE_WORDS[item.escalation.role]
    if item.own_role:
        return f"As {ROLE_WORDS[item.own_role]} of {item.key}"
    if item.party is Party.DELEGATE:
        return f"As delegate of the {role} of {item.key}"
    if item.party is Party.NOMINEE:
        return f"As nominee for {role} of {item.key}"
    return f"As {PARTY_WORDS[item.party]} of {item.key}"


def _what(item: Item) -> str:
    """Return what is wrong, the number before anything else."""
    escalation, role = item.escalation, ROLE_WORDS[item.escalation.role]
    who = f" ({clip(item.about, LONGEST_NAME)})" if item.about else ""
    since = f" since {day_words(item.since)}" if item.since else ""
    on = f" on {day_words(item.since)}" if item.since else ""
    match escalation.cause:
        case Cause.UNANSWERED:
            missed = counted(escalation.missed, "check-in")
            row = " in a row" if escalation.missed > 1 else ""
            return f"{missed}{row} of the {role}{who} unanswered, the newest of {item.cycle}."
        case Cause.VACANT:
            return f"the role of {role} is vacant{since}."
        case Cause.UNACCEPTED:
            offered = "you" if item.party is Party.NOMINEE else clip(item.about, LONGEST_NAME)
            return f"the role of {role} was offered to {offered}{on} and is not accepted."
        case Cause.DEPARTED:
            return f"the {role}{who} left{on}; nobody answers for the role."
        case Cause.UNREACHABLE:
            return f"the {role}{who} cannot be reached on any platform{since}."


def _ask(item: Item) -> str:
    """Return the one thing that is asked."""
    if item.party is Party.NOMINEE:
        return "Please accept or decline."
    if item.escalation.level >= DECIDES_FROM:
        return "Please decide: propose somebody for the role, or agree a plan with a date."
    if item.escalation.ladder is LadderCode.CHK:
        if item.answer and item.escalation.level <= 1:
            return "Can you answer on their behalf?"
        if item.may_propose:
            return "Please see that it is answered, or propose somebody for the role."
        return "Please see that the next one is answered, or say what the plan is."
    if item.nominee and item.escalation.cause is not Cause.UNACCEPTED:
        return f"It is offered to {clip(item.nominee, LONGEST_NAME)}. Please ask them, or propose somebody else."
    return "Please ask them, or propose somebody else." if item.nominee else "Please propose somebody."


def why(item: Item) -> str:
    """Return why the reader sees this: their part, the rule, its numbers and its versions."""
    escalation = item.escalation
    if escalation.ladder is LadderCode.CHK:
        numbers = f"{counted(escalation.missed, 'check-in')} missed in spite of reminders"
    else:
        numbers = counted(item.days, "working day")
    part = "you own a part of it" if item.own_role else f"you are its {PARTY_WORDS[item.party]}"
    versions = f"Ladders version {escalation.ladder_version}, policy {escalation.policy_version}."
    return f"Why you see this: rule {escalation.ladder}, level {escalation.level}, after {numbers}; {part}. {versions}"


def _then(item: Item) -> str:
    if item.next is None:
        return "Nobody hears after you; the digest names it unless it is settled a working day before."
    names = " and ".join(clip(name, LONGEST_NAME) for name in item.next.names[:2])
    on = f" on {day_words(item.next.on, year=False)}" if item.next.on else ""
    condition = f" if {item.next.if_missed} is missed as well" if item.next.if_missed else " unless it is settled first"
    return f"Next: {names} ({item.next.part}){on}{condition}."


def _buttons(item: Item) -> tuple[Button, ...]:
    escalation = item.escalation
    if item.party is Party.NOMINEE:
        return (Button("Answer the offer", Action.ROLE_OFFERS, escalation.id, Emphasis.PRIMARY),)
    found = []
    if item.answer:
        found.append(Button("Answer on behalf", Action.CHECKIN_ANSWER, item.answer, Emphasis.PRIMARY, opens_form=True))
    if item.may_plan:
        found.append(Button("I have a plan", Action.ESCALATION_PLAN, escalation.id, opens_form=True))
    if item.may_propose:
        found.append(Button("Propose somebody", Action.ESCALATION_PROPOSE, escalation.id, opens_form=True))
    if item.own_role:
        found.append(Button("Not mine any more", Action.ESCALATION_NOT_MINE, escalation.id, opens_form=True))
    return tuple(found)


def _short(item: Item) -> Text:
    escalation = item.escalation
    role = ROLE_WORDS[escalation.role]
    if escalation.resolution:
        return Bold(f"{item.key} "), Plain(f"{role}: settled, {ENDINGS[escalation.resolution]}.")
    if item.resumes_on:
        plan = f"“{clip(escalation.plan, LONGEST_PLAN)}” ({clip(item.acked_by, LONGEST_NAME)})"
        return Bold(f"{item.key} "), Plain(f"{role}: paused until {day_words(item.resumes_on)}, plan {plan}.")
    return Bold(f"{item.key} "), Plain(_what(item))


# --- forms -----------------------------------------------------------------------------------------------------------


def plan_form(item: Item, latest: date, plan: str = "", due: date | None = None) -> Form:
    """Return the form that asks for a plan with a date, until which the ladder pauses."""
    left = "It pauses until that day and one working day more. This can be done twice."
    return Form(
        name=FormName.ESCALATION_PLAN,
        title="I have a plan",
        fields=(
            TextField(name=PLAN, label="What will be done?", longest=LONGEST_PLAN, initial=plan),
            DateField(name=DUE, label="By when?", hint=f"until {day_words(latest)} at the latest", initial=due),
        ),
        state=item.escalation.id,
        intro=(Plain(f"{item.key}: {_what(item)} {left}"),),
    )


def propose_form(item: Item) -> Form:
    """Return the form that asks who could take the role."""
    role = ROLE_WORDS[item.escalation.role]
    return Form(
        name=FormName.ESCALATION_PROPOSE,
        title="Propose somebody",
        fields=(PersonField(name=TO, label=f"Who could be {role} of {item.key}?"),),
        state=item.escalation.id,
        submit="Propose",
        intro=(Plain("They are asked and may decline; nothing changes before they accept."),),
    )


def handover_form(item: Item, role: Role, reason: str = "") -> Form:
    """Return the form that asks who takes over the reader's own role, and why."""
    return Form(
        name=FormName.ESCALATION_HANDOVER,
        title="Not mine any more",
        fields=(
            PersonField(name=TO, label=f"Who is {ROLE_WORDS[role]} of {item.key} now?"),
            ChoiceField(
                name=REASON,
                label="Why?",
                options=tuple((each.value, words) for each, words in REASONS.items()),
                initial=(reason,) if reason in REASONS else (),
            ),
        ),
        state=item.escalation.id,
        submit="Propose",
        intro=(Plain("You stay accountable until they accept."),),
    )


def plan_noted(item: Item, resumes_on: date) -> str:
    """Return what the one who has a plan reads."""
    return f"Noted. {item.key} pauses until {day_words(resumes_on)}; until then nobody further hears of it."


def proposed(name: str, key: str, role: Role) -> str:
    """Return what the one who proposes somebody reads."""
    return f"{name} is asked to be {ROLE_WORDS[role]} of {key}. You hear what they say."


GONE = "This is settled already, or you were not asked. Nothing is left to do here."
NOT_TWICE_MORE = "It has been paused twice already; the next step cannot be put off again."
PAST = "Choose a day from today on."
NEEDED = "Please say in a few words what will be done."
NO_ROLE = "You hold no role in this initiative any more."


def too_long(length: int) -> str:
    """Return the refusal of a plan with too many words."""
    return f"This has {length} characters; at most {LONGEST_PLAN} fit."


def too_late(latest: date) -> str:
    """Return the refusal of a plan that is too far away."""
    return f"Choose a day until {day_words(latest)}: a plan pauses this for four weeks at most."
