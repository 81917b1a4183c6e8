"""How each reply is given where it was asked for: in the answer to an invoke if that can be, else after it."""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from adapters.teams import render
from adapters.teams.interactions import NAME, OWN, values_of
from adapters.teams.platform import TeamsPlatform
from adapters.teams.sizes import Json
from bot.domain.deliveries import Address, MessageRef
from bot.domain.people import Handle
from bot.errors import RecipientUnreachable
from bot.messages import hiccups
from bot.messages.forms import Form
from bot.messages.words import sentence
from bot.ports import (
    Audience,
    Command,
    Done,
    FormErrors,
    OpenForm,
    Replace,
    Reply,
    Say,
    Sender,
    WhoAreYou,
)

CARD, WORDS = render.CARD, "application/vnd.microsoft.activity.message"
MOST_REMEMBERED = 1000
InvokeAnswer = tuple[int, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The flow broke: something friendly is to be said."""


Answer = Reply | Failed


class ShownForms:
    """The forms lately shown, so that one comes back as typed when a flow breaks; bounded, and gone at restart."""

    def __init__(self) -> None:
        self._forms: OrderedDict[str, Form] = OrderedDict()

    def show(self, form: Form) -> str:
        """Return the token of one more showing of a form."""
        once = secrets.token_urlsafe(12)
        self._forms[once] = form
        if len(self._forms) > MOST_REMEMBERED:
            self._forms.popitem(last=False)
        return once

    def get(self, once: str) -> Form | None:
        """Return the form shown under a token."""
        return self._forms.get(once)


@dataclass(frozen=True, slots=True)
class Line:
    """What surfaces share: the platform, and the forms lately shown."""

    platform: TeamsPlatform
    forms: ShownForms

    async def say(self, sender: Sender, answer: Say, thread: str = "") -> None:
        """Post words: where they were asked for, or in the asker's own chat when others would read them."""
        here = Address(NAME, sender.conversation, sender.tenant, thread)
        if sender.direct or answer.to is Audience.EVERYONE:
            await self.platform.post(here, render.message(answer.message))
            return
        try:
            own = await self.platform.open_direct(
                Handle(person_id="", platform=NAME, tenant=sender.tenant, user=sender.user)
            )
            await self.platform.post(own, render.message(answer.message))
        except RecipientUnreachable:
            await self.platform.post(here, render.message(sentence(hiccups.NOT_IN_PUBLIC)))

    def inline(self, form: Form, typed: Mapping[str, str | list[str]], problems: Mapping[str, str]) -> Json:
        """Return the card of a form that stands in a chat."""
        return render.form(form, self.forms.show(form), typed, problems, inline=True)


class Surface(Protocol):
    """A place where a person acted and waits for an answer."""

    def ack(self, answer: Answer) -> InvokeAnswer:
        """Return status and body of the answer to the request."""
        ...

    def waiting(self) -> InvokeAnswer:
        """Return the answer to the request while what it asks for is not known yet."""
        ...

    def slowly(self) -> "Surface":
        """Return where the answer is given once the request has been answered without it."""
        ...

    async def later(self, answer: Answer) -> None:
        """Do what the answer to the request does not say; raises a PlatformError."""
        ...


def said(answer: Answer) -> Say | None:
    """Return what is to be said in an answer that has words of its own."""
    match answer:
        case Say():
            return answer
        case Failed() | WhoAreYou():
            return Say(sentence(hiccups.WENT_WRONG))
        case _:
            return None


def carrying(card: Json, summary: str) -> Json:
    """Return the activity that carries a card."""
    attachment = {"contentType": CARD, "content": card}
    return {"type": "message", "summary": summary, "attachments": [attachment]}


@dataclass(frozen=True, slots=True)
class WrittenSurface:
    """Words written to the bot, or a card sent as a message by an older client: answers are messages."""

    line: Line
    sender: Sender
    command: Command | None = None
    stood: MessageRef | None = None
    typed: Json = field(default_factory=dict)
    thread: str = ""
    made: list[Json | None] = field(default_factory=list)

    def ack(self, answer: Answer) -> InvokeAnswer:
        """Return nothing: a message is not answered in its own request."""
        return self.waiting()

    def waiting(self) -> InvokeAnswer:
        """Return nothing."""
        return 200, None

    def slowly(self) -> Surface:
        """Return this surface: its answers are messages anyway."""
        return self

    async def later(self, answer: Answer) -> None:
        """Post the words or the form, or put them where the card stood."""
        card = self.card(answer)
        if card is not None:
            summary = _title(answer)
            if self.stood and (self.typed or isinstance(answer, Replace)):
                await self.line.platform.change(self.stood, carrying(card, summary))
            else:
                to = Address(NAME, self.sender.conversation, self.sender.tenant, self.thread)
                await self.line.platform.post(to, carrying(card, summary))
        elif words := said(answer):
            await self.line.say(self.sender, words, self.thread)

    def card(self, answer: Answer) -> Json | None:
        """Return the card an answer puts here, None where it is said beside it or nothing is; made once, to be one."""
        if not self.made:
            self.made.append(self._card(answer))
        return self.made[0]

    def _card(self, answer: Answer) -> Json | None:
        match answer:
            case OpenForm(form) if self.command and self.command.public:
                return render.launcher(form, f"{self.command.name} {self.command.text}".strip())
            case OpenForm(form):
                return self.line.inline(form, {}, {})
            case FormErrors(form, errors):
                return self.line.inline(form, _typed(self.typed), errors)
            case Failed() if shown := _shown(self.line.forms, self.typed):
                return render.form(shown, _once(self.typed), _typed(self.typed), inline=True, notice=hiccups.KEPT)
            case Say(content) if self.typed:
                return render.closing(content)
            case Replace(content):
                return render.card(content)
            case Done() if self.typed:
                return render.closing(sentence(hiccups.FINISHED))
            case _:
                return None


@dataclass(frozen=True, slots=True)
class ExecuteSurface:
    """Action.Execute of a card: a card in the answer takes its place at once, and for everybody after it."""

    written: WrittenSurface

    def ack(self, answer: Answer) -> InvokeAnswer:
        """Return the new card, or silence."""
        takes_place = self.written.typed or isinstance(answer, Replace)
        card = self.written.card(answer) if takes_place else None
        if card is None:
            return 200, {"statusCode": 200, "type": WORDS, "value": ""}
        return 200, {"statusCode": 200, "type": CARD, "value": card}

    def waiting(self) -> InvokeAnswer:
        """Return the request for patience."""
        return 200, {"statusCode": 200, "type": WORDS, "value": hiccups.ONE_MOMENT}

    def slowly(self) -> Surface:
        """Return the message with the card: it is changed, or the words follow it."""
        return self.written

    async def later(self, answer: Answer) -> None:
        """Change the message for everybody, or say the words beside it."""
        await self.written.later(answer)


@dataclass(frozen=True, slots=True)
class DialogSurface:
    """A dialog, asked for or sent: whatever the answer, it is shown there."""

    line: Line
    sender: Sender
    typed: Json = field(default_factory=dict)
    stood: MessageRef | None = None

    def ack(self, answer: Answer) -> InvokeAnswer:
        """Return what the dialog shows next; nothing closes one that was sent."""
        if self.typed and isinstance(answer, Done):
            return 200, None
        match answer:
            case OpenForm(form):
                return 200, _dialog(form.title, render.form(form, self.line.forms.show(form)))
            case FormErrors(form, errors):
                card = render.form(form, self.line.forms.show(form), _typed(self.typed), errors)
                return 200, _dialog(form.title, card)
            case Failed() | WhoAreYou() if self.typed:
                return self._as_typed()
            case Replace(content):
                return 200, _dialog(hiccups.PRODUCT, render.closing(content))
            case _:
                words = said(answer) or Say(sentence(hiccups.FINISHED))
                return 200, _dialog(hiccups.PRODUCT, render.closing(words.message))

    def waiting(self) -> InvokeAnswer:
        """Return the request for patience; what was sent is in good hands."""
        return 200, _dialog(hiccups.PRODUCT, render.closing(sentence(hiccups.ONE_MOMENT)))

    def slowly(self) -> Surface:
        """Return the chat: the dialog waits no longer."""
        return LateSurface(self.line, self.sender, self.typed, self.stood)

    def _as_typed(self) -> InvokeAnswer:
        """Return the form as it was sent; where it is forgotten, a failure lets Teams keep it on the screen."""
        shown = _shown(self.line.forms, self.typed)
        if shown is None:
            return 500, None
        card = render.form(shown, _once(self.typed), _typed(self.typed), notice=hiccups.KEPT)
        return 200, _dialog(shown.title, card)

    async def later(self, answer: Answer) -> None:
        """Change the message behind the dialog, where that is asked for, and say to everybody what is for everybody."""
        if isinstance(answer, Replace) and self.stood:
            await self.line.platform.change(self.stood, render.message(answer.message))
        elif isinstance(answer, Say) and answer.to is Audience.EVERYONE and not self.sender.direct:
            await self.line.say(self.sender, answer)


@dataclass(frozen=True, slots=True)
class LateSurface:
    """What a dialog asked for and no longer waits for: it is said in a chat, where nobody else reads it."""

    line: Line
    sender: Sender
    typed: Json
    stood: MessageRef | None

    def ack(self, answer: Answer) -> InvokeAnswer:
        """Return nothing: the request was answered long ago."""
        return self.waiting()

    def waiting(self) -> InvokeAnswer:
        """Return nothing."""
        return 200, None

    def slowly(self) -> Surface:
        """Return this surface."""
        return self

    async def later(self, answer: Answer) -> None:
        """Say the words, change the message, or show the form with what was typed."""
        match answer:
            case OpenForm(form) | FormErrors(form, _) if self.sender.direct:
                problems = answer.errors if isinstance(answer, FormErrors) else {}
                card = self.line.inline(form, _typed(self.typed) if problems else {}, problems)
                here = Address(NAME, self.sender.conversation, self.sender.tenant)
                await self.line.platform.post(here, carrying(card, form.title))
            case OpenForm() | FormErrors():
                await self.line.say(self.sender, Say(sentence(hiccups.TRY_AGAIN)))
            case Replace(content) if self.stood:
                await self.line.platform.change(self.stood, render.message(content))
            case _:
                if words := said(answer):
                    await self.line.say(self.sender, words)


def _dialog(title: str, card: Json) -> Json:
    value = {"title": title, "width": "medium", "height": "medium", "card": {"contentType": CARD, "content": card}}
    return {"task": {"type": "continue", "value": value}}


def _title(answer: Answer) -> str:
    match answer:
        case OpenForm(form) | FormErrors(form, _):
            return form.title
        case Replace(content) | Say(content, _):
            return content.fallback
        case Failed():
            return hiccups.KEPT
        case _:
            return hiccups.FINISHED


def _typed(data: Json) -> dict[str, str | list[str]]:
    return values_of(data) if data else {}


def _once(data: Json) -> str:
    return str(data[OWN].get("once", "")) if data else ""


def _shown(forms: ShownForms, data: Json) -> Form | None:
    return forms.get(_once(data)) if data else None
