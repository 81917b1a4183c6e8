"""Starting the charter in chat, filling it in, and agreeing on success criteria (G1)."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.domain.answers import day, number, typed_in
from bot.domain.gates.criteria import Category, CriterionMode, CriterionStage, Direction, SuccessCriterion
from bot.domain.gates.decisions import DecisionKind
from bot.domain.gates.signing import acting_as
from bot.domain.gates.templates import OWNERS, Signer, Weight
from bot.domain.initiatives import RiskTier
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates import charter, criteria, deciding
from bot.flows.gates.chat import showing
from bot.flows.gates.chat.deciding import tell
from bot.flows.gates.desk import Desk, Refused, desk_for
from bot.messages.forms import Form
from bot.messages.gates import acts as forms
from bot.messages.gates import agreeing as words
from bot.messages.gates import said
from bot.messages.gates.refusals import refusal
from bot.messages.model import Message
from bot.ports import ActionPressed, FormErrors, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

LIMIT = re.compile(r"(?P<sign>>=|<=|=>|=<|≥|≤|>|<|at least|at most)\s*(?P<number>[-+]?[\d.,]+)\s*(?P<unit>.*)", re.I)
UPWARDS = (">=", "=>", "≥", ">", "at least")
Values = Mapping[str, str | list[str]]
Errors = dict[str, str]
SHOWN_STATES = (CriterionStage.DRAFT, CriterionStage.PROPOSED, CriterionStage.LOCKED)


async def start(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Start the charter of an initiative in intake, as its sponsor."""
    effects = await deciding.start(pressed.value, asker, uow, ports)
    desk = await desk_for(pressed.value, asker, uow, ports)
    if effects.decision.kind is DecisionKind.START:
        await tell(effects.decision, desk, uow, ports)
    return Replace(showing.message(desk, showing.present(desk), said.STARTED))


# --- the charter -----------------------------------------------------------------------------------------------------


