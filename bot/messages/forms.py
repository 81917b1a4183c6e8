"""What a form is, before any platform renders it; ceilings are checked when one is made."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.ids import PersonId
from bot.messages.model import LONGEST_TEXT, Text, check_size, plain, weight

# The least of every platform's limits (Slack: modal title and submit 24, label 2,000, option 75, value 150).
MOST_FIELDS = 5
MOST_OPTIONS = 100
LONGEST_FORM_TITLE = 24
LONGEST_FIELD_LABEL = 300
LONGEST_OPTION = 70
LONGEST_INPUT = 3000
MOST_CHECKBOXES = 10
LONGEST_OPTION_VALUE = 150
LONGEST_STATE = 1000


class FormName(StrEnum):
    """Which form was filled in; each has one flow in the dispatch table."""

    CHECKIN = "checkin"
    CHECKIN_FOLLOW_UP = "checkin_follow_up"
    HANDOVER = "handover"
    ESCALATION_PLAN = "escalation_plan"
    ESCALATION_PROPOSE = "escalation_propose"
    ESCALATION_HANDOVER = "escalation_handover"
    INITIATIVE_NEW = "initiative_new"
    GATE_CHARTER = "gate_charter"
    GATE_CHARTER_REST = "gate_charter_rest"
    GATE_CRITERION = "gate_criterion"
    GATE_CRITERION_REST = "gate_criterion_rest"
    GATE_EVIDENCE = "gate_evidence"
    GATE_SIGN = "gate_sign"
    GATE_WITHDRAW = "gate_withdraw"
    GATE_MOVE = "gate_move"
    GATE_SET_ASIDE = "gate_set_aside"
    GATE_TAKE_BACK = "gate_take_back"
    GATE_DECIDE = "gate_decide"
    GATE_NUMBERS = "gate_numbers"
    GATE_PHASE = "gate_phase"
    GATE_USE = "gate_use"
    LOOK_UP = "look_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """Free text, or a number typed freely (both decimal marks), checked on the server."""

    name: str
    label: str
    hint: str = ""
    initial: str = ""
    optional: bool = False
    longest: int = LONGEST_INPUT
    multiline: bool = False

    def __post_init__(self) -> None:
        _check_field(self.label, self.hint)
        check_size("input", self.longest, LONGEST_INPUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField:
    """One of a few options as (value, label), or several of them when `multiple`."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    hint: str = ""
    initial: tuple[str, ...] = ()
    optional: bool = False
    multiple: bool = False

    def __post_init__(self) -> None:
        _check_field(self.label, self.hint)
        check_size("options", len(self.options), MOST_CHECKBOXES if self.multiple else MOST_OPTIONS)
        for value, label in self.options:
            check_size("option", weight(label), LONGEST_OPTION)
            check_size("option value", len(value), LONGEST_OPTION_VALUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateField:
    """A calendar day."""

    name: str
    label: str
    hint: str = ""
    initial: date | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        _check_field(self.label, self.hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonField:
    """A person: the platform's own picker where it has one, else a name or e-mail address typed."""

    name: str
    label: str
    hint: str = ""
    initial: PersonId | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        _check_field(self.label, self.hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeField:
    """An initiative by key: chosen among what matches the letters typed where the platform can, else typed."""

    name: str
    label: str
    hint: str = ""
    initial: str = ""
    optional: bool = False

    def __post_init__(self) -> None:
        _check_field(self.label, self.hint)


Field = TextField | ChoiceField | DateField | PersonField | InitiativeField


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Questions to fill in; `state` is an opaque id, never trusted; `intro` says what it is about."""

    name: FormName
    title: str
    fields: tuple[Field, ...]
    state: str = ""
    submit: str = "Send"
    intro: Text = ()

    def __post_init__(self) -> None:
        check_size("form title", weight(self.title), LONGEST_FORM_TITLE)
        check_size("form submit", weight(self.submit), LONGEST_FORM_TITLE)
        check_size("form fields", len(self.fields), MOST_FIELDS)
        check_size("form state", len(self.state), LONGEST_STATE)
        check_size("form intro", weight(plain(self.intro)), LONGEST_TEXT)


def _check_field(label: str, hint: str) -> None:
    check_size("field label", weight(label), LONGEST_FIELD_LABEL)
    check_size("field hint", weight(hint), LONGEST_FIELD_LABEL)
