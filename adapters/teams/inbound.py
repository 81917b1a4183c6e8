"""What comes from Teams: each activity read as an interaction, dispatched, and answered where it was asked."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.teams import interactions
from adapters.teams.interactions import OWN
from adapters.teams.platform import TeamsPlatform
from adapters.teams.replies import (
    MOST_REMEMBERED,
    Answer,
    DialogSurface,
    ExecuteSurface,
    ExtensionSurface,
    Failed,
    InvokeAnswer,
    Line,
    ShownForms,
    SuggestSurface,
    Surface,
    WrittenSurface,
)
from adapters.teams.sizes import Json
from bot.errors import PlatformError
from bot.messages import hiccups
from bot.messages.model import Action
from bot.messages.words import sentence
from bot.ports import ActionPressed, BotAdded, Dispatch, FormErrors, FormSubmitted, Interaction, Say, WhoAreYou

AFTER_ACK = "teams.after_ack"
MALFORMED = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
NOTHING: InvokeAnswer = (200, None)
log = logging.getLogger(__name__)
Read = tuple[Interaction, Surface]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: a call to Teams at most, how long a request waits for its answer, the end of work at shutdown."""

    call: float = 10.0
    connect: float = 5.0
    patience: float = 8.0
    drain: float = 5.0


@dataclass
class Tasks:
    """Work that goes on after a request was answered, none of it forgotten."""

    running: set[asyncio.Task[Any]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin some work and keep hold of it until it is done."""
        task = asyncio.create_task(work, name=AFTER_ACK)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return task

    async def drain(self, seconds: float) -> None:
        """Wait for all work, and cancel what is not done in time."""
        if self.running:
            _, late = await asyncio.wait(self.running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


@dataclass
class Lately:
    """The work on what came lately, so that what comes again gets the same answer and nothing is said twice."""

    works: "OrderedDict[str, asyncio.Task[Answer]]" = field(default_factory=OrderedDict)

    def on(self, interaction: Interaction) -> "asyncio.Task[Answer] | None":
        """Return the work on an interaction that came before; None where trying again may end otherwise."""
        work = self.works.get(interaction.id)
        undone = work and work.done() and (work.cancelled() or isinstance(work.result(), Failed | FormErrors))
        return None if undone else work

    def note(self, interaction: Interaction, work: "asyncio.Task[Answer]") -> None:
        """Remember some work, and forget the oldest."""
        self.works[interaction.id] = work
        if len(self.works) > MOST_REMEMBERED:
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
        """Answer in the request; a message that takes longer is answered when it is ready."""
        if before := self.lately.on(interaction):
            return surface.ack(await asyncio.shield(before))
        work = self.tasks.start(self._answered(interaction))
        self.lately.note(interaction, work)
        if isinstance(surface, WrittenSurface):
            await asyncio.wait({work}, timeout=self.timing.patience)
            self.tasks.start(self._later(interaction, surface, work))
            return NOTHING
        answer = await work
        self.tasks.start(self._later(interaction, surface, work))
        return surface.ack(answer)

    async def _answered(self, interaction: Interaction) -> Answer:
        answer = await self._dispatched(interaction)
        return await self._introduced(interaction, answer.account) if isinstance(answer, WhoAreYou) else answer

    async def _dispatched(self, interaction: Interaction) -> Answer:
        try:
            return await self.dispatch(interaction)
        except Exception:  # whatever broke, the person gets an answer
            log.exception("teams.interaction_failed", extra={"interaction": type(interaction).__name__})
            return Failed()

    async def _introduced(self, interaction: Interaction, account: str) -> Answer:
        """Dispatch once more, with the profile of who acted, or of an account named in the form that was sent."""
        sender = interaction.sender
        try:
            profile = await self.platform.profile(replace(sender, user=account or sender.user))
        except PlatformError as error:
            log.warning("teams.profile_unknown", extra={"error": type(error).__name__, "code": error.code})
            return Failed()
        if account and isinstance(interaction, FormSubmitted):
            return await self._dispatched(replace(interaction, profiles={**interaction.profiles, account: profile}))
        return await self._dispatched(replace(interaction, sender=replace(sender, profile=profile)))

    async def _later(self, interaction: Interaction, surface: Surface, work: "asyncio.Task[Answer]") -> None:
        try:
            answer = await work
            if not isinstance(interaction, BotAdded) or isinstance(answer, Say):
                await surface.later(answer)
        except PlatformError as error:
            log.warning("teams.reply_lost", extra={"error": type(error).__name__, "code": error.code})
        except Exception:  # nobody awaits this task
            log.exception("teams.reply_failed")

    def _obsolete(self, raw: Json) -> InvokeAnswer:
        """Say that a button or form of an older version has no use any more."""
        sender, answer = interactions.sender_of(raw), Say(sentence(hiccups.OLD_BUTTON))
        name = str(raw.get("name", ""))
        surface: Surface = WrittenSurface(self.line, sender)
        if name.startswith("task/"):
            surface = DialogSurface(self.line, sender)
        elif raw["type"] == "invoke":
            surface = ExecuteSurface(WrittenSurface(self.line, sender))
        self.tasks.start(surface.later(answer))
        return surface.ack(answer)
