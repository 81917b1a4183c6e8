"""
A quarter of 40 owners in four countries who are away, answer late, put off and hand over, on the real beats and flows.

What they get is counted; what nobody may get is looked for by rules written here anew, not by the program's own.
"""

import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from zoneinfo import ZoneInfo

from benchmarks.acting import TENANT, Crew, asks_of, direct, offers_of
from benchmarks.row import Row
from bot.app import open_core
from bot.cli.simulation import staged
from bot.domain.calendar import week_of
from bot.domain.ids import PersonId, PromptId
from bot.domain.initiatives import Initiative, Stage
from bot.domain.ownership import OWNER_ROLES, AssignmentState, RoleAssignment
from bot.domain.people import Absence, Handle, Organisation, Person, Portfolio
from bot.messages.foreseen import Arrival
from bot.messages.model import Action
from bot.playbook.public_holidays import public_holidays
from bot.settings import Settings
from bot.stores import UnitOfWork
from scheduler.clock import MovableClock

SEED = 20261005
BEGINS = datetime(2026, 10, 5, 4, tzinfo=UTC)
WEEKS, OWNERS = 13, 40
PLACES = (("US", "America/Chicago"), ("DE", "Europe/Berlin"), ("IN", "Asia/Kolkata"), ("BR", "America/Sao_Paulo"))
STAGES = (Stage.PILOT_DEFINITION, Stage.PILOT, Stage.LAUNCH, Stage.PRODUCTION)
TICK = timedelta(seconds=5)
MOST_A_DAY, MOST_REMINDERS = 3, 2
MORNING, EVENING = clock_time(8), clock_time(18)


@dataclass
class Quarter:
    """What happened: the people with their absences, and every message to one of them."""

    people: dict[PersonId, Person]
    absences: list[Absence]
    begins: datetime
    weeks: int
    messages: list[tuple[PersonId, Arrival]] = field(default_factory=list)
    answered: dict[PromptId, datetime] = field(default_factory=dict)
    acts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def local(self, who: PersonId, at: datetime) -> datetime:
        """Return an instant on somebody's own clock."""
        return at.astimezone(ZoneInfo(self.people[who].timezone or "UTC"))

    def per_week(self) -> list[int]:
        """Return how many messages each owner got in each week, weeks without any included."""
        counts = Counter((who, week_of(self.local(who, one.at).date())) for who, one in self.messages)
        return [counts[who, week] for who in self.people for week in self.weeks_played()]

    def weeks_played(self) -> list[str]:
        """Return the ISO weeks of the quarter."""
        return [week_of((self.begins + timedelta(weeks=n)).date()) for n in range(self.weeks)]

    def out_of_hours(self) -> list[tuple[PersonId, Arrival]]:
        """Return the messages outside somebody's working hours: at night, on a day off, a holiday, an absence."""
        return [(who, one) for who, one in self.messages if not self._works(who, self.local(who, one.at))]

    def _works(self, who: PersonId, at: datetime) -> bool:
        day, holidays = at.date(), public_holidays(self.people[who].country)
        away = any(absence.person_id == who and absence.covers(day) for absence in self.absences)
        return day.weekday() < 5 and day not in holidays and not away and MORNING <= at.time() < EVENING

    def after_an_answer(self) -> list[tuple[PersonId, Arrival]]:
        """Return the messages that ask for what was answered more than a tick before."""
        return [
            (who, one)
            for who, one in self.messages
            if any(self.answered.get(prompt, one.at) + TICK < one.at for prompt in asks_of(one))
        ]

    def most_a_day(self) -> int:
        """Return the most messages anybody got on one day of theirs."""
        return max(Counter((who, self.local(who, one.at).date()) for who, one in self.messages).values(), default=0)

    def reminders(self) -> Counter[tuple[PersonId, str]]:
        """Return how many reminders each owner got in each week."""
        return Counter(
            (who, week_of(self.local(who, one.at).date())) for who, one in self.messages if _is_reminder(one)
        )


def _is_reminder(one: Arrival) -> bool:
    return one.message.title.startswith("Reminder")


