"""The charter in chat: starting it, filling it in, and the numbers of production, use and asset in it."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.answers import number
from bot.domain.gates.charter import ReadinessNumbers
from bot.domain.gates.decisions import DecisionKind
from bot.domain.initiatives import RiskTier, UsageMode
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates import charter, deciding
from bot.flows.gates.chat import showing
from bot.flows.gates.chat.deciding import tell
from bot.flows.gates.chat.typed import Typed, refused_in, text
from bot.flows.gates.desk import desk_for
from bot.messages.forms import Form
from bot.messages.gates import agreeing as words
from bot.messages.gates import ready, said
from bot.messages.gates.acts import refilled
from bot.messages.gates.agreeing import NUMBER
from bot.ports import ActionPressed, FormErrors, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

Given = tuple[Person, UnitOfWork, Ports]


async def start(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Start the charter of an initiative in intake, as its sponsor."""
    effects = await deciding.start(pressed.value, asker, uow, ports)
    desk = await desk_for(pressed.value, asker, uow, ports)
    if effects.decision.kind is DecisionKind.START:
        await tell(effects.decision, desk, uow, ports)
    return Replace(showing.message(desk, showing.present(desk), said.STARTED))


async def ask_charter(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the first form of the charter."""
    desk = await desk_for(pressed.value, asker, uow, ports)
    desk.needs_owner()
    return OpenForm(words.charter_form(desk.bench.initiative, desk.bench.charter))


async def take_charter(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note the first half of the charter and ask for the second."""
    desk = await desk_for(sent.state, asker, uow, ports)
    form = words.charter_form(desk.bench.initiative, desk.bench.charter)
    typed = Typed(sent.values)
    values: dict[str, object] = {name: typed.text(name) for name in ("use_case", "user_group", "stop_rule")}
    values["user_group_size"] = typed.whole("user_group_size")
    values["risk_tier"] = next((t for t in RiskTier if t == typed.text("risk_tier")), RiskTier.LIMITED)
    if typed.errors:
        return typed.refused(form)
    if refused := await _refusal(values, form, sent, (asker, uow, ports)):
        return refused
    return OpenForm(await _rest(sent.state, asker, uow, ports))


async def _rest(initiative_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Form:
    desk = await desk_for(initiative_id, asker, uow, ports)
    return words.charter_rest(desk.bench.initiative, desk.bench.charter)


async def take_charter_rest(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note the time-box and the cap."""
    desk = await desk_for(sent.state, asker, uow, ports)
    form, typed = words.charter_rest(desk.bench.initiative, desk.bench.charter), Typed(sent.values)
    exposure = replace(
        desk.bench.charter.exposure,
        users=typed.whole("users"),
        decision_type=typed.text("decision_type"),
        fallback=typed.text("fallback"),
    )
    days = {name: typed.day(name) for name in ("timebox_start", "timebox_end")}
    if typed.errors:
        return typed.refused(form)
    return await _written({**days, "exposure": exposure}, form, sent, (asker, uow, ports))


async def ask_numbers(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form of the production-readiness numbers."""
    desk = await desk_for(pressed.value, asker, uow, ports)
    desk.needs_owner()
    return OpenForm(ready.numbers_form(desk.bench.initiative, desk.bench.charter))


async def take_numbers(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note the production-readiness numbers."""
    desk = await desk_for(sent.state, asker, uow, ports)
    form = ready.numbers_form(desk.bench.initiative, desk.bench.charter)
    typed = {name: text(sent.values, name) for name in ReadinessNumbers.__dataclass_fields__}
    try:
        percent = number(typed.pop("training_percent").rstrip("% "))
    except UserError:
        return FormErrors(refilled(form, sent.values), {"training_percent": NUMBER})
    numbers = ReadinessNumbers(training_percent=percent, **typed)
    return await _written({"readiness": numbers}, form, sent, (asker, uow, ports))


async def ask_use(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form of use and asset."""
    desk = await desk_for(pressed.value, asker, uow, ports)
    desk.needs_owner()
    return OpenForm(ready.use_form(desk.bench.initiative, desk.bench.charter))


async def take_use(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note how it is used and under which id it is an asset."""
    desk = await desk_for(sent.state, asker, uow, ports)
    form = ready.use_form(desk.bench.initiative, desk.bench.charter)
    mode = next((m for m in UsageMode if m == text(sent.values, "usage_mode")), UsageMode.OPTIONAL)
    values: dict[str, object] = {"usage_mode": mode, "asset_id": text(sent.values, "asset_id")}
    return await _written(values, form, sent, (asker, uow, ports))


async def _written(values: Mapping[str, object], form: Form, sent: FormSubmitted, given: Given) -> Reply:
    """Store parts of the charter and show the gate; where they are refused, return the form with why."""
    if refused := await _refusal(values, form, sent, given):
        return refused
    desk = await desk_for(sent.state, *given)
    return Say(showing.message(desk, showing.present(desk), said.WRITTEN))


async def _refusal(values: Mapping[str, object], form: Form, sent: FormSubmitted, given: Given) -> FormErrors | None:
    """Store parts of the charter; return the form with why they are refused, None when they are not."""
    try:
        await charter.write(sent.state, charter.Written(values=values), *given)
    except UserError as refused:
        return refused_in(form, sent.values, refused)
    return None
