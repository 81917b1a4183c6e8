"""What comes from Slack: a guard, Bolt with one listener a kind of payload, and the way from there to a reply."""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from adapters.after_ack import Tasks
from adapters.slack import interactions, render
from adapters.slack.platform import SlackPlatform
from adapters.slack.replies import (
    Answer,
    ButtonSurface,
    CommandSurface,
    Failed,
    FormSurface,
    Json,
    Line,
    ModalButtonSurface,
    Surface,
    WrittenSurface,
)
from bot.errors import PlatformError
from bot.messages import hiccups
from bot.messages.words import sentence
from bot.ports import BotAdded, Command, Dispatch, Done, FormSubmitted, Interaction, Matches, Say, WhoAreYou

LARGEST_BODY = 1024 * 1024
STAMP = re.compile(r"[0-9]{1,11}")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
EVERYTHING = re.compile(".*", re.DOTALL)
MALFORMED = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
log = logging.getLogger(__name__)
bolt_log = logging.getLogger("adapters.slack.bolt")
bolt_log.setLevel(logging.WARNING)  # Bolt compares this logger's own level before it writes out each step


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: a call to Slack at most, an answer before the ack asks for patience, the end of work at shutdown."""

    call: float = 10.0
    connect: float = 5.0
    patience: float = 2.0
    drain: float = 5.0
    watch: float = 10.0


class Inbound:
    """Turns payloads into interactions and replies into acks; what needs a call of its own is done after the ack."""

    def __init__(self, platform: SlackPlatform, dispatch: Dispatch, timing: Timing) -> None:
        self.platform, self.dispatch, self.timing = platform, dispatch, timing
        self.session: aiohttp.ClientSession | None = None
        self.stopping = False
        self.tasks = Tasks()
        self._met: set[tuple[str, str]] = set()

    @property
    def ready(self) -> bool:
        """Return whether the connection has been started and not stopped yet."""
        return self.session is not None and not self.stopping

    @property
    def line(self) -> Line:
        """Return what surfaces answer with."""
        if self.session is None:
            raise RuntimeError("the Slack connection has not been started")
        return Line(self.platform, self.session)

    async def command(self, ack: AsyncAck, body: Json) -> BoltResponse:
        """Answer a slash command."""

        def read() -> tuple[Interaction, Surface]:
            surface = CommandSurface(self.line, str(body["response_url"]), str(body["trigger_id"]))
            return interactions.command(body), surface

        return await self._serve(ack, body, read)

    async def action(self, ack: AsyncAck, body: Json) -> BoltResponse:
        """Answer a pressed button."""
        return await self._serve(ack, body, lambda: (interactions.action(body), self._button(body)))

    def _button(self, body: Json) -> Surface:
        if "response_url" not in body:
            return ModalButtonSurface(self.line, str(body["view"]["id"]))
        sender, thread = interactions.sender_of(body), body["container"].get("thread_ts", "")
        return ButtonSurface(self.line, sender, str(body["response_url"]), str(body["trigger_id"]), thread)

    async def submission(self, ack: AsyncAck, body: Json) -> BoltResponse:
        """Answer a form that was sent."""
        return await self._serve(
            ack, body, lambda: (interactions.submission(body), FormSurface(self.line, body["view"]))
        )

    async def suggestion(self, ack: AsyncAck, body: Json) -> BoltResponse:
        """Answer letters typed in a menu with what matches; Slack waits three seconds, and no call may follow."""
        identity = await self.platform.identity()
        try:
            typed = interactions.suggestion(body)
        except MALFORMED:
            return _malformed("suggestion")
        answer = await self._answer(typed) if interactions.team_of(body) == identity.team else Done()
        if isinstance(answer, WhoAreYou):
            answer = await self._introduced(typed, answer.account)
        return await ack(render.options(answer.found if isinstance(answer, Matches) else ()))

    async def event(self, ack: AsyncAck, body: Json) -> BoltResponse:
        """Act on an event; one that could not be handled is refused, so that Slack sends it again."""
        identity = await self.platform.identity()
        try:
            heard = interactions.event(body, identity.user)
        except MALFORMED:
            return _malformed("event")
        if heard is None or heard.sender.tenant != identity.team or self._known(heard):
            return await ack()
        surface = WrittenSurface(self.line, heard.sender, heard if isinstance(heard, Command) else None)
        answer = await self._answer(heard)
        if isinstance(answer, Failed) and isinstance(heard, BotAdded):
            return BoltResponse(status=503, body="")
        if isinstance(heard, BotAdded) and not heard.removed:
            self._met.add((heard.sender.user, heard.sender.conversation))
        return await ack(self._acked(heard, surface, answer) or "")

    def _known(self, heard: Interaction) -> bool:
        """Return whether this is one more opening of a conversation that was met before."""
        met = (heard.sender.user, heard.sender.conversation) in self._met
        return isinstance(heard, BotAdded) and not heard.removed and met

    async def _serve(self, ack: AsyncAck, body: Json, read: Callable[[], tuple[Interaction, Surface]]) -> BoltResponse:
        identity = await self.platform.identity()
        try:
            if interactions.team_of(body) != identity.team:
                return await ack(_elsewhere(body) or "")
            interaction, surface = read()
        except interactions.Obsolete:
            return await self._obsolete(ack, body)
        except MALFORMED:
            return _malformed(str(body.get("type", "command")))
        work = self.tasks.start(self._answer(interaction))
        done, _ = await asyncio.wait({work}, timeout=self.timing.patience)
        if done:
            return await ack(self._acked(interaction, surface, work.result()) or "")
        self.tasks.start(self._later(interaction, surface, work))
        return await ack(surface.waiting() or "")

    async def _answer(self, interaction: Interaction) -> Answer:
        try:
            return await self.dispatch(interaction)
        except Exception:  # whatever broke, the person gets an answer
            log.exception("slack.interaction_failed", extra={"interaction": type(interaction).__name__})
            return Failed()

    def _acked(self, interaction: Interaction, surface: Surface, answer: Answer) -> Json:
        """Return what the ack says, with what it cannot say under way."""
        said = None if isinstance(answer, WhoAreYou) else surface.ack(answer)
        if said is not None:
            return said
        self.tasks.start(self._later(interaction, surface, answer))
        return surface.waiting() if isinstance(answer, WhoAreYou) else {}

    async def _later(self, interaction: Interaction, surface: Surface, answer: "Answer | asyncio.Task[Answer]") -> None:
        try:
            known = await answer if isinstance(answer, asyncio.Task) else answer
            if isinstance(known, WhoAreYou):
                known = await self._introduced(interaction, known.account)
            await surface.later(known)
        except PlatformError as error:
            log.warning("slack.reply_lost", extra={"error": type(error).__name__, "code": error.code})
        except Exception:  # nobody awaits this task
            log.exception("slack.reply_failed")

    async def _introduced(self, interaction: Interaction, account: str) -> Answer:
        """Dispatch once more, with the profile of who acted, or of an account chosen in the form that was sent."""
        sender = interaction.sender
        try:
            profile = await self.platform.profile(replace(sender, user=account or sender.user))
        except PlatformError as error:
            log.warning("slack.profile_unknown", extra={"error": type(error).__name__, "code": error.code})
            return Failed()
        if account and isinstance(interaction, FormSubmitted):
            return await self._answer(replace(interaction, profiles={**interaction.profiles, account: profile}))
        return await self._answer(replace(interaction, sender=replace(sender, profile=profile)))

    async def _obsolete(self, ack: AsyncAck, body: Json) -> BoltResponse:
        """Say that a button or form of an older version has no use any more."""
        surface = FormSurface(self.line, body["view"]) if body["type"] == "view_submission" else self._button(body)
        answer = Say(sentence(hiccups.OLD_BUTTON))
        said = surface.ack(answer)
        if said is None:
            self.tasks.start(surface.later(answer))
        return await ack(said or "")


def _elsewhere(body: Json) -> Json:
    """Return what a person of another workspace is told: words for a command, silence for the rest."""
    return {"response_type": "ephemeral", "text": hiccups.ELSEWHERE} if "command" in body else {}


def _malformed(kind: str) -> BoltResponse:
    log.warning("slack.malformed_payload", extra={"kind": kind})
    return BoltResponse(status=400, body="")


def bolt_app(client: AsyncWebClient, inbound: Inbound) -> AsyncApp:
    """
    Return Bolt with one listener for each kind of payload.

    `process_before_response` spares each request a 10 ms poll; the signature is verified by the guard in front.
    """

    async def authorize(team_id: str | None) -> AuthorizeResult:
        identity = await inbound.platform.identity()
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team_id,
            bot_user_id=identity.user,
            bot_id=identity.bot,
            bot_token=inbound.platform.client.token,
        )

    app = AsyncApp(
        client=client,
        logger=bolt_log,
        name="steward",
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        raise_error_for_unhandled_request=False,
    )
    app.command(EVERYTHING)(inbound.command)
    app.action(EVERYTHING)(inbound.action)
    app.view(EVERYTHING)(inbound.submission)
    app.options(EVERYTHING)(inbound.suggestion)
    app.event(EVERYTHING)(inbound.event)
    app.error(broken)
    return app


async def broken(error: Exception) -> BoltResponse:
    """Return the answer to a payload that Bolt or a listener stumbled over: never a 500."""
    if isinstance(error, PlatformError):
        log.warning("slack.not_ready", extra={"code": error.code})
        return BoltResponse(status=503, body="")
    if isinstance(error, MALFORMED):
        log.warning("slack.malformed_request", extra={"error": type(error).__name__})
        return BoltResponse(status=400, body="")
    log.warning("slack.request_failed", exc_info=error)
    return BoltResponse(status=503, body="")


class Guard:
    """Stands in front of Bolt: nothing unsigned, stale, oversized or malformed gets by, and no answer is a 500."""

    def __init__(self, app: AsyncApp, signing_secret: str, ready: Callable[[], bool]) -> None:
        self.app, self.ready = app, ready
        self.verifier = SignatureVerifier(signing_secret)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request of Slack's."""
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not STAMP.fullmatch(stamp) or not SIGNATURE.fullmatch(signature):
            return web.Response(status=401)
        raw = await read_body(request)
        if raw is None:
            return web.Response(status=413)
        try:
            body = raw.decode()
        except UnicodeDecodeError:
            return web.Response(status=400)
        if not self.verifier.is_valid(body, stamp, signature):
            return web.Response(status=401)
        if not self.ready():
            return web.Response(status=503)
        return await self._through(body, request)

    async def _through(self, body: str, request: web.Request) -> web.Response:
        if not body.strip():
            return web.Response(status=400)
        try:
            bolt_request = AsyncBoltRequest(body=body, headers=dict(request.headers))
            response = await self.app.async_dispatch(bolt_request)
        except MALFORMED as error:
            response = await broken(error)
        return await to_aiohttp_response(response)


async def read_body(request: web.Request) -> bytes | None:
    """Return the body of a request, None when it is larger than Slack sends."""
    if (request.content_length or 0) > LARGEST_BODY:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
