"""Getting ready in chat: the numbers of production, roll-out phases, use and asset."""

from datetime import date

from bot.domain.answers import day, number, typed_in
from bot.domain.gates.charter import ReadinessNumbers
from bot.domain.gates.dates import working
from bot.domain.gates.readiness import PhaseState, RolloutPhase
from bot.domain.initiatives import LIVE, UsageMode
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates import charter, readiness
from bot.flows.gates.chat import showing
from bot.flows.gates.chat.agreeing import refused_in
from bot.flows.gates.desk import desk_for
from bot.messages.forms import Form
from bot.messages.gates import acts as forms
from bot.messages.gates import agreeing as agreed_words
from bot.messages.gates import ready as words
from bot.messages.gates import said
from bot.ports import ActionPressed, FormErrors, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

ON_LAUNCH, ON_SCALE = "G5", "G8"


async def ask_numbers(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form of the production-readiness numbers."""
    desk = await desk_for(pressed.value, asker, uow, ports)
    desk.needs_owner()
    return OpenForm(words.numbers_form(desk.bench.initiative, desk.bench.charter))


async def take_numbers(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note the production-readiness numbers."""
    desk = await desk_for(sent.state, asker, uow, ports)
    form = words.numbers_form(desk.bench.initiative, desk.bench.charter)
    typed = {name: typed_in(sent.values.get(name, "")) for name in ReadinessNumbers.__dataclass_fields__}
    try:
        percent = number(typed.pop("training_percent").rstrip("% "))
    except UserError:
        return FormErrors(forms.refilled(form, sent.values), {"training_percent": agreed_words.NUMBER})
    numbers = ReadinessNumbers(training_percent=percent, **typed)
    return await _written({"readiness": numbers}, form, sent, (asker, uow, ports))


async def ask_use(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form of use and asset."""
    desk = await desk_for(pressed.value, asker, uow, ports)
    desk.needs_owner()
    return OpenForm(words.use_form(desk.bench.initiative, desk.bench.charter))


async def take_use(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note how it is used and under which id it is an asset."""
    desk = await desk_for(sent.state, asker, uow, ports)
    form = words.use_form(desk.bench.initiative, desk.bench.charter)
    mode = next((m for m in UsageMode if m == typed_in(sent.values.get("usage_mode", ""))), UsageMode.OPTIONAL)
    values: dict[str, object] = {"usage_mode": mode, "asset_id": typed_in(sent.values.get("asset_id", ""))}
    return await _written(values, form, sent, (asker, uow, ports))


async def _written(
    values: dict[str, object], form: Form, sent: FormSubmitted, given: tuple[Person, UnitOfWork, Ports]
) -> Reply:
    try:
        await charter.write(sent.state, charter.Written(values=values), *given)
    except UserError as refused:
        return refused_in(form, sent.values, refused)
    desk = await desk_for(sent.state, *given)
    return Say(showing.message(desk, showing.present(desk), said.WRITTEN))


async def ask_phase(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form in which a roll-out phase is planned."""
    desk = await desk_for(pressed.value, asker, uow, ports)
    one, now = desk.bench.initiative, desk.bench.now
    code = ON_SCALE if one.stage in LIVE else ON_LAUNCH
    return OpenForm(words.phase_form(one, code, working(now.today, now.calendar)))


async def take_phase(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Plan a roll-out phase."""
    initiative_id, _, code = sent.state.partition(":")
    desk = await desk_for(initiative_id, asker, uow, ports)
    form = words.phase_form(desk.bench.initiative, code, desk.bench.now.today)
    typed = {name: typed_in(sent.values.get(name, "")) for name in ("name", "population", "start", "exit_criteria")}
    errors: dict[str, str] = {}
    if not typed["population"].isdecimal():
        errors["population"] = agreed_words.WHOLE
    start: date | None = None
    try:
        start = day(typed["start"])
    except UserError as error:
        errors["start"] = str(error)
    if errors:
        return FormErrors(forms.refilled(form, sent.values), errors)
    phase = RolloutPhase(
        id="",
        initiative_id=initiative_id,
        number=0,
        name=typed["name"],
        gate_code=code,
        population=int(typed["population"]),
        start_current=start,
        exit_criteria=typed["exit_criteria"],
    )
    try:
        await readiness.plan_phase(phase, asker, uow, ports)
    except UserError as refused:
        return refused_in(form, sent.values, refused)
    desk = await desk_for(initiative_id, asker, uow, ports)
    return Say(showing.message(desk, showing.present(desk), said.PLANNED))


async def move_phase(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Begin or finish a roll-out phase, as its button says."""
    phase_id, _, to = pressed.value.partition(":")
    state = PhaseState.DONE if to == PhaseState.DONE else PhaseState.RUNNING
    phase = await readiness.move_phase(phase_id, state, asker, uow, ports)
    desk = await desk_for(phase.initiative_id, asker, uow, ports)
    return Replace(showing.message(desk, showing.present(desk), said.phase(phase.name, done=state is PhaseState.DONE)))
