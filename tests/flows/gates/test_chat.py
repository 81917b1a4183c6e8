"""Gates in chat: the card, its buttons and forms, from intake to scaled, and everything that is refused there."""

from datetime import date

import pytest

from bot.domain.deliveries import DeliveryKind
from bot.domain.gates.decisions import in_order
from bot.domain.gates.gates import PASSED
from bot.domain.gates.signing import missing
from bot.domain.initiatives import Stage
from bot.messages.model import Action
from tests.builders import ANA, SEPSIS
from tests.flows.gates.board import SIGNERS, Board
from tests.flows.gates.talk import Talk
from tests.gates import BEN, CLEO, DANA, GINA, RITA

CHARTER = {
    "use_case": "Nurses are warned of sepsis and act",
    "user_group": "nurses of ward 3",
    "user_group_size": "120",
    "stop_rule": "Recall below 60% in two samples",
    "risk_tier": "limited",
}
REST = {"timebox_start": "2026-12-01", "timebox_end": "2027-02-26", "users": "120", "decision_type": "", "fallback": ""}
CRITERIA = (
    ("accuracy", "guardrail", ">= 80 %", "90", "85"),
    ("adoption", "goal", ">= 60 %", "80", "10"),
    ("efficiency", "goal", "<= 120 min", "100", "180"),
)
NUMBERS = {
    "performance_floor": "80%",
    "capacity": "400 a day",
    "training_percent": "90",
    "support_hours": "8 to 18",
    "support_owner": "Ward IT",
}
WHY = "The numbers hold and everybody who signs has signed."


@pytest.fixture
async def talk(board: Board) -> Talk:
    """Everybody may talk to Steward about SEPSIS."""
    return Talk(board)


async def starts(talk: Talk) -> None:
    """Let the sponsor start and write the charter, and all three agree on the criteria."""
    await talk.ask(DANA)
    await talk.press(DANA, "Start the charter")
    await talk.press(DANA, "Charter")
    await talk.fill(DANA, CHARTER)
    assert "The charter is noted" in await talk.fill(DANA, REST)
    for category, mode, limit, target, baseline in CRITERIA:
        await talk.press(DANA, "Success criteria")
        await talk.press(DANA, "Propose a criterion")
        first = {
            "statement": f"Better {category}",
            "category": category,
            "mode": mode,
            "limit": limit,
            "target": target,
        }
        await talk.fill(DANA, first)
        rest = {
            "baseline_value": baseline,
            "method": "weekly chart review",
            "measure_by": "2027-02-19",
            "owner_role": "technical_lead",
            "priority": "must",
        }
        assert "The criterion is proposed" in await talk.fill(DANA, rest)
        for who in (ANA, BEN):
            await talk.ask(who)
            await talk.press(who, "Success criteria")
            said = await talk.press(who, "Approve")
            assert "is locked" in said if who == BEN else "others approve it too" in said
        await talk.ask(DANA)


async def meets(talk: Talk, code: str) -> None:
    """Let everybody show and sign what a gate needs."""
    gate = await talk.board.gate(code)
    for criterion in (await talk.board.bench()).of_gate(gate):
        bench = await talk.board.bench()
        one = bench.criterion(criterion.id)
        assert one
        if one.state in PASSED:
            continue
        await talk.ask(DANA, f"gate SEPSIS {code}")
        await talk.press(DANA, "Show evidence")
        shown = {"kind": "link", "title": "Report", "url": "https://wiki.example/r", "valid_until": ""}
        which = talk.option(DANA, "criterion", f"{one.number} ")
        assert "Noted: evidence" in await talk.fill(DANA, {"criterion": which, **shown})
        for role in dict.fromkeys(missing(one, bench.signatures)):
            who = SIGNERS[role]
            await talk.ask(who, f"gate SEPSIS {code}")
            if "Sign" in talk.may(who):
                await talk.press(who, "Sign")
                which = talk.option(who, "criterion", f"{one.number} ")
                said = await talk.fill(who, {"criterion": which, "verdict": "met", "comment": ""})
                assert "You signed" in said, said


