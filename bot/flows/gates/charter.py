"""The charter and what an initiative says of itself: filled in before the pilot, changed by its owners only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.domain.gates.bench import Bench
from bot.domain.gates.charter import Charter
from bot.domain.gates.dates import working
from bot.domain.gates.gates import CriterionState, GateCriterion, moved
from bot.domain.gates.opening import at_entry, criteria_of
from bot.domain.gates.templates import Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import InitiativeId
from bot.domain.initiatives import Initiative, RiskTier, Stage
from bot.domain.people import Person
from bot.flows.gates.desk import Desk, desk_for
from bot.flows.gates.evidence import opened_again
from bot.ports import Ports
from bot.stores import UnitOfWork

OF_ITSELF = frozenset({"use_case", "problem", "user_group", "user_group_size", "usage_mode", "risk_tier"})
DATES = frozenset({"timebox_start", "timebox_end"})
TYPED = frozenset(
    {"stop_rule", "exposure", "readiness", "min_sample", "budget_build", "budget_infra", "run_cost_annual"}
    | {"funded_until", "objective", "investment_line", "readiness_note", "asset_id"}
)
BEFORE_PILOT = (Stage.INTAKE, Stage.PILOT_DEFINITION)
RISK_TIER = "risk_tier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Parts of a charter as somebody typed them, by the names of `Initiative` and `Charter`."""

    values: Mapping[str, object] = field(default_factory=dict)


async def write(
    initiative_id: InitiativeId, written: Written, asker: Person, uow: UnitOfWork, ports: Ports
) -> tuple[Initiative, Charter]:
    """
    Change parts of a charter, as an owner or delegate; its time-box only before the pilot, later dates are moved.

    A risk tier changed during the definition changes what is asked at the gates that are open; later only the
    governance reviewer changes it.
    """
    desk = await desk_for(initiative_id, asker, uow, ports)
    values = {name: value for name, value in written.values.items() if name in OF_ITSELF | DATES | TYPED}
    _check_right(values, desk)
    one = replace(desk.bench.initiative, **{n: v for n, v in values.items() if n in OF_ITSELF})  # type: ignore[arg-type]
    charter = replace(desk.bench.charter, **{n: v for n, v in values.items() if n in TYPED})  # type: ignore[arg-type]
    if DATES & values.keys():
        charter = _with_timebox(charter, values, desk)
    await uow.initiatives.save([one])
    await uow.gates.charters.save([charter])
    if one.risk_tier is not desk.bench.initiative.risk_tier:
        await _ask_by_tier(replace(desk.bench, initiative=one, charter=charter), desk)
    facts = {"parts": sorted(values), "tier": one.risk_tier, "start": charter.timebox_start, "end": charter.timebox_end}
    desk.note("charter.written", ("charter", desk.id), None, **facts)
    return one, charter


def _check_right(values: Mapping[str, object], desk: Desk) -> None:
    if set(values) != {RISK_TIER} or not desk.acts_as(Signer.GOVERNANCE_REVIEWER):
        desk.needs_owner()
    stage = desk.bench.initiative.stage
    tier_moves = values.get(RISK_TIER, desk.bench.initiative.risk_tier) is not desk.bench.initiative.risk_tier
    if tier_moves and stage not in BEFORE_PILOT:
        desk.needs(Trouble.NOT_SIGNER, Signer.GOVERNANCE_REVIEWER)
    if DATES & values.keys() and stage not in BEFORE_PILOT:
        desk.refuse(Problem(Trouble.WRONG_STAGE, facts={"gate": "The time-box", "stage": stage}))


def _with_timebox(charter: Charter, values: Mapping[str, object], desk: Desk) -> Charter:
    """Return the charter with a time-box that ends on a working day; raises Refused when it is none."""
    start, end = (values.get(name, getattr(charter, name)) for name in ("timebox_start", "timebox_end"))
    if not isinstance(start, date) or not isinstance(end, date):
        desk.refuse(Problem(Trouble.TIMEBOX_ORDER, "timebox_end"))
    desk.check(_timebox_problems(start, end, desk))
    last = working(end, desk.bench.now.calendar)
    return replace(charter, timebox_start=start, timebox_end=last, timebox_baseline_end=last, timebox_approved_end=last)


def _timebox_problems(start: date, end: date, desk: Desk) -> Iterator[Problem]:
    most = desk.bench.policy.longest_timebox_weeks
    if end <= start:
        yield Problem(Trouble.TIMEBOX_ORDER, "timebox_end")
    elif end < desk.bench.now.today:
        yield Problem(Trouble.DUE_PAST, "timebox_end", {"given": end})
    elif end > start + timedelta(weeks=most):
        yield Problem(Trouble.TIMEBOX_LONG, "timebox_end", {"most": most})


async def _ask_by_tier(bench: Bench, desk: Desk) -> None:
    """Ask at the open gates what the new tier asks, and let the reviewer look again at what they found by the old."""
    kept, tier = desk.uow.gates, bench.initiative.risk_tier
    for gate in [one for one in bench.gates if one.is_lasting]:
        present = [
            await opened_again(one, "tier_changed", desk) if Signer.GOVERNANCE_REVIEWER in one.signers else one
            for one in bench.of_gate(gate)
        ]
        await kept.criteria.save(_retiered(criteria_of(bench.template(gate), gate, tier), present, bench))
    if bench.initiative.stage is Stage.INTAKE or tier not in _asked(bench):
        return
    for opened in at_entry(bench):
        await kept.gates.save([opened.gate])
        await kept.criteria.save(opened.criteria)


def _asked(bench: Bench) -> frozenset[RiskTier]:
    return frozenset(tier for gate in bench.pack.gates for tier in gate.tiers)


def _retiered(asked: Sequence[GateCriterion], present: Sequence[GateCriterion], bench: Bench) -> list[GateCriterion]:
    """Return the criteria that change: asked anew, signed by others, or no longer asked and so not applicable."""
    known = {one.number: one for one in present}
    found = []
    for one in asked:
        before = known.pop(one.number, None)
        if before is None or _was_not_asked(before):
            found.append(one)
        elif before.signers != one.signers:
            found.append(replace(before, signers=one.signers))
    for left in known.values():
        if left.state is not CriterionState.NOT_APPLICABLE:
            aside = moved(left, CriterionState.NOT_APPLICABLE, bench.now.at)
            found.append(replace(aside, set_aside_why=f"risk tier {bench.initiative.risk_tier.value}"))
    return found


def _was_not_asked(criterion: GateCriterion) -> bool:
    """Return whether a criterion does not apply because of the tier alone, which nobody has decided."""
    return criterion.state is CriterionState.NOT_APPLICABLE and criterion.set_aside_by is None
