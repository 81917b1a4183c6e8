"""What comes from Teams: each activity read as an interaction, dispatched, and answered where it was asked."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from adapters.after_ack import Tasks
from adapters.teams import interactions
from adapters.teams.interactions import OWN
from adapters.teams.platform import TeamsPlatform
from adapters.teams.replies import (
    Answer,
    DialogSurface,
    ExecuteSurface,
    Failed,
    InvokeAnswer,
    Line,
    ShownForms,
    Surface,
    WrittenSurface,
)
from adapters.teams.searches import ExtensionSurface, SuggestSurface
from adapters.teams.sizes import Json
from bot.errors import PlatformError, PlatformUnavailable, RateLimited
from bot.messages import hiccups
from bot.messages.model import Action
from bot.messages.words import sentence
from bot.ports import ActionPressed, BotAdded, Dispatch, FormErrors, FormSubmitted, Interaction, Reply, Say, WhoAreYou

MALFORMED = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
NOTHING: InvokeAnswer = (200, None)
MOST_LATELY = 256
MOST_TRIES, FIRST_REST, LONGEST_REST = 3, 2.0, 10.0
log = logging.getLogger(__name__)
Read = tuple[Interaction, Surface]


@dataclass(frozen=True, slots=True)
class Timing:
    """
    Seconds: a call to Teams at most, and each wait for a token or a turn before it; how long a request waits for its
    answer, which Teams does for some five; the end of work at shutdown.
    """

    call: float = 10.0
    connect: float = 5.0
    wait: float = 4.0
    patience: float = 4.0
    drain: float = 5.0


@dataclass
class Lately:
    """
    The work on what came lately, so that what comes again gets the same answer and nothing is said twice.

    It is kept by who acted: what one person was answered is not for another who makes the same id up.
    """

    works: "OrderedDict[tuple[str, str], asyncio.Task[Answer]]" = field(default_factory=OrderedDict)

    def on(self, interaction: Interaction) -> "asyncio.Task[Answer] | None":
        """Return the work on an interaction that came before; None where trying again may end otherwise."""
        work = self.works.get((interaction.sender.user, interaction.id))
        undone = work and work.done() and (work.cancelled() or isinstance(work.result(), Failed | FormErrors))
        return None if undone else work

    def note(self, interaction: Interaction, work: "asyncio.Task[Answer]") -> None:
        """Remember some work, and forget the oldest."""
        self.works[interaction.sender.user, interaction.id] = work
        if len(self.works) > MOST_LATELY:
            self.works.popitem(last=False)


class Inbound:
    """Turns activities into interactions and replies into answers; what needs a call of its own is done after them."""

    def __init__(self, platform: TeamsPlatform, dispatch: Dispatch, timing: Timing) -> None:
        self.platform, self.dispatch, self.timing = platform, dispatch, timing
        self.line = Line(platform, ShownForms())
        self.tasks, self.lately = Tasks(), Lately()
        self.stopping = False
        self._invokes: dict[str, Callable[[Json], Read | None]] = {
            "adaptiveCard/action": self._executed,
            "task/fetch": self._fetched,
            "task/submit": self._submitted,
            "application/search": lambda raw: (interactions.searched(raw), SuggestSurface()),
            "composeExtension/query": lambda raw: (interactions.searched(raw), ExtensionSurface()),
            "composeExtension/selectItem": self._chosen,
        }

    async def answer(self, raw: Json) -> InvokeAnswer | None:
        """Return the answer to one activity; unknown kinds are taken and ignored."""
        try:
            if interactions.is_from_a_bot(raw):
                return NOTHING
            self.platform.heard(raw)
            read = self._read(raw)
        except interactions.Obsolete:
            return self._obsolete(raw)
        except MALFORMED as error:
            log.warning("teams.malformed", extra={"type": str(raw.get("type")), "error": type(error).__name__})
            return NOTHING
        return await self._serve(*read) if read else NOTHING

    def _read(self, raw: Json) -> Read | None:
        match raw["type"]:
            case "message":
                return self._written(raw)
            case "invoke":
                known = self._invokes.get(str(raw.get("name")))
                return known(raw) if known else None
            case "installationUpdate" | "conversationUpdate":
                met = interactions.added(raw)
                return (met, WrittenSurface(self.line, met.sender)) if met else None
            case _:
                return None

    def _written(self, raw: Json) -> Read | None:
        if raw.get("value") is not None and (data := interactions.own_data(raw["value"])):
            return self._card(raw, data)
        command = interactions.command(raw)
        if command is None:
            return None
        thread = str(raw["conversation"]["id"]).partition(";messageid=")[2]
        return command, WrittenSurface(self.line, command.sender, command, thread=thread)

    def _card(self, raw: Json, data: Json) -> tuple[Interaction, WrittenSurface] | None:
        """Return what was pressed or sent in a card that stands in a message."""
        sender = interactions.sender_of(raw)
        stood = interactions.message_of(raw, sender)
        if "form" in data[OWN]:
            return interactions.submission(raw, data), WrittenSurface(self.line, sender, stood=stood, typed=data)
        if "command" in data[OWN]:
            command = interactions.opening(raw, data[OWN])
            return command, WrittenSurface(self.line, sender, command, stood)
        return interactions.action(raw, data[OWN]), WrittenSurface(self.line, sender, stood=stood)

    def _executed(self, raw: Json) -> Read | None:
        data = interactions.own_data((raw["value"].get("action") or {}).get("data"))
        if data is None:
            return None
        read = self._card(raw, data)
        return (read[0], ExecuteSurface(read[1])) if read else None

    def _fetched(self, raw: Json) -> Read | None:
        sender, data = interactions.sender_of(raw), interactions.own_data(raw["value"].get("data"))
        if data is None:
            raise interactions.Obsolete
        own = data[OWN]
        asked = interactions.opening(raw, own) if "command" in own else interactions.action(raw, own)
        return asked, DialogSurface(self.line, sender, stood=interactions.message_of(raw, sender))

    def _submitted(self, raw: Json) -> Read | None:
        sender, data = interactions.sender_of(raw), interactions.own_data(raw["value"].get("data"))
        if data is None:
            raise interactions.Obsolete
        return interactions.submission(raw, data), DialogSurface(self.line, sender, data)

    def _chosen(self, raw: Json) -> Read | None:
        own = raw["value"][OWN]
        pressed = ActionPressed(
            sender=interactions.sender_of(raw),
            action=Action.STATUS_SHARE,
            value=str(own["key"]),
            id=interactions.id_of(raw),
        )
        return pressed, ExtensionSurface()

    async def _serve(self, interaction: Interaction, surface: Surface) -> InvokeAnswer:
        """Answer in the request; what takes longer is answered where that still can be, once it is ready."""
        before = self.lately.on(interaction)
        work = before or self.tasks.start(self._answered(interaction))
        self.lately.note(interaction, work)
        done, _ = await asyncio.wait({work}, timeout=self.timing.patience)
        if before is None:
            self.tasks.start(self._later(interaction, surface if done else surface.slowly(), work))
        return surface.ack(work.result()) if done and not work.cancelled() else surface.waiting()

    async def _answered(self, interaction: Interaction) -> Answer:
        try:
            answer = await self.dispatch(interaction)
            return await self._introduced(interaction, answer.account) if isinstance(answer, WhoAreYou) else answer
        except PlatformError as error:
            log.warning("teams.profile_unknown", extra={"error": type(error).__name__, "code": error.code})
        except Exception:  # whatever broke, the person gets an answer
            log.exception("teams.interaction_failed", extra={"interaction": type(interaction).__name__})
        return Failed()

    async def _introduced(self, interaction: Interaction, account: str) -> Reply:
        """Dispatch once more, with the profile of who acted, or of an account named in the form that was sent."""
        sender = interaction.sender
        profile = await self.platform.profile(replace(sender, user=account or sender.user))
        if account and isinstance(interaction, FormSubmitted):
            return await self.dispatch(replace(interaction, profiles={**interaction.profiles, account: profile}))
        return await self.dispatch(replace(interaction, sender=replace(sender, profile=profile)))

    async def _later(self, interaction: Interaction, surface: Surface, work: "asyncio.Task[Answer]") -> None:
        answer = await work
        if not isinstance(interaction, BotAdded) or isinstance(answer, Say):
            await self._given(surface, answer)

    async def _given(self, surface: Surface, answer: Answer) -> None:
        try:
            await self._patiently(surface, answer)
        except PlatformError as error:
            log.warning("teams.reply_lost", extra={"error": type(error).__name__, "code": error.code})
        except Exception:  # nobody awaits this task
            log.exception("teams.reply_failed")

    async def _patiently(self, surface: Surface, answer: Answer) -> None:
        """Give an answer, again where Teams asked to wait or was not reached: there is no outbox for it."""
        for _ in range(MOST_TRIES - 1):
            try:
                await surface.later(answer)
            except (RateLimited, PlatformUnavailable) as error:
                wait = error.retry_after if isinstance(error, RateLimited) else FIRST_REST
                if wait > LONGEST_REST or (isinstance(error, PlatformUnavailable) and error.maybe_sent):
                    raise
                await self.platform.connector.rest(wait)
            else:
                return
        await surface.later(answer)

    def _obsolete(self, raw: Json) -> InvokeAnswer:
        """Say that a button or form of an older version has no use any more."""
        sender, answer = interactions.sender_of(raw), Say(sentence(hiccups.OLD_BUTTON))
        name = str(raw.get("name", ""))
        surface: Surface = WrittenSurface(self.line, sender)
        if name.startswith("task/"):
            surface = DialogSurface(self.line, sender)
        elif raw["type"] == "invoke":
            surface = ExecuteSurface(WrittenSurface(self.line, sender))
        self.tasks.start(self._given(surface, answer))
        return surface.ack(answer)
