"""What `steward doctor` looks at; every finding is `ok: ...` or `fix: ...` with what to do."""

import zoneinfo
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.app import Core, connect_platforms, open_core
from bot.domain.calendar import Calendar
from bot.domain.operating.health import Backlog, Replica, clock_error
from bot.errors import StewardError
from bot.flows.calendars import organisation_calendar
from bot.flows.operating import presence
from bot.messages.forms import Form
from bot.messages.gallery import FORMS, MESSAGES
from bot.messages.model import Message
from bot.ports import ChatPlatform, Condition, Done, Interaction, Reply, Validator
from bot.settings import Settings, read_settings

EARLIEST_YEAR = 2026


async def examine(*, live: bool) -> list[str]:
    """Return the findings about this installation, asking the platforms too when `live`."""
    try:
        settings = read_settings()
    except StewardError as error:
        return [f"fix: {error}"]
    findings = [f"ok: settings, database {settings.database_url.partition('://')[0]}"]
    findings += [await _found("database", lambda: _database(settings, findings))]
    findings += await _platforms(settings, live=live)
    return [finding for finding in findings if finding]


async def _found(what: str, check: Callable[[], Awaitable[str]]) -> str:
    try:
        return await check()
    except StewardError as error:
        return f"fix: {what}: {error}"


async def _database(settings: Settings, findings: list[str]) -> str:
    async with open_core(settings) as core:
        findings.append("ok: database, newest schema")
        findings += await _state(core)
        findings.append(f"ok: questions, version {core.ports.questions.version}")
        findings += await _organisation(core)
    return ""


async def _state(core: Core) -> list[str]:
    """Return the findings about the clocks, what waits to be sent, and the processes that send it."""
    backlog = await core.ports.reads.backlog(core.ports.clock.now())
    processes = await presence.present(core.ports)
    return [
        _clock(core, backlog.database_at),
        f"ok: time zones, {'of tzdata' if not zoneinfo.TZPATH else 'of this system; set PYTHONTZPATH= for tzdata'}",
        _outbox(core, backlog, processes),
        _processes(core, processes),
    ]


def _clock(core: Core, database_at: datetime | None) -> str:
    now = core.ports.clock.now()
    if now.year < EARLIEST_YEAR:
        return f"fix: the clock says {now:%Y-%m-%d}: set the system's time"
    if error := clock_error(now, database_at, core.ports.policy.health.clock_error):
        ahead, seconds = "ahead of" if error > timedelta(0) else "behind", abs(error).total_seconds()
        return f"fix: the clock is {seconds:.0f} s {ahead} the database's: keep both right with NTP"
    return f"ok: clock, {now:%Y-%m-%d %H:%M} UTC{', the same as the database' if database_at else ''}"


def _outbox(core: Core, backlog: Backlog, processes: Sequence[Replica]) -> str:
    states = Counter[str]()
    for (state, _), count in backlog.rows.items():
        states[state] += count
    waits = backlog.waits(core.ports.clock.now())
    told = f"outbox, {sum(backlog.due.values())} due, {states['dead']} dead, {states['unknown']} unknown"
    senders = [process for process in processes if process.role != "web"]
    if senders and waits > core.ports.policy.health.oldest_due:
        return f"fix: {told}: the longest has waited {waits.total_seconds():.0f} s, see the log of {senders[0].host}"
    return f"ok: {told}"


def _processes(core: Core, processes: Sequence[Replica]) -> str:
    shared = presence.sharing(processes) if core.database.is_sqlite else ""
    if shared:
        return f"fix: {shared}"
    if processes and all(process.role == "web" for process in processes):
        return "fix: only processes with --role web run, nothing is planned or sent: start one with --role worker"
    told = ", ".join(f"{each.role} on {each.host} ({each.version})" for each in processes)
    return f"ok: {len(processes)} process{'' if len(processes) == 1 else 'es'}{': ' if told else ''}{told}"


async def _organisation(core: Core) -> list[str]:
    async with core.ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        used = {initiative.portfolio_id for initiative in await uow.initiatives.all()}
        portfolios = [one for one in await uow.people.portfolios() if one.id in used or not used]
    if organisation is None:
        return ["fix: no organisation yet: run steward init or steward import FILE"]
    calendar: Calendar = organisation_calendar(organisation, core.ports.holidays)
    findings = [f"ok: organisation {organisation.name}, {len(calendar.workdays)} working days a week"]
    for portfolio in portfolios:
        if portfolio.lead_id is None:
            findings.append(f"fix: portfolio {portfolio.key} has no lead: name one in the portfolio file")
        if not portfolio.digest_channels:
            findings.append(
                f"fix: portfolio {portfolio.key} posts its digest nowhere: write /ai digest here in a channel"
            )
    return findings


async def _platforms(settings: Settings, *, live: bool) -> list[str]:
    if not settings.platform_names:
        return ["fix: STEWARD_PLATFORMS is not set: name the platforms to connect, for example slack"]
    try:
        connections = connect_platforms(settings.platform_names, _nobody)
    except StewardError as error:
        return [f"fix: {error}"]
    findings = []
    for name, connection in connections.items():
        if not live:
            findings.append(f"ok: {name}, settings present (--live asks the platform)")
            continue
        try:
            await connection.start()
            findings += await _asked(connection.platform)
        except StewardError as error:
            findings.append(f"fix: {name}: {error}")
        finally:
            await connection.stop()
    return findings


async def _asked(platform: ChatPlatform) -> list[str]:
    """Return what a platform says of our credentials, and of every message and form where it judges them."""
    health = await platform.check()
    if health.condition is not Condition.OK:
        return [f"fix: {platform.name}: {health.condition}, {health.detail}"]
    findings = [f"ok: {platform.name}, authorised"]
    if isinstance(platform, Validator):
        shown: dict[str, Message | Form] = {name: make() for name, make in MESSAGES.items()}
        shown |= {f"form {name}": make() for name, make in FORMS.items()}
        refused = [f"{name} ({why})" for name, content in shown.items() if (why := await platform.refusal(content))]
        words = f"refuses {', '.join(refused)}: tell the makers of Steward"
        taken = f"ok: {platform.name}, takes all {len(shown)} messages and forms"
        findings.append(f"fix: {platform.name} {words}" if refused else taken)
    return findings


async def _nobody(_interaction: Interaction) -> Reply:
    return Done()