class Behaviour:
    """What people do about their messages: most answer, some at once, some late; some put off or hand over."""

    def __init__(self, quarter: Quarter, chance: random.Random) -> None:
        self._quarter, self._chance = quarter, chance
        self._busy: set[tuple[PersonId, PromptId]] = set()
        self.crew: Crew

    def heard(self, who: PersonId, arrival: Arrival) -> None:
        """Decide what somebody does about a message."""
        for prompt in asks_of(arrival):
            if (who, prompt) not in self._busy:
                self._decide(who, prompt, reminded=_is_reminder(arrival))
        for offer in offers_of(arrival):
            taken = self._chance.random() < 0.85
            action = Action.ROLE_ACCEPT if taken else Action.ROLE_DECLINE
            self._quarter.acts["accepted" if taken else "declined"] += 1
            self.crew.after(self._hours(5), partial(self._press, who, action, offer))

    def _decide(self, who: PersonId, prompt: PromptId, *, reminded: bool) -> None:
        drawn = self._chance.random()
        if drawn < (0.5 if reminded else 0.65):
            self._busy.add((who, prompt))
            self._quarter.acts["answered"] += 1
            self.crew.after(self._hours(2 if reminded else 12), partial(self.crew.answer, who, prompt))
        elif drawn < 0.78 and not reminded:
            self._quarter.acts["put off"] += 1
            self.crew.after(self._hours(1), partial(self._press, who, Action.CHECKIN_SNOOZE, prompt))
        elif drawn < 0.82 and not reminded:
            colleague = self._chance.choice(sorted(set(self._quarter.people) - {who}))
            self._quarter.acts["handed over"] += 1
            self.crew.after(self._hours(3), partial(self._press, who, Action.CHECKIN_NOT_MINE, prompt, colleague))
        else:
            self._quarter.acts["ignored"] += 1

    async def _press(self, who: PersonId, action: Action, value: str, to: PersonId = "") -> None:
        await self.crew.press(who, action, value, to)

    def _hours(self, mean: float) -> timedelta:
        return timedelta(minutes=1, hours=self._chance.expovariate(1 / mean))


async def play(weeks: int = WEEKS, owners: int = OWNERS, seed: int = SEED) -> Quarter:
    """Return a quarter as it went: the same for the same seed."""
    chance, begun = random.Random(seed), time.perf_counter()
    people = {person.id: person for person in _people(owners)}
    quarter = Quarter(people, _absences(list(people), weeks, chance), BEGINS, weeks)
    with tempfile.TemporaryDirectory(prefix="steward-quarter-") as folder:
        clock = MovableClock(BEGINS)
        settings = Settings.model_construct(database_url=f"sqlite:///{folder}/quarter.db")
        async with open_core(settings, clock, create=True, alone=True) as core:
            async with core.ports.open_unit_of_work() as uow:
                await _fill(quarter, uow)
                await uow.commit()
            behaviour = Behaviour(quarter, chance)
            behaviour.crew = Crew(staged(core, clock, ["slack"]), chance, behaviour.heard)
            quarter.messages = await behaviour.crew.live(BEGINS + timedelta(weeks=weeks))
            quarter.answered = behaviour.crew.answered
            quarter.acts["refused"] = behaviour.crew.refused
    quarter.seconds = time.perf_counter() - begun
    return quarter


def _people(owners: int) -> list[Person]:
    return [
        Person(id=f"p{n}", name=f"Owner {n}", email=f"p{n}@quarter.example", country=country, timezone=zone)
        for n in range(owners)
        for country, zone in [PLACES[n % len(PLACES)]]
    ]


def _absences(ids: Sequence[PersonId], weeks: int, chance: random.Random) -> list[Absence]:
    """Return two absences for every second person, from a day to two weeks long; half name who answers meanwhile."""
    found = []
    for n, who in enumerate([each for each in ids[::2] for _ in range(2)]):
        first = BEGINS.date() + timedelta(days=chance.randrange(7 * weeks))
        last = first + timedelta(days=chance.randrange(14))
        stand_in = chance.choice([each for each in ids if each != who]) if n % 2 else None
        found.append(Absence(id=f"absence-{n}", person_id=who, first=first, last=last, delegate_id=stand_in))
    return found


