"""DT, GT, PL, BL, GV, INC, IF: for each rule facts that fire and facts that just do not."""

from datetime import timedelta

from bot.domain.gates.readiness import Maturity
from bot.domain.initiatives import Lifecycle, RiskTier, Stage
from bot.domain.raid import Severity
from bot.domain.rules.findings import Grade
from bot.domain.rules.records import (
    TIMEBOX,
    Ask,
    Capability,
    Condition,
    Criterion,
    DateChange,
    Exposure,
    Governance,
    Incident,
    Milestone,
    Phase,
    Proof,
    Trouble,
)
from tests.domain.rules.building import ON, Example, ago, box, days_ago, gate, initiative, live, metric

HELD = (Phase(Lifecycle.ACTIVE), Phase(Lifecycle.ON_HOLD, ago(30)))


def moved(*steps: int, approved: bool = False) -> tuple[DateChange, ...]:
    """Return changes of the time-box, each that many days later, from the day 100 after the start of a box of 0.9."""
    end, changes = box(0.9).baseline_end, []
    for step in steps:
        changes.append(DateChange(TIMEBOX, ago(1), end, end + timedelta(days=step), approved))
        end += timedelta(days=step)
    return tuple(changes)


def criteria(unsubmitted: int, early: int, late: int) -> tuple[Criterion, ...]:
    days = [None] * unsubmitted + [ago(20)] * early + [ON] * late
    return tuple(Criterion(f"G2.{n}", True, day) for n, day in enumerate(days))


def done(on_time: int, late: int) -> tuple[Milestone, ...]:
    return tuple(Milestone(f"a{n}", ago(9), ago(9)) for n in range(on_time)) + tuple(
        Milestone(f"b{n}", ago(9), ago(8)) for n in range(late)
    )


