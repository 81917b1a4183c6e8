"""The weekly digest: made and frozen once per portfolio and week, posted in its channels with the details below."""

import json
import logging
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.calendar import days_of, local_date, local_instant, week_of, weeks_after
from bot.domain.deliveries import Address, Delivery, DeliveryKind, DeliveryState, planned
from bot.domain.digest import Digest, build_digest, ready
from bot.domain.events import ActorKind, Event
from bot.domain.ids import stable_id
from bot.domain.people import Organisation, OrgRole, Person, Portfolio, Visibility
from bot.errors import UserError
from bot.flows.calendars import organisation_calendar
from bot.flows.outgoing import Composed, Drop, Later, Post
from bot.messages import digest as words
from bot.messages import pages
from bot.messages.pages import Written
from bot.ports import Audience, Command, Ports, Reply, Say
from bot.stores import StoredDigest, UnitOfWork

log = logging.getLogger(__name__)
WEEKLY = "weekly"
FINISHED = frozenset({DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.SUPERSEDED, DeliveryState.UNKNOWN})


async def post_due(ports: Ports) -> int:
    """Make the digest of last week for every portfolio whose hour has come; return how many are new."""
    made, now = 0, ports.clock.now()
    async with ports.open_unit_of_work() as uow:
        organisation = await uow.people.organisation()
        portfolios = await uow.people.portfolios() if organisation else []
    for portfolio in portfolios:
        week = due(portfolio, organisation, ports, now) if organisation and portfolio.digest_channels else None
        if week is not None:
            made += await _make(portfolio, week, ports)
    return made


def due(portfolio: Portfolio, organisation: Organisation, ports: Ports, now: datetime) -> str | None:
    """Return the week to report, from the portfolio's hour on its first working day until the week is over."""
    zone = ZoneInfo(portfolio.timezone)
    this_week = week_of(local_date(now, zone))
    calendar = organisation_calendar(organisation, ports.holidays)
    for day in days_of(this_week):
        if day.weekday() >= portfolio.digest_weekday and calendar.is_working(day):
            late_enough = now >= local_instant(day, portfolio.digest_time, zone)
            return weeks_after(this_week, -1) if late_enough else None
    return None


async def _make(portfolio: Portfolio, week: str, ports: Ports) -> int:
    async with ports.open_unit_of_work() as uow:
        if await uow.digests.find(portfolio.id, WEEKLY, week):
            return 0
    made = await build(portfolio, week, None, ports)
    if made is None or not made.worth_posting:
        return 0
    written = words.write(made, ports.policy.digest)
    stored = StoredDigest(
        id=stable_id(portfolio.id, WEEKLY, week),
        portfolio_id=portfolio.id,
        kind=WEEKLY,
        period=week,
        as_of=made.facts.as_of,
        content=pages.frozen(written),
        word_count=pages.words(written.card),
    )
    async with ports.open_unit_of_work() as uow:
        if not await uow.digests.add_once(stored):
            return 0  # another replica was quicker
        rows = [
            row
            for platform, conversation in portfolio.digest_channels
            for row in _rows(stored, Address(platform, conversation), len(written.replies), ports)
        ]
        await uow.deliveries.add_once(rows)
        uow.events.record(_event("digest.made", stored.id, ports, portfolio=portfolio.id, week=week))
        await uow.commit()
    log.info("digest.made", extra={"digest": stored.id, "week": week, "channels": len(portfolio.digest_channels)})
    ports.wake()
    return 1


def _rows(stored: StoredDigest, to: Address, replies: int, ports: Ports) -> list[Delivery]:
    now = ports.clock.now()
    until = now + ports.policy.delivery.digest_lives
    where = (stored.id, to.platform, to.conversation)
    details = [
        planned(DeliveryKind.DIGEST_DETAILS, *where, str(n), to=to, not_before=now, expires_at=until)
        for n in range(1, replies + 1)
    ]
    return [planned(DeliveryKind.DIGEST, *where, to=to, not_before=now, expires_at=until), *details]


def _event(action: str, entity_id: str, ports: Ports, actor: Person | None = None, **facts: object) -> Event:
    return Event(
        at=ports.clock.now(),
        action=action,
        entity="digest",
        entity_id=entity_id,
        actor_kind=ActorKind.PERSON if actor else ActorKind.SYSTEM,
        actor_id=actor.id if actor else "",
        facts=facts,
    )


async def build(portfolio: Portfolio, week: str, as_of: datetime | None, ports: Ports) -> Digest | None:
    """Return a week's digest as known at `as_of` (now when None), without storing anything."""
    at = as_of or ports.clock.now()
    facts, zone = await ports.reads.week(portfolio.id, week, at), ZoneInfo(portfolio.timezone)
    if facts is None:
        return None
    day = local_date(at, zone)
    if facts.escalated:
        calendar = organisation_calendar(await ports.reads.organisation(), ports.holidays)
        named = ready(facts.escalated, day, zone, calendar, ports.policy.escalation)
        facts = replace(facts, escalated=named)
    return build_digest(facts, ports.policy.digest, day)


async def preview(portfolio: Portfolio, week: str, as_of: datetime | None, ports: Ports) -> Written | None:
    """Return a week's digest in words, without storing or posting it."""
    made = await build(portfolio, week, as_of, ports)
    return words.write(made, ports.policy.digest) if made else None


