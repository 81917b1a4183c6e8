"""
One full week of the program as a process against the fake Slack, on the real federal inventory.

`python -m benchmarks.week CSV`: 300 of its initiatives get owners, who answer through signed modals or do not; the
counts it prints must add up.
The process's wall clock is moved with libfaketime (`apt-get install faketime`); nothing in the program knows of it.
"""

import argparse
import asyncio
import contextlib
import csv
import glob
import io
import json
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.load import SECRET
from benchmarks.process import environment, serving, steward
from tests.adapters.slack.driver import Driver
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.fake_parts.state import Posted

PORTFOLIO = "MAIN"
OWNED, PEOPLE, ROLES = 300, 100, ("business_sponsor", "technical_lead", "operations_leader")
OPENING = datetime(2026, 12, 10, 9, 59, 50, tzinfo=UTC)
FIRST_NUDGE = datetime(2026, 12, 11, 9, 59, 50, tzinfo=UTC)
SECOND_NUDGE = datetime(2026, 12, 11, 14, 59, 50, tzinfo=UTC)
DIGEST = datetime(2026, 12, 14, 8, 29, 50, tzinfo=UTC)
LOG = Path(tempfile.gettempdir()) / "steward-week.log"
PATIENCE, AT_ONCE = 5, 6
QUIET_SECONDS = 15.0
"""How long nothing must arrive before a step counts as over: longer than the dispatch beat and the pacing."""


@dataclass
class FakeTime:
    """The wall clock of the program: a file libfaketime reads at every look at the time."""

    path: Path
    set_to: datetime = OPENING
    since: float = 0.0

    def jump(self, to: datetime) -> None:
        """Let the program's clock go on from `to`."""
        self.path.write_text(f"@{to:%Y-%m-%d %H:%M:%S}\n", encoding="utf-8")
        self.set_to, self.since = to, time.monotonic()

    def now(self) -> datetime:
        """Return what the program takes the time to be."""
        return self.set_to + timedelta(seconds=time.monotonic() - self.since)

    def environment(self) -> dict[str, str]:
        """Return what puts a process under this clock."""
        library = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        if not library:
            sys.exit("libfaketime is missing: apt-get install faketime")
        return {
            "LD_PRELOAD": library[0],
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # it breaks the timed waits by which threads take turns
            "TZ": "UTC",
        }


def owners_file(keys: list[str], channel: str) -> str:
    """Return a portfolio file that gives initiatives owners, three different people each, and the digest a channel."""
    people = [{"name": f"Owner {n}", "email": f"owner{n}@agency.example", "timezone": "UTC"} for n in range(PEOPLE)]
    initiatives = []
    for n, key in enumerate(keys):
        owners = {
            role: {"person": f"owner{(n + 7 * i) % PEOPLE}@agency.example", "accepted": True}
            for i, role in enumerate(ROLES)
        }
        initiatives.append({"key": key, "lifecycle": "active", "stage": "pilot", "owners": owners})
    portfolios = [{"key": PORTFOLIO, "digest_channels": [{"platform": "slack", "address": channel}]}]
    return json.dumps({"version": 1, "people": people, "portfolios": portfolios, "initiatives": initiatives})


