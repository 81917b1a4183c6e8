"""Roll-out phases in chat: planned with a form, begun and finished with a button."""

from bot.domain.gates.dates import working
from bot.domain.gates.readiness import PhaseState, RolloutPhase
from bot.domain.initiatives import LIVE
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates import readiness
from bot.flows.gates.chat import showing
from bot.flows.gates.chat.typed import Typed, refused_in
from bot.flows.gates.desk import desk_for
from bot.messages.gates import ready as words
from bot.messages.gates import said
from bot.ports import ActionPressed, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

ON_LAUNCH, ON_SCALE = "G5", "G8"


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
    typed = Typed(sent.values)
    population, start = typed.whole("population", needed=True), typed.day("start", needed=True)
    if typed.errors:
        return typed.refused(form)
    phase = RolloutPhase(
        id="",
        initiative_id=initiative_id,
        number=0,
        name=typed.text("name"),
        gate_code=code,
        population=population,
        start_current=start,
        exit_criteria=typed.text("exit_criteria"),
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
