"""`/ai metric NAME`: shown to whom it may be, entered and corrected by who answers for it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.initiatives import Lifecycle
from bot.domain.measuring.measurements import Measurement, MeasurementState
from bot.domain.measuring.metrics import Source
from bot.domain.measuring.sources import Attempt, Gap, Pull, PullKind
from bot.domain.ownership import AssignmentKind, Role
from bot.domain.people import OrgRole, Visibility
from bot.errors import UserError
from bot.flows.measuring import showing
from bot.messages.metrics import NOTE, PERIOD, VALUE
from bot.messages.model import Action, Message, buttons_of
from bot.ports import Command, FormErrors, OpenForm, Replace, Reply, Say
from tests.builders import ANA, SEPSIS, a_person, an_assignment, an_initiative
from tests.domain.measuring.numbers import a_metric, a_value
from tests.flows.world import BEN, CLEO, World
from tests.messages.test_status import lines_of

W47 = date(2026, 11, 16)
WEEK = timedelta(weeks=1)


async def asks_for(world: World, text: str = "SEPSIS", who: str = ANA) -> str:
    """Ask and return what is said."""
    command = Command(sender=world.sender(who), name="ai", text=f"metric {text}".strip(), id=f"c-{text}-{who}")
    return text_of(await world.act(showing.show, command, who))


def message_of(reply: Reply) -> Message:
    assert isinstance(reply, Say | Replace)
    return reply.message


def text_of(reply: Reply) -> str:
    return "\n".join(lines_of(message_of(reply)))


async def opens(world: World, who: str = ANA) -> OpenForm:
    reply = await world.act(showing.ask_value, world.pressed(Action.METRIC_ENTER, a_metric().id, who), who)
    assert isinstance(reply, OpenForm)
    return reply


async def sends(world: World, form: OpenForm | FormErrors, who: str = ANA, **values: str) -> Reply:
    return await world.act(showing.take_value, world.sent(form, values, who), who)


async def rows(world: World) -> list[Measurement]:
    async with world.ports.open_unit_of_work() as uow:
        return await uow.measurements.since([a_metric().id], date(2020, 1, 1))


async def test_the_last_values_are_shown_with_their_age(world: World) -> None:
    await world.has(a_metric(), a_value("0.819", day=W47), a_value("0.822", day=W47 - WEEK))
    said = await asks_for(world)
    assert "AUROC 0.819 in 2026-W47, 4 days old" in said
    assert "before 0.822 · weekly, technical lead, asked for in check-ins" in said
    assert "missing" not in said


async def test_what_could_not_be_fetched_is_shown_as_missing_with_the_reason_and_never_as_zero(world: World) -> None:
    pull = Pull(kind=PullKind.JSON, url="https://numbers.example", query="auc")
    metric = a_metric(source=Source.API, pull=pull)
    await world.has(metric, a_value("0.822", day=W47 - WEEK))
    async with world.ports.open_unit_of_work() as uow:
        await uow.metrics.save_attempts([Attempt(metric_id=metric.id, tried_at=world.clock.now(), gap=Gap.TOO_SLOW)])
        await uow.commit()
    said = await asks_for(world)
    assert "missing for 2026-W47: the source did not answer in time" in said
    assert "AUROC 0 " not in said


async def test_without_metrics_it_says_how_they_come(world: World) -> None:
    assert "Nothing is measured yet" in await asks_for(world)


async def test_without_a_name_it_asks_for_one(world: World) -> None:
    with pytest.raises(UserError, match="Name an initiative"):
        await asks_for(world, "")


async def test_those_outside_the_portfolio_are_not_shown_numbers(world: World) -> None:
    await world.has(a_metric(), a_value("0.819", day=W47))
    with pytest.raises(UserError, match="have a part in its portfolio"):
        await asks_for(world, who=CLEO)


async def test_I_34_a_forbidden_initiative_reads_like_an_unknown_one(world: World) -> None:  # noqa: N802 - the invariant's name
    await world.has(an_initiative(visibility=Visibility.RESTRICTED), a_metric(), a_value("0.819", day=W47))
    hidden = await asks_for(world, who=CLEO)
    unknown = await asks_for(world, "NOSUCH", who=CLEO)
    assert hidden.replace("SEPSIS", "NOSUCH") == unknown
    page = world.pressed(Action.METRIC_PAGE, f"{SEPSIS}:0", CLEO)
    with pytest.raises(UserError, match="does not exist"):
        await world.act(showing.turn_page, page, CLEO)


async def test_many_metrics_are_turned_over_in_pages(world: World) -> None:
    await world.has(*(a_metric(f"m{n:02}", name=f"Metric {n:02}") for n in range(12)))
    assert "Metric 10" not in await asks_for(world)
    reply = await world.act(showing.turn_page, world.pressed(Action.METRIC_PAGE, f"{SEPSIS}:1"))
    assert "Metric 10" in text_of(reply)
    await world.act(showing.turn_page, world.pressed(Action.METRIC_PAGE, f"{SEPSIS}:nonsense"))


async def test_only_who_answers_for_a_metric_may_enter_its_values(world: World) -> None:
    await world.has(a_metric(), a_person("Cleo Ray", org_roles=frozenset({OrgRole.PORTFOLIO_LEAD})))
    command = Command(sender=world.sender(CLEO), name="ai", text="metric SEPSIS", id="c")
    seen = message_of(await world.act(showing.show, command, CLEO))
    assert [each.action for each in buttons_of(seen)] == []
    for who in (CLEO, BEN):
        with pytest.raises(UserError, match="entered by the technical lead of SEPSIS"):
            await opens(world, who)
        with pytest.raises(UserError, match="entered by the technical lead of SEPSIS"):
            await sends(world, await opens(world), who, period="2026-W47", value="0.9")
    assert await rows(world) == []


async def test_a_delegate_of_the_role_may_enter_values(world: World) -> None:
    delegate = an_assignment(SEPSIS, Role.TECHNICAL_LEAD, CLEO, kind=AssignmentKind.DELEGATE)
    await world.has(a_metric(), delegate)
    await sends(world, await opens(world, CLEO), CLEO, period="2026-W47", value="0.9")
    assert [each.recorded_by for each in await rows(world)] == [CLEO]


async def test_a_value_is_entered_for_a_period(world: World) -> None:
    await world.has(a_metric())
    reply = await sends(world, await opens(world), period="2026-W46", value="0,822")
    assert text_of(reply) == "AUROC of SEPSIS is 0.822 in 2026-W46."
    (value,) = await rows(world)
    assert (value.period.key, value.value, value.recorded_by) == ("2026-W46", Decimal("0.822"), ANA)


async def test_a_correction_keeps_the_original_and_says_so(world: World) -> None:
    await world.has(a_metric(), a_value("0.28", day=W47))
    reply = await sends(world, await opens(world), period="2026-W47", value="0.82", note="Digits were swapped")
    assert text_of(reply) == "AUROC of SEPSIS is 0.82 in 2026-W47. It was 0.28; both are kept."
    before, after = await rows(world)
    assert (before.state, after.state) == (MeasurementState.VOID, MeasurementState.CORRECTED)
    assert after.note == "Digits were swapped"
    (event,) = [each for each in await world.events() if each.action == "measurement.recorded"]
    assert "swapped" not in str(event.facts)
    again = await sends(world, await opens(world), period="2026-W47", value="0.82")
    assert "nothing has changed" in text_of(again)


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({PERIOD: "2026-W47", VALUE: "82"}, VALUE, "82 cannot be: AUROC is between 0 and 1. Correct it."),
        ({PERIOD: "2026-W47", VALUE: "lots"}, VALUE, "“lots” is not a number"),
        ({PERIOD: "2026-W47"}, VALUE, "This one is needed"),
        ({PERIOD: "2020-W01", VALUE: "0.8"}, PERIOD, "Choose one of the periods."),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    world: World, values: dict[str, str], field: str, said: str
) -> None:
    await world.has(a_metric())
    reply = await sends(world, await opens(world), **values, note="as measured")
    assert isinstance(reply, FormErrors)
    assert list(reply.errors) == [field]
    assert said in reply.errors[field]
    shown = {each.name: each for each in reply.form.fields}
    assert shown[NOTE].initial == "as measured"
    assert shown[VALUE].initial == values.get(VALUE, "")


async def test_a_value_that_looks_mistyped_is_asked_about_once(world: World) -> None:
    await world.has(a_metric(), *(a_value(f"0.8{n}", day=W47 - WEEK * (n + 1)) for n in range(6)))
    asked = await sends(world, await opens(world), period="2026-W47", value="0.28")
    assert isinstance(asked, FormErrors)
    assert "far from the last values" in asked.errors[VALUE]
    other = await sends(world, asked, period="2026-W47", value="0.27")
    assert isinstance(other, FormErrors)
    assert isinstance(await sends(world, asked, period="2026-W47", value="0.28"), Say)


async def test_values_of_a_stopped_initiative_are_shown_and_not_entered(world: World) -> None:
    await world.has(an_initiative(lifecycle=Lifecycle.STOPPED), a_metric(), a_value("0.819", day=W47))
    assert "0.819" in await asks_for(world)
    with pytest.raises(UserError, match="entered by"):
        await opens(world)


@pytest.mark.parametrize("state", ["", "{}", '{"m": 3}', "[]", '{"m": "gone", "c": {}}'])
async def test_a_forged_form_is_refused(world: World, state: str) -> None:
    await world.has(a_metric())
    form = await opens(world)
    forged = world.sent(form, {PERIOD: "2026-W47", VALUE: "0.9"})
    with pytest.raises(UserError, match="does not exist any more"):
        await world.act(showing.take_value, replace(forged, state=state))
