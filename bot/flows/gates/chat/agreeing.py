"""Agreeing on success criteria in chat (G1)."""

import json
import re

from bot.domain.answers import number
from bot.domain.gates.criteria import CriterionMode, CriterionStage, SuccessCriterion
from bot.domain.gates.signing import acting_as
from bot.domain.gates.templates import OWNERS, Signer, Weight
from bot.domain.measuring.metrics import Direction, MetricKind
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates import criteria
from bot.flows.gates.chat.typed import Typed, refused_in
from bot.flows.gates.desk import Desk, desk_for
from bot.messages.gates import acts as forms
from bot.messages.gates import agreeing as words
from bot.messages.gates import said
from bot.messages.model import Message
from bot.ports import ActionPressed, FormErrors, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

LIMIT = re.compile(r"(?P<sign>>=|<=|=>|=<|≥|≤|>|<|at least|at most)\s*(?P<number>[-+]?[\d.,]+)\s*(?P<unit>.*)", re.I)
UPWARDS = (">=", "=>", "≥", ">", "at least")
SHOWN_STATES = (CriterionStage.DRAFT, CriterionStage.PROPOSED, CriterionStage.LOCKED)


async def show_criteria(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """List the success criteria of an initiative."""
    return Say(_agreed(await desk_for(pressed.value, asker, uow, ports), ""))


def _agreed(desk: Desk, word: str) -> Message:
    bench = desk.bench
    found = sorted((one for one in bench.agreed if one.state in SHOWN_STATES), key=lambda one: (one.code, -one.version))
    mine = [
        one.id
        for one in found
        if one.state is CriterionStage.PROPOSED
        and any(acting_as(bench.holders, role, desk.asker.id) for role in one.unapproved)
    ]
    owner = desk.acts_as(*OWNERS, Signer.PORTFOLIO_LEAD) is not None
    return words.agreed(bench.initiative, found, mine, word, propose=owner)


async def ask_criterion(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the first form of a success criterion."""
    desk = await desk_for(pressed.value, asker, uow, ports)
    desk.needs_owner()
    return OpenForm(words.criterion_form(desk.bench.initiative))


async def take_criterion(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Read the first half of a success criterion and ask for the second; nothing is stored before that."""
    desk = await desk_for(sent.state, asker, uow, ports)
    typed = Typed(sent.values)
    _limit(typed)
    typed.number("target")
    if typed.errors:
        return typed.refused(words.criterion_form(desk.bench.initiative))
    first = {name: typed.text(name) for name in ("statement", "category", "mode", "limit", "target")}
    return OpenForm(words.criterion_rest(json.dumps({"i": sent.state, **first}, ensure_ascii=False)))


async def take_criterion_rest(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Propose a success criterion from both halves."""
    kept = json.loads(sent.state)
    initiative_id, values = str(kept.pop("i")), {**kept, **sent.values}
    form, typed = words.criterion_rest(sent.state), Typed(values)
    criterion = _criterion(initiative_id, typed)
    if criterion is None:
        return FormErrors(forms.refilled(form, sent.values), typed.errors)
    try:
        await criteria.propose(initiative_id, criterion, asker, uow, ports)
    except UserError as refused:
        return refused_in(form, sent.values, refused)
    return Say(_agreed(await desk_for(initiative_id, asker, uow, ports), said.PROPOSED))


def _criterion(initiative_id: str, typed: Typed) -> SuccessCriterion | None:
    direction, threshold, unit = _limit(typed)
    baseline, target, by = typed.number("baseline_value"), typed.number("target"), typed.day("measure_by")
    if typed.errors:
        return None
    return SuccessCriterion(
        id="",
        initiative_id=initiative_id,
        code="",
        statement=typed.text("statement"),
        category=MetricKind(typed.text("category")),
        priority=Weight(typed.text("priority") or Weight.MUST),
        mode=CriterionMode(typed.text("mode")),
        direction=direction,
        unit=unit,
        threshold=threshold,
        target=target,
        method=typed.text("method"),
        measure_by=by,
        owner_role=Signer(typed.text("owner_role") or Signer.BUSINESS_SPONSOR),
        baseline_value=baseline,
    )


async def approve(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Approve a proposed success criterion; the last approval locks it."""
    one = await criteria.approve(pressed.value, asker, uow, ports)
    desk = await desk_for(one.initiative_id, asker, uow, ports)
    return Replace(_agreed(desk, said.approved(one.code, locked=one.state is CriterionStage.LOCKED)))


def _limit(typed: Typed) -> tuple[Direction, float, str]:
    """Return direction, threshold and unit of a limit such as `>= 25 %`."""
    found = LIMIT.fullmatch(typed.text("limit"))
    if found is None or not found["unit"].strip():
        typed.errors["limit"] = words.LIMIT
        return Direction.UP, 0.0, ""
    try:
        threshold = number(found["number"])
    except UserError:
        typed.errors["limit"] = words.LIMIT
        return Direction.UP, 0.0, ""
    direction = Direction.UP if found["sign"].casefold() in UPWARDS else Direction.DOWN
    return direction, threshold, found["unit"].strip()