DATES = [
    Example("DT-01", "two slips", initiative(timebox=box(0.9), changes=moved(1, 1)), Grade.AMBER),
    Example("DT-01", "one slip of 10%", initiative(timebox=box(0.9), changes=moved(10)), Grade.AMBER),
    Example("DT-01", "one slip of 9%", initiative(timebox=box(0.9), changes=moved(9)), None),
    Example("DT-01", "three slips", initiative(timebox=box(0.9), changes=moved(1, 1, 1)), Grade.RED),
    Example("DT-01", "28% and 28 days", initiative(timebox=box(0.9), changes=moved(28)), Grade.RED),
    Example("DT-01", "27 days", initiative(timebox=box(0.9), changes=moved(27)), Grade.AMBER),
    Example("DT-02", "five days before", initiative(changes=(DateChange("G2", ago(10), ago(5), ago(1)),)), Grade.INFO),
    Example("DT-02", "six days before", initiative(changes=(DateChange("G2", ago(11), ago(5), ago(1)),)), None),
    Example("DT-03", "three days over", initiative(gates=(gate(ago(3)),)), Grade.INFO),
    Example("DT-03", "two days over", initiative(gates=(gate(ago(2)),)), None),
    Example("DT-04", "half a day a day", initiative(gates=(gate(days_ago(-30), approved_on=days_ago(42), baseline_due=days_ago(-9)),)), Grade.AMBER),
    Example("DT-04", "a little less", initiative(gates=(gate(days_ago(-29), approved_on=days_ago(42), baseline_due=days_ago(-9)),)), None),
    Example("DT-04", "for 41 days", initiative(gates=(gate(days_ago(-40), approved_on=days_ago(41), baseline_due=days_ago(-9)),)), None),
    Example("DT-04", "not recorded when agreed", initiative(gates=(gate(days_ago(-90), baseline_due=days_ago(-9)),)), None),
    Example("DT-05", "three of five in time", initiative(milestones=done(3, 2)), Grade.AMBER),
    Example("DT-05", "four of five", initiative(milestones=done(4, 1)), None),
    Example("DT-05", "none of four", initiative(milestones=done(0, 4)), None),
]  # fmt: skip
GATES = [
    Example("GT-01", "a day over", initiative(gates=(gate(ago(1)),)), Grade.AMBER),
    Example("GT-01", "ten days over", initiative(gates=(gate(ago(10)),)), Grade.AMBER),
    Example("GT-01", "eleven days over", initiative(gates=(gate(ago(11)),)), Grade.RED),
    Example("GT-01", "due today", initiative(gates=(gate(ON),)), None),
    Example("GT-01", "decided", initiative(gates=(gate(ago(30), decision="go", decided_on=ago(20)),)), None),
    Example("GT-02", "waiting six days", initiative(gates=(gate(ON, submitted_on=ago(6)),)), Grade.AMBER),
    Example("GT-02", "waiting eleven", initiative(gates=(gate(ON, submitted_on=ago(11)),)), Grade.RED),
    Example("GT-02", "waiting five", initiative(gates=(gate(ON, submitted_on=ago(5)),)), None),
    Example("GT-02", "withdrawn for three of eight", initiative(gates=(gate(ON, submitted_on=ago(8), withdrawn=((ago(6), ago(3)),)),)), None),
    Example("GT-03", "half in the last two days", initiative(gates=(gate(ON, criteria=criteria(0, 2, 2)),)), Grade.AMBER),
    Example("GT-03", "half not submitted", initiative(gates=(gate(ON, criteria=criteria(2, 2, 0)),)), Grade.INFO),
    Example("GT-03", "two of five", initiative(gates=(gate(ON, criteria=criteria(0, 3, 2)),)), None),
    Example("GT-03", "three days before", initiative(gates=(gate(ago(-3), criteria=criteria(4, 0, 0)),)), None),
    Example("GT-03", "only counts are known", initiative(gates=(gate(ON, met=0, total=9),)), None),
    Example("GT-04", "a day over", initiative(gates=(gate(ago(30), decision="conditional_go", conditions=(Condition("coach", ago(1)),)),)), Grade.AMBER),
    Example("GT-04", "eleven days over", initiative(gates=(gate(ago(30), decision="conditional_go", conditions=(Condition("coach", ago(11)),)),)), Grade.RED),
    Example("GT-04", "due today", initiative(gates=(gate(ago(30), decision="conditional_go", conditions=(Condition("coach", ON),)),)), None),
    Example("GT-04", "closed", initiative(gates=(gate(ago(30), decision="conditional_go", conditions=(Condition("coach", ago(11), ago(2)),)),)), None),
    Example("GT-05", "expired yesterday", live(gates=(gate(ago(90), decision="go", proofs=(Proof("G4.1", ago(1), True),)),)), Grade.AMBER),
    Example("GT-05", "of governance, 21 days", live(gates=(gate(ago(90), decision="go", proofs=(Proof("G4.1", ago(21), True),)),)), Grade.RED),
    Example("GT-05", "of another, 21 days", live(gates=(gate(ago(90), decision="go", proofs=(Proof("G3.1", ago(21)),)),)), Grade.AMBER),
    Example("GT-05", "valid until today", live(gates=(gate(ago(90), decision="go", proofs=(Proof("G4.1", ON),)),)), None),
    Example("GT-05", "in a pilot", initiative(gates=(gate(ago(90), decision="go", proofs=(Proof("G4.1", ago(9)),)),)), None),
    Example("GT-06", "no gate at all", live(gates_complete=True), Grade.RED),
    Example("GT-06", "G3 only", live(gates_complete=True, gates=(gate(ago(90), "G3", decision="go"),)), Grade.RED),
    Example("GT-06", "both", live(gates_complete=True, gates=(gate(ago(90), "G3", decision="go"), gate(ago(90), "G4", decision="conditional_go"))), None),
    Example("GT-06", "the record is a sample", live(), None),
    Example("GT-07", "a day over", initiative(phases=HELD, hold_review_on=ago(1)), Grade.AMBER),
    Example("GT-07", "eleven days over", initiative(phases=HELD, hold_review_on=ago(11)), Grade.RED),
    Example("GT-07", "today", initiative(phases=HELD, hold_review_on=ON), None),
    Example("GT-08", "third attempt", initiative(gates=(gate(ago(-5), attempt=3),)), Grade.RED),
    Example("GT-08", "second attempt", initiative(gates=(gate(ago(-5), attempt=2),)), None),
]  # fmt: skip
LOCKED, UNLOCKED = metric([1.0], locked=True), metric([1.0], locked=False)
PILOTS = [
    Example("PL-01", "a day over", initiative(timebox=box(1.01)), Grade.AMBER),
    Example("PL-01", "eleven working days over", initiative(timebox=box(1.0, ago(11))), Grade.RED),
    Example("PL-01", "125% of the first length", initiative(timebox=box(1.25, ago(1))), Grade.RED),
    Example("PL-01", "124%, a day over the approved end", initiative(timebox=box(1.24, ago(1))), Grade.AMBER),
    Example("PL-01", "on its last day", initiative(timebox=box(1.0)), None),
    Example("PL-01", "extended with approval", initiative(timebox=box(1.5, ON)), None),
    Example("PL-01", "no longer a pilot", initiative(Stage.PRODUCTION_READINESS, timebox=box(2.0)), None),
    Example("PL-02", "a pilot not locked", initiative(metrics=(UNLOCKED,)), Grade.RED),
    Example("PL-02", "locked", initiative(metrics=(LOCKED,)), None),
    Example("PL-02", "before the pilot without work", initiative(Stage.PILOT_DEFINITION, metrics=(metric([], locked=False),)), None),
    Example("PL-02", "before the pilot with a value", initiative(Stage.PILOT_DEFINITION, metrics=(UNLOCKED,)), Grade.RED),
    Example("PL-03", "two approved extensions", initiative(timebox=box(0.9), changes=moved(7, 7, approved=True)), Grade.RED),
    Example("PL-03", "two that nobody approved", initiative(timebox=box(0.9), changes=moved(7, 7)), None),
    Example("PL-03", "200%", initiative(timebox=box(2.0, ON)), Grade.RED),
    Example("PL-03", "199%", initiative(timebox=box(1.99, ON)), None),
    Example("PL-04", "two values and two weeks left", initiative(timebox=box(0.86), metrics=(metric([1, 2]),)), Grade.AMBER),
    Example("PL-04", "four values and two weeks left", initiative(timebox=box(0.86), metrics=(metric([1, 2, 3, 4]),)), None),
    Example("PL-04", "at 74%", initiative(timebox=box(0.74), metrics=(metric([1]),)), None),
    Example("PL-05", "not set at 75%", initiative(timebox=box(0.75), gates=(gate(ago(-9), criteria=(Criterion("G2.7", True),)),)), Grade.AMBER),
    Example("PL-05", "not set at the end", initiative(timebox=box(1.0), gates=(gate(ago(-9), criteria=(Criterion("G2.7", True),)),)), Grade.RED),
    Example("PL-05", "not set at 74%", initiative(timebox=box(0.74), gates=(gate(ago(-9), criteria=(Criterion("G2.7", True),)),)), None),
    Example("PL-05", "set", initiative(timebox=box(0.9), gates=(gate(ago(-9), criteria=(Criterion("G2.7", True, ago(5), ago(4)),)),)), None),
    Example("PL-06", "a user too many", initiative(cap=Exposure(users=20), reach=Exposure(users=21)), Grade.AMBER),
    Example("PL-06", "of high risk", initiative(risk_tier=RiskTier.HIGH, cap=Exposure(sites=1), reach=Exposure(sites=2)), Grade.RED),
    Example("PL-06", "at the cap", initiative(cap=Exposure(users=20), reach=Exposure(users=20)), None),
]  # fmt: skip


