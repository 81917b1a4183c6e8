"""`steward demo`: the sample portfolio on a temporary database, with a clock that can be moved."""

import contextlib
import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from adapters.console import Session, open_session, render
from adapters.console.inbound import GUIDE
from adapters.console.platform import Posted, transcript
from bot.app import Core, open_core
from bot.domain.calendar import local_instant
from bot.errors import UserError
from bot.flows.calendars import zone_of
from bot.formats import import_file
from bot.messages.forms import ChoiceField, Field
from bot.messages.model import Action, buttons_of
from bot.playbook.samples import SAMPLE, load_scenes
from bot.ports import ActionPressed, Ports
from bot.settings import Settings
from scheduler.clock import MovableClock
from scheduler.runner import advance

START = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
"""Monday 23 November 2026, ten minutes before the digest of week 47 is posted in the sample's zone."""
MOMENT = timedelta(seconds=5)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WELCOME = """\
Northlake Health, {now}. {initiatives} initiatives, {people} people; you can be any of them.

{guide}
"""
GUIDE_HERE = f"""\
{GUIDE}
people            who there is                           jump 2h, jump 3d, jump monday   move the clock on;
                                                         what is due meanwhile happens"""
MOST_DAYS = 366
TOO_FAR = f"That is too far: jump at most {MOST_DAYS} days at once."
FORWARD_ONLY = "The clock only goes forward: jump 2h, jump 3d, or jump monday."


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo on its stage: the product, its clock, the terminal."""

    core: Core
    ports: Ports
    clock: MovableClock
    session: Session

    async def now(self) -> str:
        """Return the time as the organisation reads it."""
        zone = zone_of(await self.ports.reads.organisation())
        return f"{self.clock.now().astimezone(zone):%a %d %b %Y %H:%M} ({zone.key})"


@contextlib.asynccontextmanager
async def _staged() -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="steward-demo-") as folder:
        clock = MovableClock(START)
        # Not read from the environment: the demo is the same everywhere.
        settings = Settings.model_construct(database_url=f"sqlite:///{folder}/demo.db")
        async with open_core(settings, clock, create=True) as core:
            report = await import_file(SAMPLE, "portfolio", core.ports, dry_run=False)
            if report.failed:
                raise UserError("\n".join([report.summary, *report.problems]))
            session = open_session(core.dispatch)
            ports = core.ports.with_platforms({"console": session.platform})
            yield Stage(core, ports, clock, session)


async def converse() -> None:
    """Let a person at the terminal be anybody in the sample portfolio, until they quit."""
    async with _staged() as stage:
        session = stage.session
        session.guide, session.who = GUIDE_HERE, lambda named: _named(stage, named)
        session.words = {
            "jump": lambda rest: _jump(stage, rest),
            "people": lambda _: _people(stage),
        }
        catalogue = await stage.ports.reads.catalogue()
        people = await _everybody(stage)
        counts = {"initiatives": len(catalogue.entries), "people": len(people)}
        print(WELCOME.format(now=await stage.now(), guide=GUIDE_HERE, **counts))
        session.user = next(email for name, email in people.items() if name == "Ruth Adeyemi")
        print(await _jump(stage, "20m"))
        while (typed := await session.read(f"\n{session.user}> ")) not in (None, "quit", "exit"):
            try:
                await session.handle(typed or "")
                await advance(stage.clock, stage.clock.now() + MOMENT, stage.ports)
            except UserError as error:
                print(error)


async def _jump(stage: Stage, rest: str) -> str:
    """Move the clock on by `2h`, `3d`, or to 10:05 of the next day of that name; run what becomes due."""
    to = await _target(stage, rest.strip().casefold())
    await advance(stage.clock, to, stage.ports)
    return f"It is {await stage.now()}."


async def _target(stage: Stage, word: str) -> datetime:
    now = stage.clock.now()
    units = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
    if jump := re.fullmatch(r"(-?)([0-9]{1,9}) ?([mhd])", word):
        if jump[1]:
            raise UserError(FORWARD_ONLY)
        ahead = int(jump[2]) * units[jump[3]]
        if ahead > timedelta(days=MOST_DAYS):
            raise UserError(TOO_FAR)
        return now + ahead
    days = [n for n, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
    if not days:
        raise UserError("Say how far: jump 2h, jump 3d, or jump monday.")
    zone = zone_of(await stage.ports.reads.organisation())
    today = now.astimezone(zone)
    later = (days[0] - today.weekday()) % 7 or 7
    return local_instant(today.date() + timedelta(days=later), datetime(2000, 1, 1, 10, 5, tzinfo=UTC).time(), zone)


async def _everybody(stage: Stage) -> dict[str, str]:
    async with stage.ports.open_unit_of_work() as uow:
        return {person.name: person.email or "" for person in await uow.people.all()}


async def _named(stage: Stage, named: str) -> str:
    """Return the address of who is named by it, by their name, or by a first name nobody else has."""
    word, people = " ".join(named.split()).casefold(), await _everybody(stage)
    exact = [email for name, email in people.items() if word in (email.casefold(), name.casefold())]
    first = [email for name, email in people.items() if word == name.split()[0].casefold()]
    found = exact or first
    if len(found) != 1:
        who = "Several people are called" if found else "Nobody here is"
        raise UserError(f"{who} “{render.safe(named.strip())}”. There are:\n{await _people(stage)}")
    return found[0]


async def _people(stage: Stage) -> str:
    return "\n".join(f"{name:<22} as {email}" for name, email in (await _everybody(stage)).items())


@dataclass
class Actor(Session):
    """A session that answers forms from a script instead of the keyboard."""

    script: Mapping[str, object] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    async def answer(self, item: Field) -> str | None:
        """Return the scripted value of a field, or what it is prefilled with; UserError when that is refused."""
        self.asked[item.name] += 1
        if self.asked[item.name] > 1:
            raise UserError(f"The script of the demo does not answer “{item.label}” so that it is taken.")
        said = self.script.get(item.name)
        if said is None and isinstance(item, ChoiceField) and not item.initial and not item.optional:
            said = item.options[0][1]
        typed = "" if said is None else str(said)
        self.write(render.question(item) + typed)
        return typed


async def play_once() -> None:
    """Play one week with scripted answers and print what each person saw."""
    async with _staged() as stage:
        seen = stage.session.platform

        def show(posted: Posted) -> None:
            who = posted.ref.conversation
            print(f"\n=== {'#' if '@' not in who else 'to '}{who}\n{transcript(posted)}")

        for scene in load_scenes():
            seen.watch = show
            await advance(stage.clock, datetime.fromisoformat(scene["at"]), stage.ports)
            print(f"\n######## {await stage.now()}: {scene['title']}")
            for act in scene.get("acts", ()):
                await _perform(stage, act)
        print(f"\n######## {await stage.now()}: the week is over")


async def _perform(stage: Stage, act: Mapping[str, object]) -> None:
    """Do one thing as one person: answer everything asked, or say a command."""
    actor = Actor(
        dispatch=stage.session.dispatch,
        platform=stage.session.platform,
        read=stage.session.read,
        write=print,
        user=str(act["as"]),
    )
    stage.session.platform.watch = lambda _: None
    print(f"\n--- {actor.user}")
    if "says" in act:
        print(f"> {act['says']}")
        await actor.handle(str(act["says"]))
        return
    answers = act.get("answers")
    for n, button in enumerate(_to_answer(stage, actor.user)):
        actor.script, actor.asked = answers[n % len(answers)] if isinstance(answers, list) else {}, Counter()
        await actor.ask(ActionPressed(sender=actor.sender, action=Action.CHECKIN_ANSWER, value=button, id=uuid4().hex))
        await advance(stage.clock, stage.clock.now() + timedelta(minutes=1), stage.ports)


def _to_answer(stage: Stage, user: str) -> list[str]:
    """Return the prompts a person's newest message still asks, by the value of its buttons."""
    for posted in reversed(stage.session.platform.conversations[user]):
        found = [
            b.value for b in buttons_of(posted.message) if b.action is Action.CHECKIN_ANSWER and b.label == "Answer"
        ]
        if found:
            return found
    return []