async def ask_charter(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the first form of the charter."""
    desk = await desk_for(pressed.value, asker, uow, ports)
    desk.needs_owner()
    return OpenForm(words.charter_form(desk.bench.initiative, desk.bench.charter))


async def take_charter(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note the first half of the charter and ask for the second."""
    desk = await desk_for(sent.state, asker, uow, ports)
    form = words.charter_form(desk.bench.initiative, desk.bench.charter)
    errors, values = Errors(), dict[str, object]()
    for name in ("use_case", "user_group", "stop_rule"):
        values[name] = _text(sent.values, name)
    values["user_group_size"] = _whole(sent.values, "user_group_size", errors)
    values["risk_tier"] = next((t for t in RiskTier if t == _text(sent.values, "risk_tier")), RiskTier.LIMITED)
    if errors:
        return FormErrors(forms.refilled(form, sent.values), errors)
    if refused := await _refusal(values, sent, asker, uow, ports):
        return refused_in(form, sent.values, refused)
    return OpenForm(await _rest(sent.state, asker, uow, ports))


async def _rest(initiative_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Form:
    desk = await desk_for(initiative_id, asker, uow, ports)
    return words.charter_rest(desk.bench.initiative, desk.bench.charter)


async def take_charter_rest(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Note the time-box and the cap."""
    desk = await desk_for(sent.state, asker, uow, ports)
    form, errors = words.charter_rest(desk.bench.initiative, desk.bench.charter), Errors()
    exposure = replace(
        desk.bench.charter.exposure,
        users=_whole(sent.values, "users", errors),
        decision_type=_text(sent.values, "decision_type"),
        fallback=_text(sent.values, "fallback"),
    )
    days = {name: _day(sent.values, name, errors) for name in ("timebox_start", "timebox_end")}
    if errors:
        return FormErrors(forms.refilled(form, sent.values), errors)
    if refused := await _refusal({**days, "exposure": exposure}, sent, asker, uow, ports):
        return refused_in(form, sent.values, refused)
    desk = await desk_for(sent.state, asker, uow, ports)
    return Say(showing.message(desk, showing.present(desk), said.WRITTEN))


async def _refusal(
    values: Mapping[str, object], sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports
) -> UserError | None:
    """Store parts of the charter; return why they are refused, None when they are not."""
    try:
        await charter.write(sent.state, charter.Written(values=values), asker, uow, ports)
    except UserError as refused:
        return refused
    return None


def refused_in(form: Form, values: Values, refused: UserError) -> FormErrors:
    """Return a form with what was typed and what is wrong, at the field where it is."""
    names = [field.name for field in form.fields]
    found = Errors()
    for problem in refused.problems if isinstance(refused, Refused) else ():
        found.setdefault(problem.where if problem.where in names else names[0], refusal(problem))
    return FormErrors(forms.refilled(form, values), found or {names[0]: str(refused)})


# --- success criteria ------------------------------------------------------------------------------------------------


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
    errors = Errors()
    _limit(sent.values, errors)
    _number(sent.values, "target", errors)
    if errors:
        return FormErrors(forms.refilled(words.criterion_form(desk.bench.initiative), sent.values), errors)
    first = {name: _text(sent.values, name) for name in ("statement", "category", "mode", "limit", "target")}
    return OpenForm(words.criterion_rest(json.dumps({"i": sent.state, **first}, ensure_ascii=False)))


async def take_criterion_rest(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Propose a success criterion from both halves."""
    kept = json.loads(sent.state)
    initiative_id, values = str(kept.pop("i")), {**kept, **sent.values}
    form, errors = words.criterion_rest(sent.state), Errors()
    typed = _criterion(initiative_id, values, errors)
    if errors or typed is None:
        return FormErrors(forms.refilled(form, sent.values), errors)
    try:
        await criteria.propose(initiative_id, typed, asker, uow, ports)
    except UserError as refused:
        return refused_in(form, sent.values, refused)
    return Say(_agreed(await desk_for(initiative_id, asker, uow, ports), said.PROPOSED))


def _criterion(initiative_id: str, values: Values, errors: Errors) -> SuccessCriterion | None:
    direction, threshold, unit = _limit(values, errors)
    baseline, target = _number(values, "baseline_value", errors), _number(values, "target", errors)
    by = _day(values, "measure_by", errors)
    if errors:
        return None
    return SuccessCriterion(
        id="",
        initiative_id=initiative_id,
        code="",
        statement=_text(values, "statement"),
        category=Category(_text(values, "category")),
        priority=Weight(_text(values, "priority") or Weight.MUST),
        mode=CriterionMode(_text(values, "mode")),
        direction=direction,
        unit=unit,
        threshold=threshold,
        target=target,
        method=_text(values, "method"),
        measure_by=by,
        owner_role=Signer(_text(values, "owner_role") or Signer.BUSINESS_SPONSOR),
        baseline_value=baseline,
    )


async def approve(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Approve a proposed success criterion; the last approval locks it."""
    one = await criteria.approve(pressed.value, asker, uow, ports)
    desk = await desk_for(one.initiative_id, asker, uow, ports)
    return Replace(_agreed(desk, said.approved(one.code, locked=one.state is CriterionStage.LOCKED)))


# --- reading what was typed ------------------------------------------------------------------------------------------


def _text(values: Values, name: str) -> str:
    return typed_in(values.get(name, ""))


def _whole(values: Values, name: str, errors: Errors) -> int | None:
    typed = _text(values, name)
    if typed and not typed.isdecimal():
        errors[name] = words.WHOLE
    return int(typed) if typed.isdecimal() else None


def _number(values: Values, name: str, errors: Errors) -> float | None:
    typed = _text(values, name)
    if not typed:
        return None
    try:
        return number(typed)
    except UserError:
        errors[name] = words.NUMBER
        return None


def _day(values: Values, name: str, errors: Errors) -> date | None:
    typed = _text(values, name)
    if not typed:
        return None
    try:
        return day(typed)
    except UserError as error:
        errors[name] = str(error)
        return None


def _limit(values: Values, errors: Errors) -> tuple[Direction, float, str]:
    """Return direction, threshold and unit of a limit such as `>= 25 %`."""
    found = LIMIT.fullmatch(_text(values, "limit"))
    if found is None or not found["unit"].strip():
        errors["limit"] = words.LIMIT
        return Direction.UP, 0.0, ""
    try:
        threshold = number(found["number"])
    except UserError:
        errors["limit"] = words.LIMIT
        return Direction.UP, 0.0, ""
    direction = Direction.UP if found["sign"].casefold() in UPWARDS else Direction.DOWN
    return direction, threshold, found["unit"].strip()
