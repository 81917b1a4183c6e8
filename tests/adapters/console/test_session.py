"""What only a terminal does: lines, numbers for buttons, fields one by one, one person acting as many."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.console import build, fields, render
from adapters.console.inbound import GUIDE, LEFT
from adapters.console.platform import NAME, TENANT, ConsolePlatform
from adapters.console.settings import ConsoleSettings
from bot.domain.deliveries import Address, MessageRef
from bot.errors import PlatformUnavailable, RecipientUnreachable
from bot.messages.forms import ChoiceField, InitiativeField, PersonField, TextField
from bot.messages.model import Message
from bot.ports import ActionPressed, Audience, Command, FormErrors, FormSubmitted, OpenForm, Say
from tests.adapters.console.terminals import Terminal
from tests.contracts.examples import CHECK_IN, EVERYTHING
from tests.contracts.harness import Flows

SARAH, RAVI = "sarah@northlake.example", "ravi@northlake.example"
INBOX = Address(NAME, SARAH, TENANT)
SHORT = Message("", (), "A short message.")


class Room:
    """One terminal with what the flows were asked."""

    def __init__(self) -> None:
        self.flows = Flows()
        self.platform = ConsolePlatform()
        self.terminal = Terminal(self.flows, self.platform, SARAH)

    @property
    def printed(self) -> str:
        """Return all that was printed."""
        return "\n".join(self.terminal.printed)

    async def types(self, *lines: str | None) -> None:
        """Type lines one after the other."""
        for line in lines:
            await self.terminal.type(line)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """A terminal at which Sarah sits."""
    made = Room()
    yield made
    await made.terminal.close()


async def test_words_that_mean_nothing_get_the_guide(room: Room) -> None:
    await room.types("hello \x1b[2J", "")
    assert room.terminal.printed == [f"Not understood: hello \\x1b[2J\n{GUIDE}"]
    assert room.flows.seen == []


async def test_one_person_acts_as_another(room: Room) -> None:
    await room.platform.send(Address(NAME, RAVI, TENANT), EVERYTHING, {}, "1")
    assert room.terminal.printed == []
    await room.types("as Ravi@Northlake.Example", "/ai-status sepsis")
    assert "Weekly check-in & more" in room.printed
    assert [each.sender.user for each in room.flows.seen] == [RAVI]


async def test_a_command_in_a_channel_comes_from_there(room: Room) -> None:
    room.flows.will(Say(EVERYTHING, Audience.EVERYONE))
    await room.types("in #Leaders", "/ai digest here", "in", "ai help")
    first, second = room.flows.seen
    assert (first.sender.conversation, first.sender.direct) == ("leaders", False)
    assert (second.sender.conversation, second.sender.direct) == (SARAH, True)
    assert len(room.platform.conversations["leaders"]) == 1


async def test_a_button_that_is_not_there_presses_nothing(room: Room) -> None:
    await room.types("1")
    await room.platform.send(INBOX, EVERYTHING, {}, "1")
    await room.types("0", "6", "9999")
    assert room.flows.seen == []
    assert room.printed.count("There is no button") == 4
    await room.types("²", "9" * 5000)
    assert room.printed.count("Not understood") == 2


async def test_an_older_message_can_be_brought_back_by_its_number(room: Room) -> None:
    await room.types("inbox")
    first = await room.platform.send(INBOX, EVERYTHING, {}, "1")
    for n in range(2, 7):
        await room.platform.send(INBOX, SHORT, {}, str(n))
    await room.types("inbox 1", "1", "inbox 9", "inbox x")
    (pressed,) = room.flows.seen
    assert isinstance(pressed, ActionPressed)
    assert pressed.message == first
    assert "Your inbox is empty." in room.printed
    assert room.printed.count("There is no such message.") == 2


async def test_ids_are_not_given_twice_even_by_another_process(room: Room) -> None:
    await room.types("/ai help", "/ai help")
    other = Room()
    await other.types("/ai help")
    assert len({each.id for each in [*room.flows.seen, *other.flows.seen]}) == 3
    refs = {(await each.platform.send(INBOX, SHORT, {}, "")).message for each in (room, other)}
    assert len(refs) == 2


async def test_a_form_is_left_without_a_trace(room: Room) -> None:
    room.flows.will(OpenForm(CHECK_IN), OpenForm(CHECK_IN))
    await room.types("/ai checkin", "2", "/cancel", "/ai checkin", None)
    assert room.printed.count(LEFT) == 2
    assert all(isinstance(each, Command) for each in room.flows.seen)


async def test_fields_take_numbers_labels_and_several_lines(room: Room) -> None:
    room.flows.will(OpenForm(CHECK_IN))
    await room.types("/ai checkin", "AMBER", "one\\", "two", "-", "Ravi Shah", "2, data")
    sent = room.flows.seen[-1]
    assert isinstance(sent, FormSubmitted)
    assert sent.values == {
        "status": "amber",
        "progress": "one\ntwo",
        "helper": "Ravi Shah",
        "risks": ["people", "data"],
    }


async def test_what_is_none_of_the_choices_is_refused_at_once(room: Room) -> None:
    room.flows.will(OpenForm(CHECK_IN))
    await room.types("/ai checkin", "purple", "2", "moved", "", "", "data, garbage here", "data")
    assert "! “purple” is none of the choices. Type the number or the words of one." in room.printed
    assert "! “garbage here” is none of the choices." in room.printed
    sent = room.flows.seen[-1]
    assert isinstance(sent, FormSubmitted)
    assert (sent.values["status"], sent.values["risks"]) == ("amber", ["data"])


async def test_only_what_is_wrong_is_asked_again(room: Room) -> None:
    room.flows.will(OpenForm(CHECK_IN), FormErrors(CHECK_IN, {"progress": "Please say which site."}))
    await room.types("/ai checkin", "2", "moved", "", "Ravi Shah", "1", "Second site")
    sent = room.flows.seen[-1]
    assert isinstance(sent, FormSubmitted)
    assert sent.values == {
        "status": "amber",
        "progress": "Second site",
        "next": "2026-12-01",
        "helper": "Ravi Shah",
        "risks": ["data"],
    }


@pytest.mark.parametrize("line", ["/ai-status SEPSIS", "quit", "Inbox", "jump", "/quit"])
async def test_a_command_inside_a_form_is_no_answer(room: Room, line: str) -> None:
    room.flows.will(OpenForm(CHECK_IN))
    await room.types("/ai checkin", "1", line)
    assert f"leave it with /cancel and then write {line}." in room.printed
    await room.types("moved", "", "", "people")
    sent = room.flows.seen[-1]
    assert isinstance(sent, FormSubmitted)
    assert (sent.values["progress"], sent.values["risks"]) == ("moved", ["people"])


async def test_help_is_the_guide(room: Room) -> None:
    await room.types("help")
    assert room.terminal.printed == [GUIDE]


async def test_errors_are_said_before_the_fields_and_enter_keeps_what_was_typed(room: Room) -> None:
    errors = {"status": "Choose one of the options.", "gone": "The cycle closes today."}
    room.flows.will(OpenForm(CHECK_IN), FormErrors(CHECK_IN, errors))
    await room.types("/ai checkin", "red", "first", "", "Ravi Shah", "1")
    assert "! Status: Choose one of the options." in room.printed
    assert "! The cycle closes today." in room.printed
    await room.types("2", "", "", "", "")
    sent = room.flows.seen[-1]
    assert isinstance(sent, FormSubmitted)
    assert sent.values == {
        "status": "amber",
        "progress": "first",
        "next": "2026-12-01",
        "helper": "Ravi Shah",
        "risks": ["data"],
    }


async def test_a_terminal_that_has_gone_is_unavailable_and_the_message_comes_when_it_is_back(room: Room) -> None:
    def gone(_words: str) -> None:
        raise BrokenPipeError

    room.terminal.session.write = gone
    with pytest.raises(PlatformUnavailable) as caught:
        await room.platform.send(INBOX, SHORT, {}, "1")
    assert not caught.value.maybe_sent
    room.terminal.session.write = room.terminal.printed.append
    await room.platform.send(INBOX, EVERYTHING, {}, "1")
    assert "Weekly check-in" in room.printed
    assert len(room.platform.conversations[SARAH]) == 1


async def test_a_key_is_delivered_once(room: Room) -> None:
    first = await room.platform.send(INBOX, SHORT, {}, "1")
    assert await room.platform.send(INBOX, EVERYTHING, {}, "1") == first
    assert len(room.platform.conversations[SARAH]) == 1


async def test_nowhere_and_nothing_are_errors(room: Room) -> None:
    with pytest.raises(RecipientUnreachable):
        await room.platform.send(Address(NAME, "", TENANT), SHORT, {}, "1")
    with pytest.raises(RecipientUnreachable):
        await room.platform.update(MessageRef(NAME, SARAH, "gone", TENANT), SHORT, {})


def test_control_characters_are_made_visible_and_others_kept() -> None:
    assert (
        render.safe("a\x1b[31mb\r\x00\x9bc\td\ne \u202eשלום 👩‍🔬")
        == "a\\x1b[31mb\\x0d\\x00\\x9bc\td\ne \u202eשלום 👩‍🔬"
    )


@pytest.mark.parametrize(
    ("typed", "value"), [("10", "10"), ("Green", "g"), ("2", "2"), ("1", "g"), ("-", ""), (" Zz ", "Zz")]
)
def test_a_choice_means_its_label_before_its_number(typed: str, value: str) -> None:
    item = ChoiceField(name="c", label="C", options=(("g", "green"), ("10", "ten"), ("2", "two")))
    assert fields.parsed(item, typed) == value


def test_a_form_is_prefilled_with_what_was_sent() -> None:
    before = fields.prefilled(CHECK_IN, {"status": "red", "next": "no day", "helper": "Ravi", "risks": ["data"]})
    assert [fields.initial_of(item) for item in before.fields] == ["red", "", "", "Ravi", ["data"]]
    assert "[Ravi]" in render.question(PersonField(name="p", label="P", initial="Ravi"))
    assert "[SEPSIS]" in render.question(InitiativeField(name="i", label="I", initial="SEPSIS"))
    assert fields.parsed(InitiativeField(name="i", label="I"), " sepsis early ") == "sepsis early"
    assert "[a\\x07]" in render.question(TextField(name="t", label="T", initial="a\x07"))


async def test_the_connection_reads_the_terminal_until_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = iter(["/ai help\n", ""])

    class Keyboard:
        def readline(self) -> str:
            return next(lines)

    monkeypatch.setattr("sys.stdin", Keyboard())
    flows, asked = Flows(), asyncio.Event()

    async def dispatch(interaction: Command) -> Say:
        asked.set()
        flows.seen.append(interaction)
        return Say(EVERYTHING)

    connection = build(ConsoleSettings(user="Sarah@Northlake.Example"), dispatch)  # type: ignore[arg-type]  # commands only
    await connection.start()
    await asyncio.wait_for(asked.wait(), 5)
    await connection.stop()
    assert [each.sender.user for each in flows.seen] == [SARAH]
