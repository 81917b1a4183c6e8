"""Arbitrary books of facts that fit together, for properties of the portfolio file."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.domain.cadence import Cycle, cycle_of
from bot.domain.calendar import Calendar, local_instant
from bot.domain.checkins import Commitment, CommitmentState, Prompt, PromptState, Rag, Response, prompt_id
from bot.domain.ids import stable_id
from bot.domain.initiatives import Initiative, Lifecycle, RiskTier, Stage, UsageMode
from bot.domain.ownership import AssignmentKind, AssignmentState, HandoverReason, Role, RoleAssignment
from bot.domain.people import Absence, Organisation, OrgRole, Person, Portfolio, Visibility
from bot.domain.policy import CadencePolicy
from bot.domain.portfolio.book import ORGANISATION, Book
from bot.domain.portfolio.merging import Rules
from bot.domain.raid import Raid, RaidCategory, RaidKind, RaidState, Severity

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
WEEKS = ("2026-W44", "2026-W46")
EVERY_DAY = Calendar(frozenset(range(7)))
RULES = Rules(at=AT, calendar_of=lambda _: EVERY_DAY)

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"), max_size=40)
names = texts.filter(bool)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
runs = st.tuples(days, st.integers(1, 500)).map(lambda run: frozenset(run[0] + timedelta(n) for n in range(run[1])))
days_off = st.lists(runs, max_size=2).map(lambda found: frozenset[date]().union(*found))
instants = st.datetimes(datetime(2020, 1, 1), AT.replace(tzinfo=None)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
zones = st.sampled_from(["America/Chicago", "Europe/Berlin", "UTC", "Asia/Kathmandu"])
weekdays = st.frozensets(st.integers(0, 6), min_size=1)
answers = st.dictionaries(
    names, texts | st.none() | st.booleans() | st.floats(-1e9, 1e9) | st.lists(texts, max_size=2), max_size=3
)
COUNTRIES = st.none() | st.sampled_from(["US", "NO", "DE"])


@st.composite
def people(draw: st.DrawFn) -> dict[str, Person]:
    """Return up to four people, some without an address, some with the same name."""
    found = {}
    for n in range(draw(st.integers(2, 4))):
        person = Person(
            id=f"p{n}",
            name=draw(names),
            email=draw(st.sampled_from([None, f"p{n}@x.example"])),
            timezone=draw(st.none() | zones),
            country=draw(COUNTRIES),
            workdays=draw(st.none() | weekdays),
            org_unit=draw(st.none() | names),
            manager_id="p0" if n and draw(st.booleans()) else None,
            deactivated_at=draw(st.none() | instants),
            org_roles=draw(st.frozensets(st.sampled_from(OrgRole))),
        )
        found[person.id] = person
    return found


@st.composite
def initiatives(draw: st.DrawFn, portfolio_id: str, person_id: str) -> dict[str, Initiative]:
    """Return up to three initiatives in any state."""
    found = {}
    for n in range(draw(st.integers(1, 3))):
        lifecycle = draw(st.sampled_from(Lifecycle))
        initiative = Initiative(
            id=f"i{n}",
            key=f"AI{n}",
            name=draw(names),
            portfolio_id=portfolio_id,
            stage=draw(st.sampled_from(Stage)),
            lifecycle=lifecycle,
            aliases=tuple(draw(st.lists(names, max_size=2))),
            problem=draw(texts),
            user_group_size=draw(st.none() | st.integers(0, 10**6)),
            usage_mode=draw(st.sampled_from(UsageMode)),
            risk_tier=draw(st.sampled_from(RiskTier)),
            visibility=draw(st.sampled_from(Visibility)),
            golive_on=draw(st.none() | days),
            hold_review_on=date(2026, 12, 1) if lifecycle is Lifecycle.ON_HOLD else None,
            closed_by=draw(st.sampled_from([None, person_id])),
            closing_note=draw(texts),
            imported=draw(st.booleans()),
            source=draw(st.dictionaries(names, texts, max_size=2)),
        )
        found[initiative.key] = initiative
    return found


@st.composite
def assignments(draw: st.DrawFn, initiative_id: str) -> list[RoleAssignment]:
    """Return one role of an initiative: held, offered or past, perhaps in a hand-over, perhaps with a delegate."""

    def one(name: str, person_id: str, state: AssignmentState, **more: object) -> RoleAssignment:
        is_held = state in (AssignmentState.ACTIVE, AssignmentState.ENDED)
        return RoleAssignment(
            id=f"{initiative_id}-{name}",
            initiative_id=initiative_id,
            role=Role.TECHNICAL_LEAD,
            person_id=person_id,
            valid_from=date(2026, 6, 1),
            state=state,
            accepted_at=draw(instants) if is_held else None,
            assigned_by=draw(st.sampled_from([None, "p1"])),
            **more,  # type: ignore[arg-type]
        )

    holder = draw(st.sampled_from([AssignmentState.ACTIVE, AssignmentState.PROPOSED, AssignmentState.DECLINED]))
    found = [one("a", "p0", holder)]
    if holder is AssignmentState.ACTIVE and draw(st.booleans()):
        reason = draw(st.sampled_from(HandoverReason))
        found.append(one("b", "p1", AssignmentState.PROPOSED, handover_from="p0", handover_reason=reason))
    if draw(st.booleans()):
        found.append(one("c", "p1", AssignmentState.ENDED, valid_to=date(2026, 6, 1)))
    if draw(st.booleans()):
        state = draw(st.sampled_from([AssignmentState.ACTIVE, AssignmentState.PROPOSED, AssignmentState.EXPIRED]))
        found.append(one("d", "p1", state, kind=AssignmentKind.DELEGATE))
    return found


@st.composite
def answered(draw: st.DrawFn, prompt: Prompt, cycle: Cycle) -> tuple[Prompt, Response]:
    """Return a check-in with its answers, in time or late."""
    submitted_at = draw(instants)
    late = submitted_at >= cycle.closes_at
    revision = draw(st.integers(1, 3))
    responder = draw(st.sampled_from(["p0", "p1"]))
    holder = prompt.on_behalf_of or prompt.person_id
    settled = replace(
        prompt,
        state=PromptState.ANSWERED_LATE if late else PromptState.ANSWERED,
        answered_at=draw(instants),
        revision=revision,
        rag=draw(st.none() | st.sampled_from(Rag)),
        confidence=draw(st.none() | st.integers(0, 10)),
        unchanged=draw(st.booleans()),
    )
    response = Response(
        id=stable_id(prompt.id, str(revision)),
        prompt_id=prompt.id,
        revision=revision,
        responder_id=responder,
        submitted_at=submitted_at,
        answers=draw(answers),
        asked=draw(st.dictionaries(names, st.booleans(), max_size=2)),
        on_behalf_of=holder if holder != responder else None,
        late=late,
        unchanged=settled.unchanged,
    )
    return settled, response


@st.composite
def check_ins(draw: st.DrawFn, initiative_id: str, cycle: Cycle) -> tuple[Prompt, Response | None]:
    """Return one past check-in, answered or not."""
    key = prompt_id(cycle.key, initiative_id, Role.TECHNICAL_LEAD)
    on_behalf_of = draw(st.sampled_from([None, "p0"]))
    prompt = Prompt(
        id=key,
        cycle=cycle.key,
        initiative_id=initiative_id,
        role=Role.TECHNICAL_LEAD,
        person_id="p1" if on_behalf_of else "p0",
        due_at=local_instant(cycle.due_on, time(15), draw(zones.map(ZoneInfo))),
        on_behalf_of=on_behalf_of,
        sent_at=draw(st.none() | instants),
        snoozed=draw(st.booleans()),
        excused_reason=draw(texts),
        state=PromptState.MISSED,
    )
    if not draw(st.booleans()):
        states = st.sampled_from([PromptState.MISSED, PromptState.EXCUSED, PromptState.FAILED, PromptState.CANCELLED])
        return replace(prompt, state=draw(states)), None
    return draw(answered(prompt, cycle))


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Return a whole book; every reference in it is to something in it."""
    organisation = Organisation(
        name=draw(names), timezone=draw(zones), workdays=draw(weekdays), holidays=draw(days_off),
        country=draw(COUNTRIES), currency=draw(st.sampled_from(["USD", "EUR"])),
    )  # fmt: skip
    portfolio = Portfolio(
        id="f0", key="MAIN", name=draw(names), timezone=draw(zones), lead_id=draw(st.sampled_from([None, "p0"])),
        gatekeeper_ids=draw(st.sampled_from([(), ("p1", "p0")])),
        digest_channels=draw(st.sampled_from([(), (("console", "ai-leaders"), ("slack", "C1"))])),
        digest_weekday=draw(st.integers(0, 6)), digest_time=draw(st.sampled_from([time(8, 30), time(0), time(23, 59)])),
    )  # fmt: skip
    book = Book(organisation={ORGANISATION: organisation}, people=draw(people()), portfolios={"MAIN": portfolio})
    book.initiatives = draw(initiatives("f0", "p1"))
    for initiative in book.initiatives.values():
        book.assignments |= {each.id: each for each in draw(assignments(initiative.id))}
    if draw(st.booleans()):
        first = draw(days)
        book.absences["a0"] = Absence(
            id="a0", person_id="p0", first=first, last=first + timedelta(days=3), delegate_id="p1"
        )
    _draw_history(draw, book)
    return book


