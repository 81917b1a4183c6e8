"""OWN, UPD, PK, WM, LL, EX: for each rule facts that fire and facts that just do not."""

from dataclasses import replace

from bot.domain.checkins import Rag
from bot.domain.initiatives import Lifecycle, RiskTier, Stage
from bot.domain.rules.findings import Grade
from bot.domain.rules.records import (
    Act,
    Away,
    HandingOver,
    Holding,
    PathToGreen,
    Phase,
    Promised,
    Reuse,
    Rolled,
    Seen,
    Text,
    View,
)
from tests.domain.rules.building import (
    ON,
    OPERATIONS,
    SPONSOR,
    TECHNICAL,
    Example,
    ago,
    asked,
    days_ago,
    declared,
    gate,
    held,
    initiative,
    live,
    metric,
    promised,
    week,
)

THREE = held(sponsor="Ada", technical="Ben", operations="Cem")
LEFT = Holding(role=OPERATIONS, person="Cem", until=ago(10))
TWO_HELD = held(sponsor="Ada", technical="Ben")


def acts(of_ada: int, of_others: int) -> tuple[Act, ...]:
    return tuple(Act("Ada", days_ago(n % 50)) for n in range(of_ada)) + tuple(
        Act(f"P{n}", days_ago(n % 50)) for n in range(of_others)
    )


def churned(*back: int) -> tuple[Holding, ...]:
    starts = [None, *(days_ago(days) for days in back)]
    ends = [*starts[1:], None]
    return tuple(
        Holding(role=TECHNICAL, person=f"P{n}", since=since, until=until)
        for n, (since, until) in enumerate(zip(starts, ends, strict=True))
    )


def seen(pairs: str) -> tuple[Seen, ...]:
    rags = {"G": Rag.GREEN, "A": Rag.AMBER, "R": Rag.RED}
    return tuple(Seen(week(9 - n), Rag.AMBER, rags[c]) for n, c in enumerate(pairs))


