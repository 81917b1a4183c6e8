"""Rules about people's load and a portfolio as a whole: OWN-03, DT-05, GV-03, LL-03, PF (domain.md 4.2, 4.4, 4.5)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.rules.case import STAGES
from bot.domain.rules.facts import InitiativeFacts
from bot.domain.rules.findings import Finding, Grade, graded
from bot.domain.rules.knowledge import known_at
from bot.domain.rules.thresholds import RulePolicy


@dataclass(frozen=True, slots=True)
class Slot:
    """A scheduled governance review: how many items waited for it, and whether it was held."""

    on: date
    waiting: int
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioFacts:
    """
    A portfolio's initiatives and what is recorded of it as a whole; None or empty means not recorded.

    `conversion` is the share of pilots that reached production; `pilot_limit` its own limit of pilots in flight.
    """

    initiatives: tuple[InitiativeFacts, ...]
    slots: tuple[Slot, ...] = ()
    conversion: float | None = None
    pilot_limit: int | None = None


@dataclass(frozen=True, slots=True)
class PersonFinding:
    """
    A finding about a person in a role: seen by them, their managers in scope and the portfolio lead only (I-40).

    Never part of an initiative's colours.
    """

    rule: str
    person: str
    role: Role
    grade: Grade
    load: float
    limit: float


@dataclass(frozen=True, slots=True)
class Overview:
    """A portfolio on one day: its initiatives as known then."""

    facts: PortfolioFacts
    initiatives: tuple[InitiativeFacts, ...]
    on: date
    policy: RulePolicy

    @property
    def active(self) -> list[InitiativeFacts]:
        """Return the initiatives that are worked on."""
        return [one for one in self.initiatives if one.lifecycle is Lifecycle.ACTIVE]


@dataclass(frozen=True, slots=True)
class PortfolioRule:
    """A rule about a portfolio; its function's docstring is its definition, as of other rules."""

    id: str
    name: str
    judge: Callable[[Overview], Iterable[Finding]]


def overview(facts: PortfolioFacts, on: date, policy: RulePolicy | None = None) -> Overview:
    """Return a portfolio as it was known on a day."""
    return Overview(facts, tuple(known_at(one, on) for one in facts.initiatives), on, policy or RulePolicy())


def review(facts: PortfolioFacts, on: date, policy: RulePolicy | None = None) -> tuple[Finding, ...]:
    """Return what the rules about the portfolio as a whole find on a day."""
    seen = overview(facts, on, policy)
    return tuple(one for rule in RULES for one in rule.judge(seen))


def own_03(seen: Overview) -> Iterator[PersonFinding]:
    """
    Load of a person in a role: 1 for each active initiative, {ownership.load_live} in production or scaled, 0 on hold.
    Above the role's limit (sponsor 4, technical 3, operations 3): Amber; above {ownership.load_red_factor} times it:
    Red. About the person, never in an initiative's colour.
    """
    rules = seen.policy.ownership
    loads: dict[tuple[str, Role], float] = defaultdict(float)
    for one in seen.active:
        weight = rules.load_live if one.stage in (Stage.PRODUCTION, Stage.SCALED) else 1.0
        current = {holding.role: holding.person for holding in one.holdings if holding.until is None}
        for role in OWNER_ROLES:
            if person := current.get(role):
                loads[person, role] += weight
    for (person, role), load in sorted(loads.items()):
        limit = rules.load_limits[role]
        if grade := graded(load > limit, load > rules.load_red_factor * limit):
            yield PersonFinding("OWN-03", person, role, grade, load, limit)


def dt_05(seen: Overview) -> Iterator[Finding]:
    """Of all items due so far by their first date, the share finished by then is below the reference: info."""
    due = [one for facts in seen.active for one in facts.milestones if one.baseline_due <= seen.on]
    on_time = sum(one.done_on is not None and one.done_on <= one.baseline_due for one in due)
    if len(due) >= seen.policy.dates.index_items and on_time / len(due) < seen.policy.dates.index_portfolio:
        yield Finding("DT-05", "portfolio", Grade.INFO, {"on_time": on_time, "due": len(due)})


def gv_03(seen: Overview) -> Iterator[Finding]:
    """A scheduled governance review with items waiting did not happen: info, to the portfolio lead."""
    for slot in seen.facts.slots:
        if slot.on < seen.on and slot.waiting and not slot.held:
            yield Finding("GV-03", str(slot.on), Grade.INFO, {"waiting": slot.waiting})


def ll_03(seen: Overview) -> Iterator[Finding]:
    """
    Blockers of the same category in {leadership.obstacle_initiatives} or more initiatives within
    {leadership.obstacle_weeks} weeks: info, proposes a playbook item.
    """
    rules = seen.policy.leadership
    since = seen.on - timedelta(weeks=rules.obstacle_weeks)
    met: dict[str, set[str]] = defaultdict(set)
    for facts in seen.initiatives:
        for one in facts.blockers:
            if one.category and one.raised_on > since:
                met[one.category].add(facts.key)
    for category, keys in sorted(met.items()):
        if len(keys) >= rules.obstacle_initiatives:
            yield Finding("LL-03", category, Grade.INFO, {"initiatives": len(keys), "keys": ", ".join(sorted(keys))})


def pf_01(seen: Overview) -> Iterator[Finding]:
    """
    More active pilots than the limit ({leadership.pilots}), or than {leadership.pilots_per_live} times the live
    initiatives while fewer than {leadership.conversion:.0%} reach production: info.
    """
    rules = seen.policy.leadership
    pilots = sum(one.stage is Stage.PILOT for one in seen.active)
    live = sum(one.is_live for one in seen.active)
    limit = seen.facts.pilot_limit or rules.pilots
    converts = seen.facts.conversion
    few = converts is not None and converts < rules.conversion and pilots > rules.pilots_per_live * live
    if pilots > limit or few:
        yield Finding("PF-01", "pilots", Grade.INFO, {"pilots": pilots, "limit": limit, "live": live})


def pf_02(seen: Overview) -> Iterator[Finding]:
    """
    Longer in its stage than {leadership.dwell_factor} times the median of the portfolio's initiatives that completed it
    ({leadership.dwell_completed} or more): info.
    """
    rules = seen.policy.leadership
    took = {stage: _completed(seen.initiatives, stage) for stage in STAGES}
    for one in seen.active:
        done, since = took[one.stage], one.stage_entered_on
        if since is None or len(done) < rules.dwell_completed:
            continue
        days, usual = (seen.on - since).days, median(done)
        if days > rules.dwell_factor * usual:
            yield Finding("PF-02", one.key, Grade.INFO, {"days": days, "median": usual, "n": len(done)})


def _completed(initiatives: Sequence[InitiativeFacts], stage: Stage) -> list[int]:
    """Return the days each initiative spent in a stage that it has left."""
    days = []
    for one in initiatives:
        for stay, left in zip(one.stays, one.stays[1:], strict=False):
            if stay.stage is stage and stay.since and left.since:
                days.append((left.since - stay.since).days)
    return days


RULES = (
    PortfolioRule("DT-05", "On-time index", dt_05),
    PortfolioRule("GV-03", "Governance slot missed", gv_03),
    PortfolioRule("LL-03", "Recurring obstacle", ll_03),
    PortfolioRule("PF-01", "Too many pilots", pf_01),
    PortfolioRule("PF-02", "Stage dwell", pf_02),
)
