"""Reminders at gates: to those who owe something, on the days of the rule, in one message, never after it is done."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.calendar import local_instant
from bot.domain.deliveries import DeliveryKind
from bot.domain.gates.dates import DateReason
from bot.flows.delivery import deliver_due
from bot.flows.gates import dates
from bot.flows.gates.reminding import remind
from bot.messages.model import Message
from bot.playbook.public_holidays import public_holidays
from tests.builders import ANA, an_organisation, store
from tests.fakes.recording_platform import RecordingPlatform, direct
from tests.flows.gates.board import Board
from tests.flows.gates.talk import Talk
from tests.flows.office import UNPACED
from tests.gates import BEN, CLEO, DANA, GINA

DUE = date(2026, 12, 28)
NAMES = ("ana-ortiz", "ben-vale", "dana-whitfield", "gina-karim", "lena-frost", "rita-moss", "fay-stone")


class Days:
    """Days go by, and what people are reminded of is read."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.slack = RecordingPlatform(directory={f"{name}@northlake.example": f"U-{name}" for name in NAMES})
        policy = replace(board.ports.policy, delivery=replace(board.ports.policy.delivery, paces=UNPACED))
        self.ports = replace(board.ports, platforms={"slack": self.slack}, policy=policy)

    async def go_by(self, until: date) -> dict[date, list[str]]:
        """Live until a day; return by day who got a reminder of a gate."""
        got: dict[date, list[str]] = {}
        while (today := self.board.clock.now().astimezone(UTC).date()) < until:
            before = len(self.slack.sent)
            await remind(self.ports)
            while await deliver_due(self.ports, "w"):
                continue
            fresh = [one for one in self.slack.sent[before:] if "due from you at gates" in one.message.title]
            if fresh:
                got[today] = sorted(one.to.conversation for one in fresh)
            self.board.clock.set(local_instant(today + timedelta(days=1), time(16), UTC))
        return got

    def read_by(self, who: str) -> list[Message]:
        """Return the reminders somebody got."""
        return [each for each in self.slack.sent_to(f"U-{who}") if "due from you at gates" in each.title]


async def due_on(board: Board, country: str | None) -> Days:
    """Let G1 be due on 28 December 2026 in an organisation of a country."""
    board.ports = replace(board.ports, holidays=public_holidays)
    await board.starts()
    await store(board.database, an_organisation(country=country))
    gate = await board.gate("G1")
    move = dates.Move(due=DUE, reason=DateReason.SCOPE)
    await board.act(dates.move_gate, gate.id, move)
    return Days(board)


@pytest.mark.parametrize(
    ("country", "days", "due"),
    [
        # By hand, counting back from the due day: 24, 23, 22, 21, 18 December are the first five working days before
        # it, for 25 December is a holiday in both. In Great Britain Boxing Day is kept on Monday 28 December, so the
        # gate is due on the 29th there, and the 28th does not count: the days are the same.
        ("DE", [date(2026, 11, 27), date(2026, 12, 11), date(2026, 12, 18), date(2026, 12, 24)], DUE),
        ("GB", [date(2026, 11, 27), date(2026, 12, 11), date(2026, 12, 18), date(2026, 12, 24)], date(2026, 12, 29)),
    ],
)
async def test_on_twenty_ten_five_and_one_working_days_before(
    board: Board, country: str, days: list[date], due: date
) -> None:
    board.clock.set(datetime(2026, 11, 26, 16, tzinfo=UTC))
    living = await due_on(board, country)
    assert (await board.gate("G1")).current_due == due
    got = await living.go_by(date(2027, 1, 2))
    mine = direct(f"U-{DANA}")
    of_g1 = [day for day, who in got.items() if mine in who]
    assert set(days) <= set(of_g1), of_g1


async def test_one_message_a_day_and_only_to_those_who_owe(board: Board) -> None:
    living = await due_on(board, None)
    got = await living.go_by(date(2027, 1, 2))
    assert got
    assert all(len(who) == len(set(who)) for who in got.values())
    everybody = {one for who in got.values() for one in who}
    assert direct(f"U-{GINA}") not in everybody  # nothing is before her
    assert direct(f"U-{CLEO}") not in everybody  # a delegate is not accountable
    assert all("SEPSIS" in str(message) for message in living.read_by(BEN))


async def test_nothing_after_it_is_signed(board: Board) -> None:
    living = await due_on(board, None)
    await board.defines()
    await board.meets("G1")
    await board.meets("G4")
    got = await living.go_by(date(2027, 1, 2))
    owing = {one for who in got.values() for one in who}
    assert owing <= {direct(f"U-{DANA}")}, got  # who submits
    assert all("submit the gate" in str(message) for message in living.read_by(DANA))
    assert living.read_by(ANA) == []


async def test_what_is_done_before_it_goes_out_is_not_said(board: Board) -> None:
    living = await due_on(board, None)
    board.clock.set(datetime(2026, 12, 21, 3, tzinfo=UTC))
    await remind(living.ports)
    await board.defines()
    await board.meets("G1")
    await board.meets("G4")
    board.clock.set(datetime(2026, 12, 21, 17, tzinfo=UTC))
    while await deliver_due(living.ports, "w"):
        continue
    assert living.read_by(ANA) == []


async def test_the_button_shows_the_gate(board: Board) -> None:
    living = await due_on(board, None)
    await living.go_by(date(2027, 1, 2))
    talk = Talk(board)
    talk.shown[DANA] = living.read_by(DANA)[0]
    assert "SEPSIS G" in await talk.press(DANA, "Show the gate")
    rows = DeliveryKind.GATE_REMINDER
    assert rows.value == "gate_reminder"