def blocker(days: int, severity: Severity = Severity.MAJOR) -> tuple[Trouble, ...]:
    return (Trouble(id="b", text="no roster", raised_on=ago(days), severity=severity),)


def item(maturity: Maturity) -> tuple[Governance, ...]:
    return (Governance("bias_evaluation", maturity),)


def at_level(level: int, *, temporary: bool = False, kind: str = "deployment_automation") -> tuple[Capability, ...]:
    return (Capability(kind, level, temporary),)


READINESS = [
    Example("BL-01", "six days", initiative(blockers=blocker(6)), Grade.AMBER),
    Example("BL-01", "five days", initiative(blockers=blocker(5)), None),
    Example("BL-01", "critical, eleven days", initiative(blockers=blocker(11, Severity.CRITICAL)), Grade.RED),
    Example("BL-01", "major, eleven days", initiative(blockers=blocker(11)), Grade.AMBER),
    Example("BL-02", "a day over", initiative(asks=(Ask(id="a", text="?", raised_on=ago(9), due=ago(1)),)), Grade.AMBER),
    Example("BL-02", "eleven days over", initiative(asks=(Ask(id="a", text="?", raised_on=ago(19), due=ago(11)),)), Grade.RED),
    Example("BL-02", "due today", initiative(asks=(Ask(id="a", text="?", raised_on=ago(9), due=ON),)), None),
    Example("GV-01", "nothing at half time", initiative(timebox=box(0.5), governance=item(Maturity.NONE)), Grade.AMBER),
    Example("GV-01", "a draft at half time", initiative(timebox=box(0.5), governance=item(Maturity.DRAFT)), None),
    Example("GV-01", "a draft at 90%", initiative(timebox=box(0.9), governance=item(Maturity.DRAFT)), Grade.AMBER),
    Example("GV-01", "nothing at 49%", initiative(timebox=box(0.49), governance=item(Maturity.NONE)), None),
    Example("GV-01", "a draft when G2 is due", initiative(timebox=box(0.9), gates=(gate(ON),), governance=item(Maturity.DRAFT)), Grade.RED),
    Example("GV-02", "a day over", live(governance=(Governance("m", Maturity.APPROVED, None, ago(1)),)), Grade.AMBER),
    Example("GV-02", "21 days over", live(governance=(Governance("m", Maturity.APPROVED, None, ago(21)),)), Grade.RED),
    Example("GV-02", "today", live(governance=(Governance("m", Maturity.APPROVED, None, ON),)), None),
    Example("INC-01", "open and serious", live(incidents=(Incident("i", ago(1), True),)), Grade.RED),
    Example("INC-01", "minor", live(incidents=(Incident("i", ago(1), False),)), None),
    Example("INC-01", "closed", live(incidents=(Incident("i", ago(9), True, ago(1)),)), None),
    Example("IF-01", "nothing at half time", initiative(timebox=box(0.5), capabilities=at_level(0)), Grade.AMBER),
    Example("IF-01", "by hand at half time", initiative(timebox=box(0.5), capabilities=at_level(1)), None),
    Example("IF-01", "by hand ten days before G3", initiative(gates=(gate(ago(-10), "G3"),), capabilities=at_level(1)), Grade.AMBER),
    Example("IF-01", "by hand eleven days before", initiative(gates=(gate(ago(-11), "G3"),), capabilities=at_level(1)), None),
    Example("IF-01", "not monitored before G8", live(gates=(gate(ago(-10), "G8"),), capabilities=at_level(2)), Grade.AMBER),
    Example("IF-01", "temporary after G3", live(gates=(gate(ago(9), "G3", decision="go"),), capabilities=at_level(3, temporary=True)), Grade.AMBER),
    Example("IF-01", "temporary before G3", initiative(capabilities=at_level(3, temporary=True)), None),
    Example("IF-02", "live by hand", live(capabilities=at_level(1)), Grade.AMBER),
    Example("IF-02", "live and automated", live(capabilities=at_level(2)), None),
    Example("IF-02", "eleven days", live(deploy_lead_wd=11), Grade.AMBER),
    Example("IF-02", "ten days", live(deploy_lead_wd=10), None),
]  # fmt: skip
EXAMPLES = DATES + GATES + PILOTS + READINESS
