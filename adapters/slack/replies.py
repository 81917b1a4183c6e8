"""How each reply is given in each place it may be asked for: in the ack where that can be, else by a call after it."""

import logging
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from adapters.slack import render
from adapters.slack.errors import of_connection
from adapters.slack.interactions import values_of
from adapters.slack.platform import QUIET, SlackPlatform
from bot.errors import MessageRejected, PlatformError, PlatformUnavailable
from bot.messages import hiccups
from bot.messages.forms import Form, PersonField
from bot.messages.model import Message
from bot.messages.words import sentence
from bot.ports import Audience, Command, Done, FormErrors, OpenForm, Replace, Reply, Say, Sender, WhoAreYou

Json = dict[str, Any]
NOTHING: Json = {}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failed:
    """The flow broke: something friendly is to be said."""


Answer = Reply | Failed


class Surface(Protocol):
    """A place where a person acted and waits for an answer."""

    def ack(self, answer: Answer) -> Json | None:
        """Return what the ack says, or None when the answer needs a call of its own afterwards."""
        ...

    def waiting(self) -> Json:
        """Return what the ack says while the answer is not known yet."""
        ...

    async def later(self, answer: Answer) -> None:
        """Give the answer after the ack; raises a PlatformError."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """What surfaces share: the platform, and the session for response URLs."""

    platform: SlackPlatform
    session: aiohttp.ClientSession

    async def respond(self, url: str, body: Json) -> None:
        """Post to a response URL; raises PlatformUnavailable when it was not taken."""
        try:
            async with self.session.post(url, json=body) as response:
                if response.status != 200:
                    raise PlatformUnavailable(f"response_url_{response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise of_connection(error) from error

    async def open(self, trigger: str, view: Json) -> str:
        """Open a modal at once; return the words to say instead when Slack did not."""
        try:
            await self.platform.call(self.platform.client.views_open(trigger_id=trigger, view=view))
        except MessageRejected as error:
            log.warning("slack.form_not_opened", extra={"code": error.code})
            return hiccups.TRY_AGAIN if "trigger" in error.code else hiccups.WENT_WRONG
        except PlatformError as error:
            log.warning("slack.form_not_opened", extra={"code": error.code})
            return hiccups.TRY_AGAIN
        return ""

    async def update_view(self, view_id: str, view: Json) -> None:
        """Put another view in the place of an open one."""
        await self.platform.call(self.platform.client.views_update(view_id=view_id, view=view))

    async def post(self, sender: Sender, content: Message, to: Audience) -> None:
        """Post where something happened, in a channel to the one person only unless it is for everyone."""
        arguments = {"channel": sender.conversation, **render.message(content)}
        client = self.platform.client
        if sender.direct or to is Audience.EVERYONE:
            await self.platform.call(client.chat_postMessage(**arguments, **QUIET))
        else:
            await self.platform.call(client.chat_postEphemeral(user=sender.user, **arguments))


def said(answer: Answer) -> Message | None:
    """Return the message in an answer that has one."""
    match answer:
        case Say(message=content) | Replace(content):
            return content
        case Failed() | WhoAreYou():
            return sentence(hiccups.WENT_WRONG)
        case _:
            return None


def shown_form(answer: Answer) -> Json | None:
    """Return the modal in an answer that has one."""
    match answer:
        case OpenForm(content):
            return render.form(content)
        case FormErrors(content, errors):
            return render.form(content, problems=errors)
        case _:
            return None


def audience(answer: Answer) -> Audience:
    """Return who an answer is for."""
    return answer.to if isinstance(answer, Say) else Audience.ASKER


@dataclass(frozen=True, slots=True)
class CommandSurface:
    """A slash command: words go into the ack, a form is opened after it."""

    line: Line
    response_url: str
    trigger: str

    def ack(self, answer: Answer) -> Json | None:
        """Return the words, shown to the asker alone or to everyone."""
        content = said(answer)
        if content is None:
            return NOTHING if isinstance(answer, Done) else None
        return {"response_type": _response_type(audience(answer)), **render.message(content)}

    def waiting(self) -> Json:
        """Return the request for patience."""
        return {"response_type": "ephemeral", "text": hiccups.ONE_MOMENT}

    async def later(self, answer: Answer) -> None:
        """Open the form, or say the words through the response URL."""
        view = shown_form(answer)
        refused = await self.line.open(self.trigger, view) if view else ""
        body = self.ack(Say(sentence(refused)) if refused else answer)
        if body:
            await self.line.respond(self.response_url, {"replace_original": False, **body})


@dataclass(frozen=True, slots=True)
class ButtonSurface:
    """A button on a message: the ack is silent, everything follows it."""

    line: Line
    sender: Sender
    response_url: str
    trigger: str
    thread: str = ""

    def ack(self, answer: Answer) -> Json | None:
        """Return silence for silence."""
        return NOTHING if isinstance(answer, Done) else None

    def waiting(self) -> Json:
        """Return silence: the message stays as it is."""
        return NOTHING

    async def later(self, answer: Answer) -> None:
        """Open the form, change the message or say the words beside it; words in a direct conversation stay there."""
        view = shown_form(answer)
        refused = await self.line.open(self.trigger, view) if view else ""
        content = sentence(refused) if refused else said(answer)
        if content is None:
            return
        everyone = audience(answer) is Audience.EVERYONE or (self.sender.direct and isinstance(answer, Say))
        body: Json = {
            "replace_original": isinstance(answer, Replace),
            "response_type": _response_type(Audience.EVERYONE if everyone else Audience.ASKER),
        }
        if self.thread and audience(answer) is Audience.ASKER:  # else it would stand outside, where nobody looks
            body["thread_ts"] = self.thread
        await self.line.respond(self.response_url, {**body, **render.message(content)})


@dataclass(frozen=True, slots=True)
class ModalButtonSurface:
    """A button inside a modal: whatever the answer, it takes the modal's place."""

    line: Line
    view_id: str

    def ack(self, answer: Answer) -> Json | None:
        """Return silence for silence."""
        return NOTHING if isinstance(answer, Done) else None

    def waiting(self) -> Json:
        """Return silence: the modal stays as it is."""
        return NOTHING

    async def later(self, answer: Answer) -> None:
        """Show the form or the words in the modal."""
        content = said(answer) or sentence(hiccups.FINISHED)
        await self.line.update_view(self.view_id, shown_form(answer) or render.closing(content))


