"""Values in check-ins: which are asked for, and what becomes of those given."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.initiatives import Stage
from bot.domain.measuring.measurements import Measurement, MeasurementState
from bot.domain.measuring.metrics import Frequency, Metric, MetricKind, Source
from bot.domain.ownership import Role
from bot.errors import UserError
from bot.flows import answering
from bot.messages.forms import TextField
from bot.messages.model import Action
from bot.ports import Done, FormErrors, Replace
from tests.builders import ANA, an_initiative
from tests.domain.measuring.numbers import a_metric, a_value
from tests.flows.world import BEN, World

GREEN = {"rag_model": "Green"}
W48 = date(2026, 11, 23)
WEEK = timedelta(weeks=1)


async def fields_of(world: World, role: Role = Role.TECHNICAL_LEAD, who: str = ANA) -> dict[str, str]:
    """The names of the fields a role is shown, with their hints."""
    prompt = await world.asks(role=role, person_id=who)
    form = (await world.form_of(prompt, who)).form
    return {field.name: field.hint for field in form.fields}


async def values_of(world: World, metric: Metric) -> list[Measurement]:
    """Every row of a metric, the oldest first."""
    async with world.ports.open_unit_of_work() as uow:
        return await uow.measurements.since([metric.id], date(2020, 1, 1))


async def test_a_value_that_is_due_is_asked_for_with_the_last_one_shown(world: World) -> None:
    await world.has(a_metric(), a_value("0.819", day=W48 - WEEK))
    assert (await fields_of(world))["m_auroc"] == "last 0.819 in 2026-W47; between 0 and 1"


@pytest.mark.parametrize("source", [Source.WEBHOOK, Source.API])
async def test_a_value_that_comes_from_elsewhere_is_not_asked_for(world: World, source: Source) -> None:
    await world.has(a_metric(source=source))
    assert "m_auroc" not in await fields_of(world)


@pytest.mark.parametrize(
    "metric",
    [
        a_metric(active=False),
        a_metric(frequency=Frequency.MONTHLY),
        a_metric(owner_role=Role.OPERATIONS_LEADER),
    ],
)
async def test_a_value_that_is_not_due_or_not_this_roles_is_not_asked_for(world: World, metric: Metric) -> None:
    await world.has(metric)
    assert "m_auroc" not in await fields_of(world)


async def test_a_value_that_is_there_already_is_not_asked_for_again(world: World) -> None:
    await world.has(a_metric(), a_value(day=W48))
    assert "m_auroc" not in await fields_of(world)


async def test_at_most_two_values_are_asked_for_in_one_form(world: World) -> None:
    await world.has(*(a_metric(key) for key in ("auroc", "ppv", "psi")))
    fields = await fields_of(world)
    assert sorted(name for name in fields if name.startswith("m_")) == ["m_auroc", "m_ppv"]
    assert len(fields) == 5


async def test_metrics_of_adoption_take_the_place_of_the_general_questions(world: World) -> None:
    metric = a_metric("used", kind=MetricKind.ADOPTION, owner_role=Role.OPERATIONS_LEADER, unit="%", plausible_max=None)
    await world.has(an_initiative(stage=Stage.PRODUCTION), metric)
    fields = await fields_of(world, Role.OPERATIONS_LEADER, BEN)
    assert "a_used" in fields
    assert not fields.keys() & {"a_active", "a_acted"}
    assert fields["a_used"].endswith("or counts such as 412/640")


async def test_a_value_is_stored_as_the_measurement_of_the_cycles_week(world: World) -> None:
    await world.has(a_metric())
    prompt = await world.asks()
    assert await world.answered(prompt, {**GREEN, "m_auroc": "0,819"}) == Done()
    (value,) = await values_of(world, a_metric())
    assert (value.period.key, value.value, value.source) == ("2026-W48", Decimal("0.819"), Source.MANUAL)
    assert (value.recorded_by, value.prompt_id) == (ANA, prompt.id)


async def test_an_edit_of_a_value_keeps_the_original(world: World) -> None:
    await world.has(a_metric())
    prompt = await world.asks()
    await world.answered(prompt, {**GREEN, "m_auroc": "0.891"})
    form = (await world.form_of(prompt)).form
    assert {f.name: f.initial for f in form.fields if isinstance(f, TextField)}["m_auroc"] == "0.891"
    await world.answered(await world.prompt(), {**GREEN, "m_auroc": "0.819"})
    before, after = await values_of(world, a_metric())
    assert (before.state, before.value) == (MeasurementState.VOID, Decimal("0.891"))
    assert (after.state, after.corrects_id) == (MeasurementState.CORRECTED, before.id)


async def test_an_edit_that_empties_a_value_withdraws_it(world: World) -> None:
    await world.has(a_metric())
    await world.answered(await world.asks(), {**GREEN, "m_auroc": "0.891"})
    await world.answered(await world.prompt(), GREEN)
    (value,) = await values_of(world, a_metric())
    assert value.state is MeasurementState.VOID


async def test_a_value_outside_the_range_is_refused_at_its_field_and_what_was_typed_stays(world: World) -> None:
    await world.has(a_metric())
    reply = await world.answered(await world.asks(), {**GREEN, "m_auroc": "81.9", "commit_next": "Tune it"})
    assert isinstance(reply, FormErrors)
    assert reply.errors == {"m_auroc": "81.9 cannot be: AUROC is between 0 and 1. Correct it."}
    kept = {f.name: f.initial for f in reply.form.fields if isinstance(f, TextField)}
    assert (kept["m_auroc"], kept["commit_next"]) == ("81.9", "Tune it")
    assert await values_of(world, a_metric()) == []


async def test_a_value_that_looks_mistyped_is_asked_about_once(world: World) -> None:
    await world.has(a_metric(), *(a_value(f"0.8{n}", day=W48 - WEEK * (n + 1)) for n in range(8)))
    prompt = await world.asks()
    reply = await world.answered(prompt, {**GREEN, "m_auroc": "0.28"})
    assert isinstance(reply, FormErrors)
    assert "far from the last values" in reply.errors["m_auroc"]
    assert await world.act(answering.answer, world.sent(reply, {**GREEN, "m_auroc": "0.28"})) == Done()


async def test_no_material_change_is_no_answer_while_a_value_is_due(world: World) -> None:
    await world.answered_before()
    await world.has(a_metric())
    pressed = world.pressed(Action.CHECKIN_UNCHANGED, (await world.asks()).id)
    with pytest.raises(UserError, match="A number is due"):
        await world.act(answering.unchanged, pressed)
    await world.has(a_value(day=W48))
    assert isinstance(await world.act(answering.unchanged, pressed), Replace)
