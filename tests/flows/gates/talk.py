"""People talking to Steward about gates: commands, buttons of what they were answered, and forms."""

import itertools
from collections.abc import Mapping

from bot.dispatch import build_dispatch
from bot.messages.forms import ChoiceField
from bot.messages.model import Action, Button, Message, buttons_of
from bot.ports import ActionPressed, Command, FormErrors, FormSubmitted, OpenForm, Replace, Reply, Say, Sender
from tests.builders import a_handle
from tests.flows.gates.board import Board

Values = Mapping[str, str | list[str]]


class Talk:
    """`ask` types a command, `press` a button of the last answer to somebody, `fill` the form on their screen."""

    def __init__(self, board: Board) -> None:
        self.board, self._dispatch = board, build_dispatch(board.ports)
        self._ids = itertools.count()
        self.shown: dict[str, Message] = {}
        self.form: dict[str, OpenForm | FormErrors] = {}

    async def ask(self, who: str, text: str = "gate SEPSIS") -> str:
        """Type `/ai ...`; return what is answered."""
        return self._take(who, await self._dispatch(Command(sender=_sender(who), name="ai", text=text, id=self._id())))

    async def press(self, who: str, label: str, about: str = "") -> str:
        """Press a button of what somebody was answered last."""
        found = [button for button in buttons_of(self.shown[who]) if button.label == label and about in button.value]
        assert found, f"no {label}: {[button.label for button in buttons_of(self.shown[who])]}"
        return await self.press_button(who, found[0])

    async def press_button(self, who: str, button: Button) -> str:
        """Press a button, of whatever card."""
        pressed = ActionPressed(sender=_sender(who), action=button.action, value=button.value, id=self._id())
        return self._take(who, await self._dispatch(pressed))

    async def fill(self, who: str, values: Values) -> str:
        """Send the form on somebody's screen; return what is answered, or what is wrong by field."""
        form = self.form[who].form
        sent = FormSubmitted(sender=_sender(who), form=form.name, state=form.state, values=dict(values), id=self._id())
        return self._take(who, await self._dispatch(sent))

    def may(self, who: str) -> list[str]:
        """Return the labels of the buttons somebody was shown last."""
        return [button.label for button in buttons_of(self.shown[who])]

    def button(self, who: str, action: Action) -> Button:
        """Return a button somebody was shown last."""
        return next(button for button in buttons_of(self.shown[who]) if button.action is action)

    def option(self, who: str, field: str, starts: str) -> str:
        """Return the value of an option of the form on somebody's screen, by how its label starts."""
        asked = next(each for each in self.form[who].form.fields if each.name == field)
        assert isinstance(asked, ChoiceField)
        return next(value for value, label in asked.options if label.startswith(starts))

    def _id(self) -> str:
        return f"talk-{next(self._ids)}"

    def _take(self, who: str, reply: Reply) -> str:
        match reply:
            case OpenForm(form):
                self.form[who] = reply
                return form.title
            case FormErrors(errors=errors):
                self.form[who] = reply
                return str(errors)
            case Say(message) | Replace(message):
                self.shown[who] = message
                return f"{message.title} {message.fallback} {message.blocks}"
            case _:
                return str(reply)


def _sender(who: str) -> Sender:
    handle = a_handle(who)
    return Sender(
        platform=handle.platform, tenant=handle.tenant, user=handle.user, conversation=f"D-{who}", direct=True
    )
