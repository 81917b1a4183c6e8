"""A terminal for one person, typed at by a test: lines go in, what is printed is kept, forms wait for their fields."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.console import fields
from adapters.console.inbound import CANCEL, DONE, Session
from adapters.console.platform import ConsolePlatform, Posted
from bot.messages.forms import ChoiceField, Field, Form
from bot.messages.model import Button, buttons_of
from bot.ports import Dispatch
from tests.contracts.harness import ShownForm, Values


@dataclass
class Watched(Session):
    """A session that lets a test see which form it is asking."""

    filling: Form | None = None

    async def _fill(self, form: Form, errors: Mapping[str, str]) -> fields.Values | None:
        self.filling = form
        try:
            return await super()._fill(form, errors)
        finally:
            self.filling = None


class Terminal:
    """One session; a line is typed with `type`, which returns when nothing more happens without another line."""

    def __init__(self, dispatch: Dispatch, platform: ConsolePlatform, user: str) -> None:
        self.printed: list[str] = []
        self.session = Watched(dispatch, platform, self._read, self.printed.append, user)
        self._opened_at = 0
        self._asked = ""
        self._typed: asyncio.Future[str | None] | None = None
        self._waiting = asyncio.Event()
        self._acting: asyncio.Task[None] | None = None

    async def _read(self, prompt: str) -> str | None:
        self._asked = prompt
        self._typed = asyncio.get_running_loop().create_future()
        self._waiting.set()
        return await self._typed

    async def type(self, line: str | None) -> None:
        """Type a line, at the prompt or into the field that is being asked; None is the end of input."""
        self._waiting.clear()
        if self._acting and not self._acting.done():
            assert self._typed
            self._typed.set_result(line)
        else:
            self._opened_at = len(self.printed)
            self._acting = asyncio.create_task(self.session.handle(line or ""))
        waiting = asyncio.create_task(self._waiting.wait())
        await asyncio.wait({waiting, self._acting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._acting.done():
            self._acting.result()

    async def close(self) -> None:
        """End the input while a form is being asked."""
        if self._acting and not self._acting.done():
            await self.type(None)

    async def leave(self) -> None:
        """Give up the form being asked, as one must before doing anything else at a terminal."""
        if self.session.filling:
            await self.type(CANCEL)

    async def press(self, posted: Posted, button: Button) -> None:
        """Bring a message onto the screen and press one of its buttons by number."""
        await self.leave()
        inbox = self.session.platform.conversations[posted.ref.conversation]
        channel = "" if posted.ref.conversation == self.session.user else posted.ref.conversation
        if channel != self.session.place:
            await self.type(f"in {channel}")
        await self.type(f"inbox {[each.ref for each in inbox].index(posted.ref) + 1}")
        buttons = list(buttons_of(posted.message))
        found = [
            n for n, each in enumerate(buttons, start=1) if (each.label, each.value) == (button.label, button.value)
        ]
        await self.type(str(found[0]))

    async def press_last(self, label: str) -> None:
        """Press a button of what was printed last, by its label."""
        message = self.session.last.message if isinstance(self.session.last, Posted) else self.session.last
        assert message, "nothing has been printed"
        labels = [each.label for each in buttons_of(message)]
        assert label in labels, f"no button {label!r} but {labels}"
        await self.type(str(labels.index(label) + 1))

    async def fill(self, values: Values) -> None:
        """Answer every field being asked; what is not in `values` is kept with Enter, what was right is not asked."""
        form = self.session.filling
        assert form, "no form is being asked"
        unknown = set(values) - {item.name for item in form.fields}
        assert not unknown, f"no field {unknown} in {form.title!r}"
        self._opened_at = len(self.printed)
        for item in form.fields:
            if not self._asked.startswith(item.label.split("\n")[0][:20]):
                assert values.get(item.name) in (None, fields.initial_of(item)), f"{item.label!r} is not asked"
                continue
            for line in _lines(item, values.get(item.name)):
                await self.type(line)

    def shown(self) -> ShownForm | None:
        """Return the form on the screen, with the values Enter would keep."""
        form = self.session.filling
        if form is None:
            return None
        words = "\n".join([*self.printed[self._opened_at :], self._asked])
        values = {item.name: kept for item in form.fields if (kept := fields.initial_of(item))}
        return ShownForm(form.title, tuple(item.label for item in form.fields), values, words)

    @property
    def answers(self) -> list[str]:
        """Return what was printed, but for the word with which a form closes."""
        return [each for each in self.printed if each != DONE]


def _lines(item: Field, value: str | list[str] | None) -> list[str]:
    """Return what a person types for a value: the numbers of choices, a backslash before each new line."""
    if value is None:
        return [""]
    if isinstance(item, ChoiceField):
        numbers = {option: str(n) for n, (option, _) in enumerate(item.options, start=1)}
        chosen = value if isinstance(value, list) else [value]
        return [",".join(numbers.get(each, each) for each in chosen) or fields.EMPTIED]
    *first, last = str(value).split("\n")
    return [*(f"{line}\\" for line in first), last or fields.EMPTIED]