FULL = initiative(holdings=THREE)
OWNERSHIP = [
    Example("OWN-01", "vacant for ten days", initiative(holdings=(*TWO_HELD, LEFT)), Grade.AMBER),
    Example(
        "OWN-01",
        "vacant for eleven days",
        initiative(holdings=(*TWO_HELD, replace(LEFT, until=ago(11)))),
        Grade.RED,
    ),
    Example("OWN-01", "live, vacant for six", live(holdings=(*TWO_HELD, replace(LEFT, until=ago(6)))), Grade.RED),
    Example("OWN-01", "never filled since the stage", initiative(since=ago(12), holdings=TWO_HELD), Grade.RED),
    Example(
        "OWN-01",
        "away for six days and nobody stands in",
        replace(FULL, away=(Away(role=SPONSOR, first=ago(5), last=ON),)),
        Grade.AMBER,
    ),
    Example("OWN-01", "away for five", replace(FULL, away=(Away(role=SPONSOR, first=ago(4), last=ON),)), None),
    Example(
        "OWN-01",
        "away for long, with a delegate",
        replace(FULL, away=(Away(role=SPONSOR, first=ago(30), last=ON, covered=True),)),
        None,
    ),
    Example("OWN-01", "all three there", FULL, None),
    Example("OWN-02", "one for all", initiative(holdings=held(sponsor="A", technical="A", operations="A")), Grade.RED),
    Example("OWN-02", "two for all", initiative(holdings=held(sponsor="A", technical="B", operations="A")), Grade.AMBER),
    Example("OWN-02", "one for two and a gap", initiative(holdings=held(sponsor="A", technical="A")), None),
    Example("OWN-02", "three", FULL, None),
    Example("OWN-04", "three of four by the delegate", initiative(asked=asked("1000")[:1] + asked("0111", by_delegate=True)[1:]), Grade.AMBER),
    Example("OWN-04", "two of four", initiative(asked=asked("1100")[:2] + asked("0011", by_delegate=True)[2:]), None),
    Example("OWN-05", "seventy percent of twenty", initiative(acts=acts(14, 6)), Grade.AMBER),
    Example("OWN-05", "thirteen of twenty", initiative(acts=acts(13, 7)), None),
    Example("OWN-05", "all of eleven", initiative(acts=acts(11, 0)), None),
    Example("OWN-05", "live without a delegate", live(holdings=(replace(THREE[0], has_delegate=False),)), Grade.AMBER),
    Example("OWN-05", "a pilot without one", initiative(holdings=(replace(THREE[0], has_delegate=False),)), None),
    Example("OWN-06", "two of four missed", initiative(asked=asked("1001")), Grade.AMBER),
    Example("OWN-06", "all missed is no worse", initiative(asked=asked("10000")), Grade.AMBER),
    Example("OWN-06", "one of four missed", initiative(asked=asked("001101")[2:]), None),
    Example("OWN-06", "weeks before anybody answered", initiative(asked=asked("000000011")), None),
    Example("OWN-07", "two changes in 26 weeks", initiative(holdings=churned(181, 30)), Grade.AMBER),
    Example("OWN-07", "the first is older", initiative(holdings=churned(182, 30)), None),
    Example("OWN-08", "both in a technical unit", initiative(holdings=tuple(replace(one, unit="technical") for one in THREE)), Grade.AMBER),
    Example("OWN-08", "the sponsor is not", initiative(holdings=(THREE[0], *(replace(one, unit="technical") for one in THREE[1:]))), None),
]  # fmt: skip
SAME = "The pilot runs as planned, sites are happy."
UPDATES = [
    Example("UPD-01", "missed this cycle", initiative(asked=asked("110")), Grade.INFO),
    Example("UPD-01", "missed the one before", initiative(asked=asked("101")), None),
    Example("UPD-02", "eight working days", initiative(asked=(replace(asked("1")[0], on=ago(8), answered_on=ago(8)),)), Grade.AMBER),
    Example("UPD-02", "thirteen", initiative(asked=(replace(asked("1")[0], on=ago(13), answered_on=ago(13)),)), Grade.RED),
    Example("UPD-02", "seven", initiative(asked=(replace(asked("1")[0], on=ago(7), answered_on=ago(7)),)), None),
    Example("UPD-02", "one role only", initiative(holdings=THREE, asked=asked("100") + asked("111", TECHNICAL)), Grade.INFO),
    Example("UPD-02", "never asked", initiative(), None),
    Example("UPD-03", "four times one value", initiative(metrics=(metric([1, 2, 3, 4, 5, 5, 5, 5]),)), Grade.AMBER),
    Example("UPD-03", "three times", initiative(metrics=(metric([1, 2, 3, 4, 5, 5, 5]),)), Grade.INFO),
    Example("UPD-03", "twice", initiative(metrics=(metric([1, 2, 3, 4, 5, 5]),)), None),
    Example("UPD-03", "not up to the latest week", initiative(metrics=(metric([1, 2, 3, 4, 5, 5, 5, 5, None]),)), None),
    Example("UPD-03", "one that stays once in seven weeks", initiative(metrics=(metric([1, 1, 2, 3, 4, 5, 6, 7, 7, 7, 7]),)), Grade.AMBER),
    Example("UPD-03", "one that stays once in five weeks", initiative(metrics=(metric([1, 1, 2, 3, 4, 5, 5, 5, 5]),)), None),
    Example("UPD-03", "the same words", initiative(texts=tuple(Text(SPONSOR, week(n), SAME) for n in (2, 1, 0))), Grade.INFO),
    Example(
        "UPD-03",
        "other words than two weeks ago",
        initiative(texts=(Text(SPONSOR, week(2), "Feed broke on Monday."), Text(SPONSOR, week(1), SAME), Text(SPONSOR, week(0), SAME))),
        None,
    ),
    Example("UPD-04", "Green and Red", initiative(views=(View(role=SPONSOR, on=week(0), rag=Rag.GREEN), View(role=TECHNICAL, on=week(0), rag=Rag.RED))), Grade.AMBER),
    Example("UPD-04", "Amber and Red", initiative(views=(View(role=SPONSOR, on=week(0), rag=Rag.AMBER), View(role=TECHNICAL, on=week(0), rag=Rag.RED))), None),
    Example("UPD-04", "four apart", initiative(views=(View(role=SPONSOR, on=week(0), confidence=9), View(role=TECHNICAL, on=week(0), confidence=5))), Grade.AMBER),
    Example("UPD-04", "three apart", initiative(views=(View(role=SPONSOR, on=week(0), confidence=8), View(role=TECHNICAL, on=week(0), confidence=5))), None),
    Example("UPD-04", "stop, says the sponsor", initiative(views=(View(role=SPONSOR, on=week(0), stop=True), View(role=TECHNICAL, on=week(0), rag=Rag.GREEN))), Grade.AMBER),
    Example("UPD-04", "in different weeks", initiative(views=(View(role=SPONSOR, on=week(1), rag=Rag.GREEN), View(role=TECHNICAL, on=week(0), rag=Rag.RED))), None),
    Example("PK-01", "59%", initiative(promised=promised([(2, 1)] * 7 + [(3, 2)])), Grade.AMBER),
    Example("PK-01", "60%", initiative(promised=promised([(5, 3)])), Grade.INFO),
    Example("PK-01", "80%", initiative(promised=promised([(5, 4)])), None),
    Example("PK-01", "none of four", initiative(promised=promised([(4, 0)])), None),
    Example("PK-01", "all, one a week", initiative(promised=promised([(1, 1)] * 8)), Grade.INFO),
    Example("PK-01", "all, two in a week", initiative(promised=promised([(2, 2)] + [(1, 1)] * 7)), None),
    Example("PK-01", "bad ones nine weeks ago", initiative(promised=promised([(9, 0)] + [(2, 2)] * 8)), None),
    Example("PK-02", "three times", initiative(rolled=(Rolled("c", "write the SOP", 3, week(0)),)), Grade.AMBER),
    Example("PK-02", "twice", initiative(rolled=(Rolled("c", "write the SOP", 2, week(0)),)), None),
    Example("PK-03", "answers without a promise", initiative(asked=asked("111"), promised=promised([(1, 1), (0, 0), (0, 0), (0, 0)])), Grade.AMBER),
    Example("PK-03", "one was made", initiative(asked=asked("111"), promised=(Promised(week(2), 0, 0, made=1),)), None),
    Example("PK-03", "a week of silence", initiative(asked=asked("101")), None),
    Example("PK-03", "before the pilot", initiative(Stage.PILOT_DEFINITION, asked=asked("111")), None),
]  # fmt: skip
OVERDUE, TWO_OVERDUE = (gate(ago(11)),), (gate(ago(1)), gate(ago(1), "G3"))
HONESTY = [
    Example("WM-01", "Green with a Red finding", initiative(declared=declared("G"), gates=OVERDUE), Grade.RED),
    Example("WM-01", "Green with two Amber ones", initiative(declared=declared("G"), gates=TWO_OVERDUE), Grade.AMBER),
    Example("WM-01", "Green with one Amber one", initiative(declared=declared("G"), gates=TWO_OVERDUE[:1]), None),
    Example("WM-01", "one Amber one and a silent sponsor", initiative(declared=declared("G"), gates=TWO_OVERDUE[:1], asked=asked("1001")), None),
    Example("WM-01", "Amber with a Red finding", initiative(declared=declared("GA"), gates=OVERDUE), None),
    Example("WM-01", "Green the week before", initiative(declared=declared("G-"), gates=OVERDUE), None),
    Example("WM-02", "from Green to Red", initiative(declared=declared("GGGGR")), Grade.INFO),
    Example("WM-02", "Amber four weeks before", initiative(declared=declared("AGGGR")), None),
    Example("WM-02", "Amber between", initiative(declared=declared("GGGAR")), None),
    Example("WM-03", "six Ambers, no day named", initiative(declared=declared("AAAAAA"), paths=(PathToGreen(week(3)),)), Grade.AMBER),
    Example("WM-03", "five Ambers", initiative(declared=declared("GAAAAA"), paths=(PathToGreen(week(3)),)), None),
    Example("WM-03", "a day named", initiative(declared=declared("AAAAAA"), paths=(PathToGreen(week(3), ON),)), None),
    Example("WM-03", "never asked", initiative(declared=declared("AAAAAA")), None),
    Example("WM-04", "three Reds called Amber", initiative(seen=seen("GRRR")), Grade.AMBER),
    Example("WM-04", "two", initiative(seen=seen("GGRR")), None),
]  # fmt: skip
STOPPED = (Phase(Lifecycle.ACTIVE), Phase(Lifecycle.STOPPED, ago(20)))
LEADERSHIP = [
    Example("LL-01", "20 days after go-live", live(golive_on=ago(20), lessons=()), Grade.AMBER),
    Example("LL-01", "19 days after", live(golive_on=ago(19), lessons=()), None),
    Example("LL-01", "with a lesson", live(golive_on=ago(30), lessons=(ago(5),)), None),
    Example("LL-01", "lessons are not recorded", live(golive_on=ago(30)), None),
    Example("LL-01", "after a stop", initiative(phases=STOPPED, lessons=()), Grade.INFO),
    Example("LL-01", "20 days after G7", live(gates=(gate(ago(25), "G7", decision="go", decided_on=ago(20)),), lessons=(ago(21),)), Grade.AMBER),
    Example("LL-02", "2 of 10 items taken over", initiative(reuse=Reuse(ago(1), 2, 10)), Grade.INFO),
    Example("LL-02", "3 of 10", initiative(reuse=Reuse(ago(1), 3, 10)), None),
    Example("EX-01", "unseen for 60 days", live(golive_on=days_ago(200), leadership_uses=(days_ago(60),)), Grade.AMBER),
    Example("EX-01", "59 days", live(golive_on=days_ago(200), leadership_uses=(days_ago(59),)), None),
    Example("EX-01", "not recorded", live(golive_on=days_ago(200)), None),
    Example("EX-02", "29 days of money", live(funded_until=days_ago(-29)), Grade.RED),
    Example("EX-02", "179 days", live(funded_until=days_ago(-179)), Grade.AMBER),
    Example("EX-02", "180 days", live(funded_until=days_ago(-180)), None),
    Example("EX-03", "hand-over eleven days old", initiative(handovers=(HandingOver("business_sponsor", ago(11)),)), Grade.AMBER),
    Example("EX-03", "ten days old", initiative(handovers=(HandingOver("business_sponsor", ago(10)),)), None),
    Example("EX-03", "accepted", initiative(handovers=(HandingOver("business_sponsor", ago(30), ago(11)),)), None),
]  # fmt: skip
EXAMPLES = OWNERSHIP + UPDATES + HONESTY + LEADERSHIP
MINIMAL = initiative(
    Stage.PILOT_DEFINITION, risk_tier=RiskTier.MINIMAL, holdings=held(sponsor="A", technical="A", operations="A")
)
