"""What is measured, in chat on every platform: asked for, refused, corrected, shown."""

from tests.builders import store
from tests.domain.measuring.numbers import a_metric
from tests.e2e.harness import World
from tests.e2e.people import ANA, RUTH, SAM
from tests.e2e.test_journeys_of_people import ana_is_asked


async def test_a_value_is_given_in_the_check_in_then_shown_and_corrected(world: World) -> None:
    await store(world.database, a_metric())
    await ana_is_asked(world)
    await world.answer(ANA, "SEPSIS", {"rag_model": "Green", "m_auroc": "81,9"})
    form = world.form(ANA)
    assert "81.9 cannot be: AUROC is between 0 and 1. Correct it." in form.words
    assert form.values["m_auroc"] == "81,9"
    await world.fill(ANA, {"m_auroc": "0,891"})
    assert not world.has_form(ANA)

    told = await world.command(ANA, "/ai metric SEPSIS")
    assert "AUROC 0.891 in 2026-W49" in told.replace("*", "")
    await world.press_told(ANA, "Enter or correct")
    assert "2026-W49: 0.891" in world.form(ANA).words
    said = await world.fill(ANA, {"period": "2026-W49", "value": "0.819", "note": "Digits swapped"})
    assert "It was 0.891; both are kept." in said
    assert "0.819 in 2026-W49, of now, corrected" in await world.command(ANA, "/ai metric SEPSIS")


async def test_metrics_are_shown_to_those_with_a_part_and_entered_by_who_answers_for_them(world: World) -> None:
    await store(world.database, a_metric())
    for person in (SAM, RUTH):
        told = await world.command(person, "/ai metric SEPSIS")
        assert "missing for" in told
        assert "Enter or correct" not in told
    assert "No initiative named" in await world.command(RUTH, "/ai metric NOSUCHTHING")
