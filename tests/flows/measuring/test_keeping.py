"""What is kept of values, and what goes: numbers stay, words go when their time or their author is gone."""

from datetime import timedelta

from bot.flows.operating.erasing import erase
from bot.flows.upkeep import forget_old
from tests.builders import ANA
from tests.domain.measuring.numbers import a_metric, a_value
from tests.flows.world import BEN, World


async def kept(world: World) -> list[tuple[str, str]]:
    async with world.ports.open_unit_of_work() as uow:
        return [(str(each.value), each.note) for each in await uow.measurements.all()]


async def test_notes_go_with_the_time_of_the_organisation_and_numbers_stay(world: World) -> None:
    old = world.clock.now() - timedelta(days=1100)
    await world.has(
        a_metric(), a_value("0.82", at=old, day=old.date(), note="from a sheet"), a_value("0.81", note="new")
    )
    await forget_old(world.ports)
    assert await kept(world) == [("0.82", ""), ("0.81", "new")]


async def test_an_erased_persons_notes_go_and_their_name_goes_from_those_of_others(world: World) -> None:
    by_ana = a_value("0.82", note="my own words", recorded_by=ANA)
    by_ben = a_value("0.5", note="Ana Ortiz told me", recorded_by=BEN, metric_id=a_metric("ppv").id)
    await world.has(a_metric(), a_metric("ppv"), by_ana, by_ben)
    await erase("Ana Ortiz", world.ports, force=True)
    said = " ".join(note for _, note in await kept(world))
    assert "my own words" not in said
    assert "Ana" not in said
    assert [value for value, _ in await kept(world)] == ["0.5", "0.82"]