@dataclass(frozen=True, slots=True)
class FormSurface:
    """A form sent: the ack says what the modal shows next, and nothing typed is ever lost."""

    line: Line
    view: Json

    def ack(self, answer: Answer) -> Json | None:
        """Return the next view, or the errors beside the fields while the questions are the same."""
        if isinstance(answer, Done):
            return NOTHING
        if isinstance(answer, Failed | WhoAreYou):
            return self._at_first_field(hiccups.KEPT) or _update(self._next(answer))
        if isinstance(answer, FormErrors) and (errors := self._beside_fields(answer)):
            return {"response_action": "errors", "errors": errors}
        return _update(self._next(answer))

    def waiting(self) -> Json:
        """Return the request for patience, beside what was typed."""
        wait = render.closing(sentence(hiccups.ONE_MOMENT))
        return self._at_first_field(hiccups.STILL_SAVING) or _update(wait)

    async def later(self, answer: Answer) -> None:
        """Show in the modal what the ack would have shown."""
        await self.line.update_view(str(self.view["id"]), self._next(answer))

    def _next(self, answer: Answer) -> Json:
        if isinstance(answer, FormErrors):
            return render.form(answer.form, self._chosen_people(answer.form), answer.errors)
        if isinstance(answer, Failed | WhoAreYou) and self._inputs():
            return self._as_sent(hiccups.KEPT)
        content = said(answer) or sentence(hiccups.FINISHED)
        return shown_form(answer) or render.closing(content)

    def _beside_fields(self, answer: FormErrors) -> dict[str, str]:
        """Return the errors by block, or nothing when one has no field in the modal or the questions have changed."""
        ids = [block["block_id"] for block in self._inputs()]
        if [block["block_id"] for block in render.form(answer.form)["blocks"] if block["type"] == "input"] != ids:
            return {}
        blocks = {block_id.rpartition("@")[0]: block_id for block_id in ids}
        if any(name not in blocks for name in answer.errors):
            return {}
        return {blocks[name]: words for name, words in answer.errors.items()}

    def _at_first_field(self, words: str) -> Json | None:
        inputs = self._inputs()
        return {"response_action": "errors", "errors": {inputs[0]["block_id"]: words}} if inputs else None

    def _as_sent(self, words: str) -> Json:
        """Return the modal as it was sent with a sentence on top; Slack keeps what is typed where ids are the same."""
        kept = ("type", "callback_id", "private_metadata", "title", "submit", "close")
        notice = {"type": "section", "text": {"type": "plain_text", "text": words, "emoji": False}}
        blocks = [block for block in self.view["blocks"] if block["type"] != "section"]
        return {**{name: self.view[name] for name in kept}, "blocks": [notice, *blocks]}

    def _inputs(self) -> list[Json]:
        return [block for block in self.view["blocks"] if block["type"] == "input"]

    def _chosen_people(self, form: Form) -> dict[str, str]:
        values = values_of(self.view)
        names = (item.name for item in form.fields if isinstance(item, PersonField))
        return {name: str(values[name]) for name in names if name in values}


@dataclass(frozen=True, slots=True)
class WrittenSurface:
    """Words written to the bot, or an event about it: answers are messages in that conversation."""

    line: Line
    sender: Sender
    command: Command | None = None

    def ack(self, answer: Answer) -> Json | None:
        """Return silence when there is nothing to say; an event nobody waits for stays without an apology."""
        silent = isinstance(answer, Done) or (self.command is None and not isinstance(answer, Say))
        return NOTHING if silent else None

    def waiting(self) -> Json:
        """Return silence."""
        return NOTHING

    async def later(self, answer: Answer) -> None:
        """Post the words; a form needs a command, so say which."""
        content = said(answer)
        if self.command and shown_form(answer):
            asked = f"{self.command.name} {self.command.text}".strip()
            content = sentence(hiccups.NO_FORM_HERE.format(command=asked))
        if content and self.ack(answer) is None and self.sender.conversation:
            await self.line.post(self.sender, content, audience(answer))


def _update(view: Json) -> Json:
    return {"response_action": "update", "view": view}


def _response_type(to: Audience) -> str:
    return "in_channel" if to is Audience.EVERYONE else "ephemeral"