@dataclass
class Week:
    """The week as it is played."""

    fake: FakeSlack
    driver: Driver
    clock: FakeTime
    users: dict[str, str]
    pressed_again: int = 0

    async def at(self, instant: datetime) -> None:
        """Move the program's clock and wait until what that sets off has come, and nothing more for a while."""
        before = len(self.fake.messages)
        self.clock.jump(instant)
        await self._until(lambda: len(self.fake.messages) > before, 120)
        seen = -1
        while seen != len(self.fake.calls):
            seen = len(self.fake.calls)
            await asyncio.sleep(QUIET_SECONDS)

    def prompts(self) -> dict[str, Posted]:
        """Return each person's first message."""
        return {user: messages[0] for user in self.users if (messages := self.fake.dm(user))}

    async def answer_all(self, user: str) -> int:
        """Answer everything a person's message asks, through signed modals, paging on; return how many."""
        done = 0
        while True:
            message = self.fake.dm(user)[0]
            waiting = [b.value or "" for b in message.buttons if b.action_id == "checkin_answer" and b.text == "Answer"]
            if not waiting:
                return done
            for value in waiting:
                await self.open_form(user, message, value)
                await self.submit(user)
                done += 1
            await self.shown_as_answered(user, len(waiting))

    async def open_form(self, user: str, message: Posted, value: str) -> None:
        """Press Answer, again when no form comes, as people do."""
        for _ in range(PATIENCE):
            await self.driver.press(user, message, "checkin_answer", value=value)
            with contextlib.suppress(TimeoutError):
                return await self._until(lambda: self.fake.modal(user) is not None, 8)
            self.pressed_again += 1
        raise TimeoutError(f"no form for {user}; told: {[each.readable for each in self.fake.ephemeral_to(user)]}")

    async def all_answer(self, people: list[str]) -> int:
        """Let people answer everything they are asked, some at a time; return how many answers that were."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(user: str) -> int:
            async with gate:
                return await self.answer_all(user)

        return sum(await asyncio.gather(*(one(user) for user in people)))

    async def submit(self, user: str) -> None:
        """Fill in the form on a person's screen and send it; a second form is sent as it is."""
        view = self.fake.modal(user)
        assert view is not None
        fields = {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}
        rag = next(name for name in fields if name.startswith("rag_"))
        ack = await self.driver.submit(
            view, user, {rag: "Amber" if hash(user) % 5 == 0 else "Green", "commit_next": "close the open review"}
        )
        assert ack.ok, ack.body

    async def shown_as_answered(self, user: str, answered: int) -> None:
        """Wait until the message shows what was answered."""
        await self._until(lambda: len([b for b in self.fake.dm(user)[0].buttons if b.text == "Edit"]) >= answered, 120)

    async def _until(self, true: object, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not true():  # type: ignore[operator]
            if time.monotonic() > end:
                raise TimeoutError
            await asyncio.sleep(0.05)


async def play(inventory: Path) -> None:
    """Import, run the week and print the counts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock = FakeTime(folder / "time")
        clock.jump(OPENING - timedelta(hours=20))
        fake = FakeSlack(now=clock.now, limits=None)
        team = fake.add_workspace("T00000001")
        users = {
            fake.add_user(name=f"Owner {n}", email=f"owner{n}@agency.example").id: f"owner{n}" for n in range(PEOPLE)
        }
        channel = fake.add_channel("leaders", members=[], bot=True)
        async with fake:
            real = environment(folder, fake.api_url, team.token)
            await _import(inventory, channel.id, folder, real)
            env = {**real, **clock.environment()}
            async with (
                serving(env, folder / "log") as program,
                Driver(fake, url=f"{program.url}/slack/events", signing_secret=SECRET, now=clock.now) as driver,
            ):
                await _week(Week(fake, driver, clock, users), channel.id)
            await _from_the_database(env)
            await asyncio.to_thread(shutil.copy, folder / "log", LOG)


async def _import(inventory: Path, channel: str, folder: Path, env: dict[str, str]) -> None:
    await steward("init", "--admin", "admin@agency.example", "--org", "Agencies", "--timezone", "UTC", env=env)
    begun = time.perf_counter()
    print((await steward("import", "--format", "federal-inventory", str(inventory), env=env)).strip())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"import took {time.perf_counter() - begun:.1f} s as a process, peak memory {peak:.0f} MB")
    keys = await _keys(env)
    (folder / "owners.json").write_text(owners_file(keys[:OWNED], channel), encoding="utf-8")
    print((await steward("import", str(folder / "owners.json"), env=env)).strip())


async def _keys(env: dict[str, str]) -> list[str]:
    table = list(csv.DictReader(io.StringIO(await steward("export", "--format", "csv", env=env))))
    print(f"initiatives stored: {len(table)}, different keys: {len({row['key'] for row in table})}")
    return [row["key"] for row in table if row["lifecycle"] == "active"]


async def _week(week: Week, channel: str) -> None:
    fake = week.fake
    await week.at(OPENING)
    prompts = week.prompts()
    print(f"prompts: {len(prompts)} direct messages to {len(week.users)} people")
    people = list(week.users)
    answering = people[: int(PEOPLE * 0.6)]
    answers = await week.all_answer(answering)
    print(f"answers through signed modals: {answers} by {len(answering)} people")
    await week.at(FIRST_NUDGE)
    nudged = {user for user in people if len(fake.dm(user)) == 2}
    print(f"first reminder: {len(nudged)} people; among those who had answered: {len(nudged & set(answering))}")
    more = people[int(PEOPLE * 0.6) : int(PEOPLE * 0.8)]
    late = await week.all_answer(more)
    print(f"answers after it: {late} by {len(more)} people; buttons pressed again: {week.pressed_again}")
    await week.at(SECOND_NUDGE)
    again = {user for user in people if len(fake.dm(user)) == 3}
    print(f"second reminder: {len(again)} people; among those who had answered: {len(again & {*answering, *more})}")
    await week.at(DIGEST)
    cards = [posted for posted in fake.posted(channel) if not posted.thread_ts]
    print(f"digest: {len(cards)} card, {len(fake.posted(channel)) - len(cards)} replies in its thread")
    print(cards[0].readable if cards else "no card")
    total = len(prompts) + len(nudged) + len(again)
    direct = sum(len(fake.dm(user)) for user in people)
    print(f"direct messages in all: {direct}; prompts + reminders = {total}; answers {answers + late}")
    assert direct == total
    assert len(prompts) == PEOPLE
    assert answers + late == OWNED * len(ROLES) * 8 // 10
    assert nudged == set(people) - set(answering)
    assert again == set(people) - {*answering, *more}
    assert len(cards) == 1


async def _from_the_database(env: dict[str, str]) -> None:
    print((await steward("digest", "--week", "2026-W50", env=env)).strip())
    print((await steward("verify", env=env)).strip())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inventory", type=Path)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(play(parser.parse_args().inventory))