def _draw_history(draw: st.DrawFn, book: Book) -> None:
    for week in draw(st.sets(st.sampled_from(WEEKS))):
        cycle = cycle_of(week, EVERY_DAY, ZoneInfo("UTC"), CadencePolicy())
        if cycle is None:
            continue
        book.cycles[week] = cycle
        prompt, response = draw(check_ins("i0", cycle))
        book.prompts[prompt.id] = prompt
        if response:
            book.responses[prompt.id] = response
        book.commitments[week] = Commitment(
            id=week, initiative_id="i0", role=Role.TECHNICAL_LEAD, person_id="p0", text=draw(texts), due=draw(days),
            made_at=draw(instants), prompt_id=draw(st.sampled_from([None, prompt.id])),
            state=draw(st.sampled_from(CommitmentState)), closed_at=draw(st.none() | instants),
        )  # fmt: skip
        book.raids[week] = Raid(
            id=week, initiative_id="i0", kind=draw(st.sampled_from(RaidKind)), title=draw(texts), owner_id="p1",
            category=draw(st.sampled_from(RaidCategory)), severity=draw(st.sampled_from(Severity)),
            raised_at=draw(instants), needs_from_id=draw(st.sampled_from([None, "p0"])),
            state=draw(st.sampled_from(RaidState)), prompt_id=draw(st.sampled_from([None, prompt.id])),
        )  # fmt: skip