async def passes(talk: Talk, code: str) -> str:
    """Let a gate be met, submitted and decided in chat."""
    await meets(talk, code)
    await talk.ask(DANA, f"gate SEPSIS {code}")
    await talk.press(DANA, "Submit for decision")
    await talk.ask(GINA, f"gate SEPSIS {code}")
    await talk.press(GINA, "Go")
    said = await talk.fill(GINA, {"rationale": WHY})
    if "early_reason" in said:
        said = await talk.fill(GINA, {"rationale": WHY, "early_reason": "The board meets today"})
    assert "Decided: Go" in said, said
    return said


async def phase(talk: Talk, name: str) -> None:
    """Let the operations leader plan a phase."""
    await talk.ask(BEN)
    await talk.press(BEN, "Plan a phase")
    typed = {"name": name, "population": "40", "start": "2027-03-01", "exit_criteria": "No harm in two weeks"}
    assert "The phase is planned" in await talk.fill(BEN, typed)


async def test_from_intake_to_scaled_in_chat(talk: Talk) -> None:
    board = talk.board
    await starts(talk)
    assert "It is in pilot." in await passes(talk, "G1")
    await passes(talk, "G4")
    await talk.ask(DANA)
    await talk.press(DANA, "Readiness numbers")
    await talk.fill(DANA, NUMBERS)
    assert "It is in production readiness." in await passes(talk, "G2")
    await passes(talk, "G3")
    await phase(talk, "Ward 3")
    assert "It is in launch." in await passes(talk, "G5")
    await talk.ask(BEN)
    await talk.press(BEN, "Begin Ward 3")
    assert "Ward 3 is done" in await talk.press(BEN, "Finish Ward 3")
    board.clock.advance(days=30)
    assert "It is in production." in await passes(talk, "G6")
    board.clock.advance(days=60)
    await talk.ask(DANA)
    await talk.press(DANA, "Use and asset")
    await talk.fill(DANA, {"usage_mode": "default", "asset_id": "A-17"})
    await passes(talk, "G7")
    await phase(talk, "Hospital North")
    await passes(talk, "G8")
    assert (await board.initiative()).stage is Stage.SCALED
    decided = [one.gate_code for one in in_order((await board.bench()).decisions)]
    assert decided == ["", "G1", "G4", "G2", "G3", "G5", "G6", "G7", "G8"]


async def test_the_card_says_who_owes_what_by_when(talk: Talk) -> None:
    await starts(talk)
    said = await talk.ask(DANA)
    assert "SEPSIS G1 Pilot definition: open" in said
    assert "must criteria open" in said
    assert "waits for Dana Whitfield" in said
    assert "Decided by Gina Karim" in said


async def test_somebody_who_follows_sees_it_and_may_do_nothing(talk: Talk) -> None:
    await starts(talk)
    await talk.ask(GINA)
    assert talk.may(GINA) == ["Success criteria", "New date", "Waive"]


async def test_what_is_refused_is_said_at_its_field_and_nothing_typed_is_lost(talk: Talk) -> None:
    await starts(talk)
    await talk.ask(DANA)
    await talk.press(DANA, "Show evidence")
    which = talk.option(DANA, "criterion", "1 ")
    said = await talk.fill(
        DANA, {"criterion": which, "kind": "link", "title": "Report", "url": "wiki", "valid_until": ""}
    )
    assert "'url': 'A link begins with https://" in said
    kept = {field.name: getattr(field, "initial", "") for field in talk.form[DANA].form.fields}
    assert (kept["title"], kept["url"], kept["criterion"]) == ("Report", "wiki", (which,))


@pytest.mark.parametrize(
    ("limit", "said"), [("80", "'limit': 'Write the limit"), (">= many %", "'limit': "), (">= 80", "'limit': ")]
)
async def test_a_limit_has_direction_number_and_unit(talk: Talk, limit: str, said: str) -> None:
    await talk.ask(DANA)
    await talk.press(DANA, "Start the charter")
    await talk.press(DANA, "Success criteria")
    await talk.press(DANA, "Propose a criterion")
    typed = {"statement": "x", "category": "accuracy", "mode": "goal", "limit": limit, "target": "90"}
    assert said in await talk.fill(DANA, typed)


