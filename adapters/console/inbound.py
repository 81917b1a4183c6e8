"""A terminal session: lines typed by one person, who can act as anybody, become interactions; replies are printed."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

from adapters.console import fields, render
from adapters.console.fields import Values
from adapters.console.platform import NAME, TENANT, ConsolePlatform, Posted, transcript
from bot.domain.deliveries import Address
from bot.messages import hiccups
from bot.messages.forms import ChoiceField, Field, Form, TextField
from bot.messages.model import Message, buttons_of
from bot.messages.words import sentence
from bot.ports import (
    ActionPressed,
    Audience,
    Command,
    Dispatch,
    Done,
    FormErrors,
    FormSubmitted,
    Interaction,
    OpenForm,
    Replace,
    Reply,
    Say,
    Sender,
    WhoAreYou,
)

GUIDE = """\
/ai-status NAME   what stands behind an initiative       /ai help   everything Steward understands
1, 2, 3 ...       press that button of the last message  inbox      your messages; inbox 2 shows the second
as NAME           act as somebody else, or EMAIL         in NAME    go to a channel; in alone leaves it
help              this list                              quit"""
HOW_TO_FILL = "Enter keeps what is in brackets, - empties it, /cancel leaves everything as it was."
CANCEL = "/cancel"
COMMANDS = frozenset({"quit", "exit", "inbox", "help", "jump", "people", "as", "in", "ai", "ai-status"})
"""Words that do something outside a form; alone in a line they are no answer."""
NOT_HERE = "You are filling in a form: answer, or leave it with /cancel and then write {typed}."
NO_CHOICE = "{words} is none of the choices. Type the number or the words of one."
LEFT = "Left as it was."
DONE = "Done."
NEWEST = 3
MOST_DIGITS = 4
log = logging.getLogger(__name__)


@dataclass
class Session:
    """
    One terminal: who is at it, in which channel, what was last shown there, and how to read and write lines.

    `who` returns the e-mail address of whoever is named, where that can be known; UserError says who there is.
    """

    dispatch: Dispatch
    platform: ConsolePlatform
    read: Callable[[str], Awaitable[str | None]]
    write: Callable[[str], None]
    user: str = ""
    place: str = ""
    words: dict[str, Callable[[str], Awaitable[str]]] = field(default_factory=dict)
    guide: str = GUIDE
    who: Callable[[str], Awaitable[str]] | None = None
    last: Posted | Message | None = None

    def __post_init__(self) -> None:
        """Have every message that arrives shown here."""
        self.platform.watch = self.arrived

    async def handle(self, typed: str) -> None:
        """Act on one line."""
        words = typed.strip().split(maxsplit=1)
        if not words:
            return
        first, rest = words[0].casefold(), words[1] if len(words) > 1 else ""
        if first.isdecimal() and len(first) <= MOST_DIGITS:
            await self._press(int(first))
        elif first in self.words:
            self.write(await self.words[first](rest))
        elif first in ("/ai", "/ai-status", "ai", "ai-status"):
            await self.ask(Command(sender=self.sender, name=first.lstrip("/"), text=rest, id=uuid4().hex))
        elif not await self._turned(first, rest):
            self.write(f"Not understood: {render.safe(typed)}\n{self.guide}")

    async def _turned(self, first: str, rest: str) -> bool:
        """Go to another person, place or message, or show the guide; return whether the word was one for that."""
        match first:
            case "as":
                self.become(await self.who(rest) if self.who else rest)
            case "in":
                self.enter(rest)
            case "inbox":
                self.show_inbox(rest)
            case "help":
                self.write(self.guide)
            case _:
                return False
        return True

    @property
    def sender(self) -> Sender:
        """Return the account at the terminal and where it is."""
        here = self.place or self.user
        return Sender(platform=NAME, tenant=TENANT, user=self.user, conversation=here, direct=not self.place)

    def become(self, email: str) -> None:
        """Let the person at the terminal act as the account with this e-mail address."""
        self.user, self.place = email.strip().casefold(), ""
        self.write(f"You are now {render.safe(self.user)}.")
        self.show_inbox()

    def enter(self, channel: str) -> None:
        """Go to a channel, or back to one's own messages for an empty name."""
        self.place = channel.strip().lstrip("#").casefold()
        self.write(f"You are in #{render.safe(self.place)}." if self.place else "You are at your own messages.")

    def show_inbox(self, number: str = "") -> None:
        """Print the newest messages here, or the one with a number, counted from the oldest."""
        waiting = list(enumerate(self.platform.conversations[self.sender.conversation], start=1))
        chosen = [one for one in waiting if str(one[0]) == number.strip()] if number.strip() else waiting[-NEWEST:]
        if not chosen:
            self.write("There is no such message." if waiting else "Your inbox is empty.")
        for n, posted in chosen:
            self.write(f"-- {n} of {len(waiting)} --")
            self.shown(posted)

    def arrived(self, posted: Posted) -> None:
        """Print a message that has just come or changed, if it is for whoever is at the terminal or for a channel."""
        if posted.ref.conversation == self.user:
            self.shown(posted)
        elif "@" not in posted.ref.conversation:
            self.write(f"#{posted.ref.conversation}\n{transcript(posted)}")

    def shown(self, posted: Posted) -> None:
        """Print a message and let its buttons be the ones that numbers press."""
        self.last = posted
        self.write(transcript(posted))

    async def ask(self, interaction: Interaction) -> None:
        """Dispatch one interaction and act out the reply, asking forms field by field until one is taken."""
        reply = await self._answered(interaction)
        while isinstance(reply, OpenForm | FormErrors):
            errors = reply.errors if isinstance(reply, FormErrors) else {}
            form = reply.form
            values = await self._fill(form, errors)
            if values is None:
                self.write(LEFT)
                return
            sent = FormSubmitted(sender=self.sender, form=form.name, state=form.state, values=values, id=uuid4().hex)
            reply = await self._answered(sent, form)
            if isinstance(reply, FormErrors):
                reply = FormErrors(fields.prefilled(reply.form, values), reply.errors)
        await self._say(reply)

    async def _answered(self, interaction: Interaction, form: Form | None = None) -> Reply:
        """Return the reply; when a flow breaks, an apology, and `form` again for it to be sent once more."""
        try:
            reply = await self.dispatch(interaction)
            while isinstance(reply, WhoAreYou):
                interaction = await self._introduced(interaction, reply.account)
                reply = await self.dispatch(interaction)
            return reply
        except Exception:
            log.exception("console.interaction_failed", extra={"interaction": type(interaction).__name__})
            return FormErrors(form, {"": hiccups.KEPT}) if form else Say(sentence(hiccups.WENT_WRONG))

    async def _introduced(self, interaction: Interaction, account: str) -> Interaction:
        """Return the interaction with the profile of its sender, or of an account chosen in its form."""
        profile = await self.platform.profile(replace(interaction.sender, user=account or self.user))
        if account and isinstance(interaction, FormSubmitted):
            return replace(interaction, profiles={**interaction.profiles, account: profile})
        return replace(interaction, sender=replace(interaction.sender, profile=profile))

    async def _say(self, reply: Reply) -> None:
        if isinstance(reply, Say) and reply.to is Audience.EVERYONE and self.place:
            await self.platform.send(Address(NAME, self.place, TENANT), reply.message, {}, "")
        elif isinstance(reply, Say | Replace):
            self.last = reply.message
            self.write(render.message(reply.message))
        elif isinstance(reply, Done):
            self.write(DONE)

    async def _press(self, number: int) -> None:
        message = self.last.message if isinstance(self.last, Posted) else self.last
        buttons = list(buttons_of(message)) if message else []
        if not 1 <= number <= len(buttons):
            self.write(f"There is no button {number} in the last message.")
            return
        button = buttons[number - 1]
        ref = self.last.ref if isinstance(self.last, Posted) else None
        await self.ask(
            ActionPressed(sender=self.sender, action=button.action, value=button.value, id=uuid4().hex, message=ref)
        )

    async def answer(self, item: Field) -> str | None:
        """Ask one field of a form and return what was typed, None when the person gives up or input ends."""
        typed = await self.read(render.question(item))
        while typed and typed.endswith("\\") and isinstance(item, TextField) and item.multiline:
            more = await self.read("> ")
            typed = typed[:-1] + "\n" + (more or "")
        return None if typed == CANCEL else typed

    async def _fill(self, form: Form, errors: Mapping[str, str]) -> Values | None:
        """Say what is wrong and ask each field, or only the wrong ones where all is said; None when one gives up."""
        self.write(f"{render.form(form)}\n({HOW_TO_FILL})")
        labels = {item.name: f"{item.label}: " for item in form.fields}
        for name, words in errors.items():
            self.write(f"! {render.safe(labels.get(name, '') + words)}")
        at_fields = [item for item in form.fields if item.name in errors]
        wrong = at_fields if at_fields and len(at_fields) == len(errors) else form.fields
        values: Values = {}
        for item in form.fields:
            typed = await self._taken(item) if item in wrong else ""
            if typed is None:
                return None
            value = fields.parsed(item, typed) if typed.strip() else fields.initial_of(item)
            if value:
                values[item.name] = value
        return values

    async def _taken(self, item: Field) -> str | None:
        """Ask a field until what is typed can be an answer; None when the person gives up."""
        while (typed := await self.answer(item)) is not None:
            strange = fields.unknown_choices(item, typed)
            if _is_command(typed) and (strange or not isinstance(item, ChoiceField)):
                self.write(NOT_HERE.format(typed=render.safe(typed.strip())))
            elif strange:
                self.write("! " + NO_CHOICE.format(words=render.safe(", ".join(f"“{word}”" for word in strange))))
            else:
                return typed
        return None


def _is_command(typed: str) -> bool:
    """Return whether a line is clearly meant for the terminal and not for a form."""
    words = typed.split()
    return typed.startswith("/") or (len(words) == 1 and words[0].casefold() in COMMANDS)
