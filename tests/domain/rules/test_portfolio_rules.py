"""Rules about people's load and about a portfolio as a whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.raid import RaidCategory
from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.findings import Grade
from bot.domain.rules.portfolio import PortfolioFacts, Slot, overview, own_03, review
from bot.domain.rules.records import Milestone, Phase, Stay, Trouble
from bot.messages.findings.sentences import finding_words
from tests.domain.rules.building import ON, ago, days_ago, held, initiative


def several(number: int, stage: Stage = Stage.PILOT, **fields: object) -> tuple[InitiativeFacts, ...]:
    return tuple(replace(initiative(stage), key=f"{stage}{n}", **fields) for n in range(number))  # type: ignore[arg-type] # as in replace


def of(*initiatives: InitiativeFacts, **fields: object) -> list[str]:
    found = review(PortfolioFacts(initiatives=initiatives, **fields), ON)  # type: ignore[arg-type] # as in the class
    assert all(finding_words(one) for one in found)
    assert all(one.grade is Grade.INFO for one in found)
    return [f"{one.rule} {one.subject}" for one in found]


def loads(*initiatives: InitiativeFacts) -> list[tuple[str, str, Grade, float]]:
    seen = overview(PortfolioFacts(initiatives=initiatives), ON)
    return [(one.person, one.role, one.grade, one.load) for one in own_03(seen)]


ADA_SPONSORS, BEN_LEADS = held(sponsor="Ada"), held(technical="Ben")


@pytest.mark.parametrize(
    ("initiatives", "grade"),
    [
        (several(4, holdings=ADA_SPONSORS), None),
        (several(5, holdings=ADA_SPONSORS), Grade.AMBER),
        (several(7, holdings=ADA_SPONSORS), Grade.RED),
        (several(3, holdings=BEN_LEADS), None),
        (several(4, holdings=BEN_LEADS), Grade.AMBER),
        (several(3, holdings=BEN_LEADS) + several(1, Stage.PRODUCTION, holdings=BEN_LEADS), Grade.AMBER),
        (several(6, Stage.PRODUCTION, holdings=BEN_LEADS), None),
    ],
)
def test_own_03_counts_the_load_of_a_person_in_a_role(
    initiatives: tuple[InitiativeFacts, ...], grade: Grade | None
) -> None:
    assert [found[2] for found in loads(*initiatives)] == ([grade] if grade else [])


def test_own_03_counts_nothing_on_hold_and_each_role_for_itself() -> None:
    paused = several(9, holdings=BEN_LEADS, phases=(Phase(Lifecycle.ON_HOLD),))
    assert (
        loads(*paused, *several(3, holdings=BEN_LEADS), *several(4, Stage.LAUNCH, holdings=held(sponsor="Ben"))) == []
    )


def late(number: int, of_them: int) -> tuple[Milestone, ...]:
    return tuple(Milestone(str(n), ago(9), ago(8) if n < number else ago(9)) for n in range(of_them))


def test_dt_05_holds_the_portfolio_against_its_reference() -> None:
    assert of(initiative(milestones=late(1, 19))) == ["DT-05 portfolio"]
    assert of(initiative(milestones=late(1, 20))) == []
    assert of(initiative(milestones=late(4, 4))) == []


def test_gv_03_a_review_with_items_waiting_did_not_happen() -> None:
    missed = Slot(days_ago(3), 2, held=False)
    assert of(slots=(missed,)) == [f"GV-03 {missed.on}"]
    assert of(slots=(replace(missed, held=True), replace(missed, waiting=0), replace(missed, on=ON))) == []


def blocked(key: str, days: int) -> InitiativeFacts:
    trouble = Trouble(id="b", text="x", raised_on=days_ago(days), category=RaidCategory.DATA)
    return replace(initiative(), key=key, blockers=(trouble, replace(trouble, id="c")))


def test_ll_03_the_same_obstacle_in_three_initiatives() -> None:
    assert of(blocked("A", 1), blocked("B", 100), blocked("C", 181)) == ["LL-03 data"]
    assert of(blocked("A", 1), blocked("B", 100), blocked("C", 182)) == []
    assert of(blocked("A", 1), blocked("A", 2), blocked("B", 3)) == []


def test_pf_01_too_many_pilots_for_the_limit_or_for_what_becomes_of_them() -> None:
    assert of(*several(9)) == ["PF-01 pilots"]
    assert of(*several(8)) == []
    assert of(*several(3), pilot_limit=2) == ["PF-01 pilots"]
    assert of(*several(3), *several(1, Stage.LAUNCH), conversion=0.29) == ["PF-01 pilots"]
    assert of(*several(3), *several(1, Stage.LAUNCH), conversion=0.30) == []
    assert of(*several(2), *several(1, Stage.LAUNCH), conversion=0.10) == []


def took(days: int, key: str) -> InitiativeFacts:
    entered = ON - timedelta(days=days + 10)
    stays = (Stay(Stage.PILOT, entered), Stay(Stage.PRODUCTION_READINESS, entered + timedelta(days=days)))
    return replace(initiative(), key=key, stays=stays)


def test_pf_02_longer_in_its_stage_than_is_usual() -> None:
    usual = [took(100, f"D{n}") for n in range(5)]
    slow, other = (
        replace(initiative(since=days_ago(151)), key="SLOW"),
        replace(initiative(since=days_ago(150)), key="OK"),
    )
    assert of(*usual, slow, other) == ["PF-02 SLOW"]
    assert of(*usual[:4], slow) == []
