"""Every message and form has an example, every button and form of the examples has a flow, and the reverse."""

import importlib
import inspect
import pkgutil
import sys
import unicodedata
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, ModuleType

import pytest

import adapters
from bot import messages
from bot.dispatch import ACTIONS, FORMS
from bot.messages import gallery
from bot.messages.forms import Form, FormName
from bot.messages.model import HEAVIEST_MESSAGE, Action, Message, buttons_of, message_weight

MADE_BY_ADAPTERS = {"hiccups"}
"""Words an adapter says by itself; the contract suite looks at them."""


def builders() -> Iterator[tuple[str, CodeType]]:
    """Yield every public function of bot.messages that makes a message or a form."""
    for found in pkgutil.iter_modules(messages.__path__):
        if found.name in MADE_BY_ADAPTERS or "examples" in found.name or found.name in ("gallery", "model", "forms"):
            continue
        module = importlib.import_module(f"bot.messages.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            made = function.__annotations__.get("return")
            if not name.startswith("_") and function.__module__ == module.__name__ and made in (Message, Form):
                yield f"{found.name}.{name}", function.__code__


def called_by_examples() -> set[CodeType]:
    """Return the code of every function that making the examples runs."""
    seen: set[CodeType] = set()

    def note(frame: FrameType, _event: str, _argument: object) -> None:
        seen.add(frame.f_code)

    sys.setprofile(note)
    try:
        for make in [*gallery.MESSAGES.values(), *gallery.FORMS.values()]:
            make()
    finally:
        sys.setprofile(None)
    return seen


def test_every_function_that_makes_a_message_or_form_has_an_example() -> None:
    called = called_by_examples()
    assert [name for name, code in builders() if code not in called] == []


def test_every_button_has_a_flow_and_every_flow_a_button() -> None:
    shown = {button.action for make in gallery.MESSAGES.values() for button in buttons_of(make())}
    assert shown == set(ACTIONS) == set(Action)


def test_every_form_has_a_flow_and_every_flow_a_form() -> None:
    assert {make().name for make in gallery.FORMS.values()} == set(FORMS) == set(FormName)


@pytest.mark.parametrize("name", [name for name in gallery.MESSAGES if "worst" in name])
def test_the_worst_of_each_message_keeps_what_must_be_seen(name: str) -> None:
    message = gallery.MESSAGES[name]()
    assert message_weight(message) <= HEAVIEST_MESSAGE
    assert message.fallback.strip()


@pytest.mark.parametrize("platform", adapters.available())
@pytest.mark.parametrize("make", gallery.MESSAGES.values(), ids=gallery.MESSAGES)
def test_every_message_is_rendered_on_every_platform(platform: str, make: Callable[[], Message]) -> None:
    shown = str(render_of(platform).message(make()))
    assert shown
    assert "�" not in shown


@pytest.mark.parametrize("platform", adapters.available())
@pytest.mark.parametrize("make", gallery.FORMS.values(), ids=gallery.FORMS)
def test_every_form_is_rendered_on_every_platform(platform: str, make: Callable[[], Form]) -> None:
    assert make().title in str(render_of(platform).form(make()))


@pytest.mark.parametrize("make", gallery.MESSAGES.values(), ids=gallery.MESSAGES)
def test_a_terminal_gets_no_control_characters(make: Callable[[], Message]) -> None:
    shown = render_of("console").message(make())
    assert {each for each in shown if unicodedata.category(each) == "Cc"} <= {"\n", "\t"}


@pytest.mark.parametrize("make", gallery.MESSAGES.values(), ids=gallery.MESSAGES)
def test_no_message_shouts_or_blames(make: Callable[[], Message]) -> None:
    message = make()
    ours = render_of("console").message(message).replace(gallery.NASTY, "").replace("<!channel", "")
    assert "!" not in ours
    assert "fault" not in ours.casefold()


def render_of(platform: str) -> ModuleType:
    """Return the renderer of a platform."""
    return importlib.import_module(f"adapters.{platform}.render")