async def test_a_threshold_on_the_wrong_side_of_its_baseline_is_refused_with_what_was_typed(talk: Talk) -> None:
    await talk.ask(DANA)
    await talk.press(DANA, "Start the charter")
    await talk.press(DANA, "Success criteria")
    await talk.press(DANA, "Propose a criterion")
    typed = {"statement": "x", "category": "adoption", "mode": "goal", "limit": ">= 60 %", "target": "80"}
    await talk.fill(DANA, typed)
    rest = {"baseline_value": "70", "method": "log", "measure_by": "2027-02-19", "owner_role": "", "priority": "must"}
    assert "baseline" in await talk.fill(DANA, rest)
    kept = {field.name: getattr(field, "initial", "") for field in talk.form[DANA].form.fields}
    assert (kept["baseline_value"], kept["method"]) == ("70", "log")


async def test_of_two_gatekeepers_one_decides_and_the_other_sees_what_was_decided(talk: Talk) -> None:
    await starts(talk)
    await meets(talk, "G1")
    await talk.ask(DANA)
    await talk.press(DANA, "Submit for decision")
    await talk.ask(GINA)
    stale = talk.button(GINA, Action.GATE_DECIDE)
    await talk.press(GINA, "Go")
    form = talk.form[GINA]
    decided = {"rationale": WHY, "early_reason": "The board meets today"}
    first = await talk.fill(GINA, decided)
    assert "Decided: Go" in first
    talk.form[GINA] = form
    assert "This was decided already: Go, by Gina Karim" in await talk.fill(GINA, decided)
    assert "does not wait for anything any more" in await talk.press_button(GINA, stale)
    assert [one.gate_code for one in (await talk.board.bench()).decisions].count("G1") == 1


async def test_a_decision_is_told_once_to_everybody_it_concerns_but_who_took_it(talk: Talk) -> None:
    await starts(talk)
    await passes(talk, "G1")
    told: dict[str, int] = {}
    for who in (ANA, BEN, CLEO, DANA, GINA):
        async with talk.board.ports.open_unit_of_work() as uow:
            rows = await uow.deliveries.of_person(who, talk.board.clock.now())
        told[who] = sum(row.kind is DeliveryKind.GATE_DECIDED for row in rows)
    assert told == {ANA: 2, BEN: 2, CLEO: 2, DANA: 1, GINA: 1}  # the start, which was Dana's, and the go, Gina's


@pytest.mark.parametrize("who", [ANA, CLEO, RITA])
async def test_nobody_but_a_gatekeeper_decides(talk: Talk, who: str) -> None:
    await starts(talk)
    await meets(talk, "G1")
    await talk.ask(DANA)
    await talk.press(DANA, "Submit for decision")
    await talk.ask(GINA)
    button = talk.button(GINA, Action.GATE_DECIDE)
    talk.shown[who] = talk.shown[GINA]
    assert "Only a gatekeeper of this initiative decides that" in await talk.press_button(who, button)


async def test_a_new_date_on_a_day_off_moves_and_is_said_with_its_slip(talk: Talk) -> None:
    await starts(talk)
    await talk.ask(DANA)
    await talk.press(DANA, "New date")
    saturday = date(2027, 1, 16)
    said = await talk.fill(DANA, {"new_due": saturday.isoformat(), "reason": "data", "comment": ""})
    assert "It is due 18 Jan 2027 now, the next working day after what you wrote." in said
    assert "moved by" in said


async def test_taken_back_and_waived(talk: Talk) -> None:
    await starts(talk)
    await talk.ask(DANA)
    await talk.press(DANA, "Submit for decision")
    await talk.press(DANA, "Take it back")
    assert "It is taken back" in await talk.fill(DANA, {"reason": "The baseline is not measured"})
    await talk.ask(GINA)
    await talk.press(GINA, "Waive")
    which = talk.option(GINA, "criterion", "9 ")
    typed = {"criterion": which, "how": "waived", "reason": "Later", "control": "", "expires_on": "2027-01-29"}
    assert "'control'" in await talk.fill(GINA, typed)
    assert "9 is waived" in await talk.fill(GINA, {**typed, "control": "Manual check"})


async def test_an_initiative_that_is_not_there_or_not_named(talk: Talk) -> None:
    assert "Write an initiative" in await talk.ask(DANA, "gate")
    assert "There is no such gate" in await talk.ask(DANA, "gate SEPSIS G3")
    assert "No initiative" in await talk.ask(DANA, "gate QQQQ")
    assert SEPSIS
