"""What the flows need from the outside, and how the outside talks to them; the stores are in `stores.py`."""

from collections import deque
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.domain.checkins import Rag
from bot.domain.deliveries import Address, MessageRef
from bot.domain.digest import WeekFacts
from bot.domain.events import Event
from bot.domain.health import Backlog
from bot.domain.ids import InitiativeId, PersonId, PortfolioId
from bot.domain.names import Catalogue
from bot.domain.people import Handle, Handles, Organisation, Viewer
from bot.domain.policy import Policy
from bot.domain.questions import QuestionSet
from bot.domain.silence import Watch
from bot.domain.status import InitiativeStatus, LastKnown
from bot.domain.tally import Tally
from bot.messages.forms import Form, FormName
from bot.messages.model import Action, Message
from bot.stores import UnitOfWork

# --- inbound: what a person did -------------------------------------------------------------------------------------


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

# --- outbound: a chat platform --------------------------------------------------------------------------------------


class Condition(StrEnum):
    """How a platform connection is."""

    OK = "ok"
    NOT_AUTHORIZED = "not authorized"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Health:
    """What `check` found; `detail` says what to do."""

    condition: Condition
    detail: str = ""


class ChatPlatform(Protocol):
    """A chat platform, in its own verbs; every call may raise a PlatformError."""

    @property
    def name(self) -> str: ...
    async def send(self, to: Address, message: Message, people: Handles, key: str) -> MessageRef:
        """Post a message, under `to.thread` if given; `key` is the opaque delivery id kept with it where possible."""
        ...

    async def update(self, ref: MessageRef, message: Message, people: Handles) -> None: ...
    async def open_direct(self, handle: Handle) -> Address: ...
    async def find_person(self, email: str) -> Handle | None:
        """Return the account with this verified directory address, with an empty `person_id`, or None."""
        ...

    async def profile(self, sender: Sender) -> Profile: ...
    async def check(self) -> Health: ...


@runtime_checkable
class Validator(Protocol):
    """A platform that says of a message or form whether it would take it, without posting it."""

    async def refusal(self, content: Message | Form) -> str:
        """Return what the platform says against it, empty when it takes it; raises a PlatformError."""
        ...


@dataclass(frozen=True, slots=True)
class Route:
    """One HTTP route an adapter wants served; `handler` is an aiohttp handler, opaque to the core."""

    method: str
    path: str
    handler: Callable[..., Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Connection:
    """A platform as an adapter's `build` returns it: the port, its routes, and its start and stop."""

    platform: ChatPlatform
    start: Callable[[], Awaitable[None]]
    stop: Callable[[], Awaitable[None]]
    routes: tuple[Route, ...] = ()


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the present instant, aware and UTC."""
        ...


# --- reads ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What one statement finds of a question: who asks, the status asked for, and which catalogue is in force."""

    viewer: Viewer | None
    status: InitiativeStatus | None
    catalogue_version: int


class Reads(Protocol):
    """Read models, on a held reader: one statement a question, no rows as objects for lists."""

    async def catalogue(self, version: int | None = None) -> Catalogue:
        """Return every initiative by name, from memory unless it is older than `version`."""
        ...

    async def ask(self, sender: Sender, initiative_id: InitiativeId) -> Asked:
        """Return who asks and the status of an initiative, in one statement; an empty id asks who it is only."""
        ...

    async def viewer(self, person_id: PersonId) -> Viewer | None: ...
    async def organisation(self) -> Organisation:
        """Return the organisation, from memory like the catalogue; raises UserError before it is set up."""
        ...

    async def statuses(
        self, initiative_ids: Iterable[InitiativeId], as_of: datetime | None = None
    ) -> list[InitiativeStatus]:
        """Return the statuses of some initiatives by key; with `as_of` without the answers given later."""
        ...

    async def reported(self, rag: Rag) -> set[InitiativeId]:
        """Return the initiatives whose owners last reported this colour."""
        ...

    async def waiting(self, person_id: PersonId) -> set[InitiativeId]:
        """Return the initiatives with an open check-in of a person, of anybody for an empty id."""
        ...

    async def week(self, portfolio_id: PortfolioId, week: str, as_of: datetime) -> WeekFacts | None: ...
    async def backlog(self, now: datetime) -> Backlog: ...
    async def oldest_due(self, now: datetime) -> datetime | None:
        """Return since when the longest waiting message is due, None when none is."""
        ...


# --- what a flow is given -------------------------------------------------------------------------------------------


class HolidayLookup(Protocol):
    """Public holidays of a country, and of one of its subdivisions."""

    def __call__(self, country: str | None, subdivision: str | None) -> Container[date]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything a flow may use; this is the whole dependency injection."""

    open_unit_of_work: Callable[[], UnitOfWork]
    reads: Reads
    clock: Clock
    policy: Policy
    questions: QuestionSet
    holidays: HolidayLookup
    platforms: Mapping[str, ChatPlatform] = field(default_factory=dict)
    wake: Callable[[], None] = lambda: None
    worker: str = "worker"
    read_audit: deque[Event] = field(default_factory=deque)
    last_known: LastKnown = field(default_factory=LastKnown)
    tally: Tally = field(default_factory=Tally)
    watch: Watch = field(default_factory=Watch)

    def with_platforms(self, platforms: Mapping[str, ChatPlatform]) -> "Ports":
        """Return the same ports with the connected platforms in place."""
        return replace(self, platforms=platforms)