async def _fill(quarter: Quarter, uow: UnitOfWork) -> None:
    ids = list(quarter.people)
    await uow.people.save_organisation(Organisation(name="Quarter", timezone="Europe/Berlin", country="DE"))
    await uow.people.save(quarter.people.values())
    await uow.people.save_portfolio(
        Portfolio(id="folio", key="ALL", name="All", timezone="Europe/Berlin", lead_id=ids[0])
    )
    for who in ids:
        account = Handle(person_id=who, platform="slack", tenant=TENANT, user=f"U-{who}", conversation=direct(who))
        await uow.people.save_handle(account)
    await uow.people.save_absences(quarter.absences)
    await uow.initiatives.save(
        Initiative(id=f"i{n}", key=f"K{n}", name=f"Initiative {n}", portfolio_id="folio", stage=STAGES[n % len(STAGES)])
        for n in range(len(ids))
    )
    await uow.ownership.save(
        RoleAssignment(
            id=f"a{n}-{role}",
            initiative_id=f"i{n}",
            role=role,
            person_id=ids[(n + 7 * place) % len(ids)],
            valid_from=date(2026, 9, 1),
            state=AssignmentState.ACTIVE,
            accepted_at=BEGINS,
        )
        for n in range(len(ids))
        for place, role in enumerate(OWNER_ROLES)
    )


def table(quarter: Quarter) -> str:
    """Return the quarter week by week: how many messages, reminders and owners written to, the most for one."""
    lines = ["week      messages  reminders  owners  median  p95  max"]
    for week in quarter.weeks_played():
        counts = Counter(who for who, one in quarter.messages if week_of(quarter.local(who, one.at).date()) == week)
        reminded = sum(n for (_, when), n in quarter.reminders().items() if when == week)
        each = sorted(counts[who] for who in quarter.people)
        median, p95 = statistics.median(each), _p95(each)
        lines.append(f"{week}  {sum(each):8}  {reminded:9}  {len(counts):6}  {median:6g}  {p95:3}  {each[-1]:3}")
    acts = ", ".join(f"{n} {what}" for what, n in quarter.acts.items())
    return "\n".join([*lines, f"what people did: {acts}; {len(quarter.answered)} check-ins answered"])


def _p95(counts: Sequence[int]) -> int:
    return sorted(counts)[max(0, round(0.95 * len(counts)) - 1)]


def figures(quarter: Quarter) -> list[Row]:
    """Return what is measured of a quarter, each against its limit."""
    each = quarter.per_week()
    spread = f"{statistics.median(each):g} / {_p95(each)} / {max(each)}"
    reminded = max(quarter.reminders().values(), default=0)
    outside, after, daily = len(quarter.out_of_hours()), len(quarter.after_an_answer()), quarter.most_a_day()
    about = f"a quarter of {len(quarter.people)} owners, {quarter.weeks} weeks"
    return [
        Row(
            about,
            f"{len(quarter.messages):,} messages in {quarter.seconds:.0f} s",
            "at least one",
            bool(quarter.messages),
        ),
        Row("messages per owner and week, median / p95 / max", spread, "p95 at most 5", _p95(each) <= 5),
        Row("messages outside somebody's working hours", f"{outside}", "0", outside == 0),
        Row("messages asking for what was answered", f"{after}", "0", after == 0),
        Row("the most messages to one person on a day", f"{daily}", f"at most {MOST_A_DAY}", daily <= MOST_A_DAY),
        Row(
            "the most reminders to one person in a cycle",
            f"{reminded}",
            f"at most {MOST_REMINDERS}",
            reminded <= MOST_REMINDERS,
        ),
    ]


async def rows() -> list[Row]:
    """Play the quarter, print it week by week, and return its figures."""
    quarter = await play()
    print(f"seed {SEED}\n{table(quarter)}")
    return figures(quarter)