async def printed(ports: Ports, week: str, as_of: datetime | None, *, as_json: bool) -> str:
    """
    Return the digests of every portfolio for a terminal; an empty `week` is each portfolio's last finished one.

    Raises UserError when there is no portfolio.
    """
    async with ports.open_unit_of_work() as uow:
        portfolios = await uow.people.portfolios()
    if not portfolios:
        raise UserError(words.NO_PORTFOLIO)
    at = as_of or ports.clock.now()
    found = []
    for portfolio in portfolios:
        this_week = week_of(_today(portfolio, at))
        if week > this_week:
            raise UserError(words.not_begun(week, this_week))
        period = week or weeks_after(this_week, -1)
        written = await preview(portfolio, period, as_of, ports)
        if written:
            found.append((portfolio, period, written))
    if not as_json:
        notes = [words.LOOKING_BACK] if as_of else []
        return "\n\n".join([*(words.printed(written) for _, _, written in found), *notes])
    documents = [
        {
            "portfolio": portfolio.key,
            "week": period,
            "as_of": at.isoformat(),
            "words": pages.words(written.card),
            **json.loads(pages.frozen(written)),
        }
        for portfolio, period, written in found
    ]
    return json.dumps(documents, ensure_ascii=False)


def _today(portfolio: Portfolio, at: datetime) -> date:
    return local_date(at, ZoneInfo(portfolio.timezone))


async def here(command: Command, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Have the digest posted in the channel where this is said; for the portfolio's lead or an admin."""
    if command.text.casefold().split()[1:] != ["here"]:
        raise UserError(words.HOW)
    if command.sender.direct:
        raise UserError(words.NOT_HERE)
    channel = (command.sender.platform, command.sender.conversation)
    admin = OrgRole.ADMIN in asker.org_roles
    portfolios = await uow.people.portfolios()
    led = [portfolio for portfolio in portfolios if portfolio.lead_id == asker.id]
    chosen = led or (portfolios if admin else [])
    if not chosen:
        raise UserError(words.NOT_YOURS if portfolios else words.NO_PORTFOLIO)
    for portfolio in chosen:
        if channel not in portfolio.digest_channels:
            await uow.people.save_portfolio(replace(portfolio, digest_channels=(*portfolio.digest_channels, channel)))
            uow.events.record(_event("digest.channel_added", portfolio.id, ports, asker, platform=channel[0]))
    said = words.added([portfolio.name for portfolio in chosen])
    return Say(said, Audience.EVERYONE if command.public else Audience.ASKER)


# --- composing, see composing.py -----------------------------------------------------------------------------------


async def card(row: Delivery, uow: UnitOfWork, _ports: Ports) -> Composed:
    """Show the frozen card."""
    stored = await uow.digests.get(row.subject)
    return Post(pages.message(pages.thawed(stored.content).card)) if stored else Drop("no such digest")


async def details(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Show a page of details under the card, after the page before it."""
    stored = await uow.digests.get(row.subject)
    number = int(row.dedupe_key.rpartition(":")[2])
    posted = await _card_row(row.subject, row.address, uow)
    if stored is None or posted is None:
        return Drop("no such digest")
    waiting = _not_yet(posted, ports)
    if waiting or posted.ref is None:
        return waiting or Drop("no card to stand under")
    if number > 1:
        before = await uow.deliveries.by_key(f"{row.dedupe_key.rpartition(':')[0]}:{number - 1}")
        if before and before.state not in FINISHED:
            return _soon("the page before is not posted yet", ports)
    return Post(pages.message(pages.thawed(stored.content).replies[number - 1]), posted.ref.message)


async def late(row: Delivery, uow: UnitOfWork, ports: Ports) -> Composed:
    """Say under the card that an answer came after it."""
    prompt = await uow.check_ins.prompt(row.subject)
    initiative = await uow.initiatives.get(prompt.initiative_id) if prompt else None
    if prompt is None or initiative is None or initiative.visibility is Visibility.RESTRICTED:
        return Drop("not in the digest")
    stored = await uow.digests.find(initiative.portfolio_id, WEEKLY, prompt.cycle)
    posted = await _card_row(stored.id, row.address, uow) if stored else None
    if stored is None or posted is None or prompt.answered_at is None or prompt.answered_at <= stored.as_of:
        return Drop("not late")
    waiting = _not_yet(posted, ports)
    if waiting or posted.ref is None:
        return waiting or Drop("no card to stand under")
    return Post(words.late(initiative.key, prompt.role, prompt.rag), posted.ref.message)


async def _card_row(digest_id: str, address: Address | None, uow: UnitOfWork) -> Delivery | None:
    if address is None:
        return None
    key = (DeliveryKind.DIGEST.value, digest_id, address.platform, address.conversation)
    return await uow.deliveries.by_key(":".join(key))


def _not_yet(card_row: Delivery, ports: Ports) -> Later | None:
    return None if card_row.state in FINISHED else _soon("the card is not posted yet", ports)


def _soon(reason: str, ports: Ports) -> Later:
    return Later(ports.clock.now() + ports.policy.delivery.wait_for_another, reason)
