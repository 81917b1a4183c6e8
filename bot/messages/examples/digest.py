"""Examples of the digest and the notices for the gallery, plain and at their worst."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from bot.domain.checkins import Promises, Rag
from bot.domain.digest import AskRow, ClosedRow, WeekFacts, WeekRow, build_digest
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.policy import DigestPolicy
from bot.domain.standing import Cause
from bot.messages import digest, notices, pages
from bot.messages.examples.escalation import an_escalated_row
from bot.messages.model import Message
from bot.messages.pages import Written
from bot.messages.words import sentence

WEEK, DAY = "2026-W47", date(2026, 11, 23)
AS_OF = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
ROLES = tuple(role.value for role in OWNER_ROLES)
HELD = (("SEPSIS", Role.TECHNICAL_LEAD), ("FLOOD", Role.BUSINESS_SPONSOR), ("LONGESTKEY12", Role.OPERATIONS_LEADER))
LOST = notices.Undelivered(cycle="2026-W48", check_ins=3, people=("Priya Raman", "Tom Becker"))
WORST = "<@U123> *stop* & <https://example.com|rework> " * 6
NEVER = replace(LOST, people=(WORST,) * 40, closed=True)
KEYS = (
    ("SEPSIS", Rag.RED), ("SCRIBE", Rag.AMBER), ("RADTRIAGE", Rag.GREEN), ("NOSHOW", Rag.AMBER), ("DENIALS", Rag.RED),
    ("CODING", Rag.GREEN), ("BEDFLOW", Rag.RED), ("CALLBOT", Rag.AMBER), ("MEDREC", Rag.GREEN), ("STAFF", None),
)  # fmt: skip


def a_row(key: str, declared: Rag | None, before: Rag | None = Rag.AMBER, weeks: int = 1) -> WeekRow:
    """Return one active initiative of which two of three owners answered, or none."""
    return WeekRow(
        initiative_id=f"initiative-{key.lower()}",
        key=key,
        name=key.title(),
        stage=Stage.PILOT,
        lifecycle=Lifecycle.ACTIVE,
        declared=declared,
        declared_before=before,
        expected=3,
        answered=2 if declared else 0,
        silent=ROLES[2:] if declared else ROLES,
        red_weeks=weeks if declared is Rag.RED else 0,
        source_ids=(f"prompt-{key.lower()}",),
    )


def an_ask(key: str, title: str = "stop the pilot or approve a rework", day: int = 3) -> AskRow:
    """Return a decision asked for in November, due on the 25th."""
    return AskRow(
        raid_id=f"raid-{key.lower()}-{day}",
        initiative_id=f"initiative-{key.lower()}",
        key=key,
        title=title,
        category="leadership",
        asked_by="Ellen Fischer",
        asked_on=date(2026, 11, day),
        needs_from_id="grace-lindqvist",
        needs_from="Grace Lindqvist",
        due=date(2026, 11, 25),
    )


def facts_of(rows: tuple[WeekRow, ...], asks: tuple[AskRow, ...] = (), closed: tuple[ClosedRow, ...] = ()) -> WeekFacts:
    """Return the facts of week 47."""
    return WeekFacts(
        portfolio="Hospital portfolio",
        organisation="Northlake Health",
        week=WEEK,
        as_of=AS_OF,
        rows=rows,
        asks=asks,
        closed=closed,
        promises=Promises(kept=154, late=20, missed=13),
    )


def written(facts: WeekFacts) -> Written:
    """Return these facts as the digest read on Monday."""
    policy = DigestPolicy()
    return digest.write(build_digest(facts, policy, DAY), policy)


def twelve() -> Written:
    """Return an ordinary week of a dozen initiatives."""
    rows = tuple(a_row(key, declared, Rag.RED if key == "SEPSIS" else Rag.AMBER, 3) for key, declared in KEYS)
    stopped = ClosedRow(
        initiative_id="initiative-referral",
        key="REFERRAL",
        lifecycle=Lifecycle.STOPPED,
        closed_on=date(2026, 11, 18),
        note="omissions 7.8% vs 3.0%",
        source_id="initiative-referral",
    )
    return written(facts_of(rows, (an_ask("DENIALS"), an_ask("NOSHOW", "approve the go-live", 6)), (stopped,)))


def six_hundred() -> Written:
    """Return a week in which everything is Red and much is asked."""
    rows = tuple(a_row(f"LONGKEY{n:05}", Rag.RED, Rag.RED if n % 2 else None, n % 9 + 1) for n in range(600))
    return written(facts_of(rows, tuple(an_ask(row.key, WORST, n % 20 + 1) for n, row in enumerate(rows[::3]))))


def escalated() -> Written:
    """Return a week in which two ladders have come to their end."""
    rows = tuple(a_row(key, declared) for key, declared in KEYS)
    top = an_escalated_row("BEDFLOW"), an_escalated_row("STAFF", Cause.UNANSWERED)
    return written(replace(facts_of(rows, (an_ask("DENIALS"),)), escalated=top))


def quiet() -> Written:
    """Return a week without anything to act on."""
    return written(facts_of(tuple(a_row(key, Rag.GREEN, Rag.GREEN) for key, _ in KEYS)))


DIGEST_EXAMPLES: Mapping[str, Callable[[], Message]] = {
    "digest": lambda: pages.message(twelve().card),
    "digest, two escalations": lambda: pages.message(escalated().card),
    "digest, a quiet week": lambda: pages.message(quiet().card),
    "digest, worst": lambda: pages.message(six_hundred().card),
    "digest details": lambda: pages.message(twelve().replies[0]),
    "digest details, worst": lambda: pages.message(six_hundred().replies[0]),
    "digest, late answer": lambda: digest.late("CODING", Role.TECHNICAL_LEAD, Rag.AMBER),
    "digest channel added": lambda: digest.added(("Hospital portfolio",)),
    "notice, unreachable": lambda: notices.unreachable(
        [notices.OutOfReach(name="Sam Patel", email="sam.patel@northlake.example", held=HELD[:2])], admin=False
    ),
    "notice, unreachable, worst": lambda: notices.unreachable(
        [notices.OutOfReach(name=WORST * 3, email=WORST * 3, held=HELD * 20)], admin=True
    ),
    "notice, several unreachable": lambda: notices.unreachable(
        [notices.OutOfReach(name=WORST, email=WORST, held=HELD)] * 40, admin=True
    ),
    "notice, not delivered": lambda: notices.undelivered(LOST, admin=True),
    "notice, never delivered": lambda: notices.undelivered(NEVER, admin=False),
    "notice, offers not delivered": lambda: notices.offers_lost(
        [("Priya Raman", "SEPSIS", Role.TECHNICAL_LEAD)], admin=False
    ),
    "notice, channel lost": lambda: notices.channel_lost("Hospital portfolio", "slack", "C0123456"),
    "notice, silence": lambda: notices.silence("no_digest", "CARE:2026-W47"),
    "notice, not authorized": lambda: notices.not_authorized("slack"),
    "check-in, nothing left": lambda: sentence(notices.NOTHING_LEFT),
}
