"""What a person did in chat, and what they are answered: `Interaction` in, `Reply` out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.deliveries import MessageRef
from bot.messages.forms import Form, FormName
from bot.messages.model import Action, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a platform's directory says of an account; `outsider` for guests, bots and foreign tenants."""

    email: str | None
    name: str = ""
    timezone: str | None = None
    locale: str | None = None
    outsider: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """
    The account that acted and where; `profile` is there once the adapter was asked to look it up.

    `timezone` (IANA) and `locale` where the platform says them with everything a person does.
    """

    platform: str
    tenant: str
    user: str
    conversation: str = ""
    direct: bool = False
    timezone: str | None = None
    locale: str | None = None
    profile: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """
    Words addressed to Steward: `ai-status` or `ai`, and what followed. `id` is the platform's own, for once-ness.

    `public` when they stand where others read them, so that an answer in their place is read by those too.
    """

    sender: Sender
    name: str
    text: str
    id: str
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPressed:
    """A button pressed; `message` is where it stood."""

    sender: Sender
    action: Action
    value: str
    id: str
    message: MessageRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted:
    """
    A form sent; `values` by field name, absent when empty; a PersonField holds a platform user or typed text.

    `profiles` are what the directory says of accounts chosen in the form, by user, where WhoAreYou asked for them.
    """

    sender: Sender
    form: FormName
    state: str
    values: Mapping[str, str | list[str]]
    id: str
    profiles: Mapping[str, Profile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotAdded:
    """The bot was installed for, or first met, `sender`; `removed` when it was taken away."""

    sender: Sender
    id: str
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The beginning of an initiative's name, typed where the platform offers what matches; answered by Matches."""

    sender: Sender
    text: str
    id: str


Interaction = Command | ActionPressed | FormSubmitted | BotAdded | Searched


class Audience(StrEnum):
    """Who sees what is said in answer."""

    ASKER = "asker"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Say:
    """Answer with a message, to the asker alone or to everyone in the conversation."""

    message: Message
    to: Audience = Audience.ASKER


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Show a form; after a form was sent, show this one in its place."""

    form: Form


@dataclass(frozen=True, slots=True)
class FormErrors:
    """Show the same form again, prefilled with what was typed, with a sentence at each field in `errors`."""

    form: Form
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Replace:
    """Put this message in the place of the one whose button was pressed."""

    message: Message


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing to say; a form closes."""


@dataclass(frozen=True, slots=True)
class Match:
    """One initiative to choose: its key, its name and a few words about it."""

    key: str
    name: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Matches:
    """The initiatives that match what was typed, the nearest first."""

    found: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class WhoAreYou:
    """
    An account is not known yet: look up its profile and dispatch the same interaction again with it.

    It is the sender's own, or `account`, chosen in the form that was sent; its profile belongs in `profiles`.
    """

    account: str = ""


Reply = Say | OpenForm | FormErrors | Replace | Done | Matches | WhoAreYou
Dispatch = Callable[[Interaction], Awaitable[Reply]]
