"""Words and forms of dates that several messages share."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.checkins import Rag
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import Role
from bot.messages.model import Actions, Button, Message, Paragraph, Plain, When

ROLE_WORDS = {
    Role.BUSINESS_SPONSOR: "business sponsor",
    Role.TECHNICAL_LEAD: "technical lead",
    Role.OPERATIONS_LEADER: "operations leader",
    Role.GOVERNANCE_REVIEWER: "governance reviewer",
    Role.FINANCE_PARTNER: "finance partner",
    Role.GATEKEEPER: "gatekeeper",
}
SHORT_ROLES = {
    Role.BUSINESS_SPONSOR: "sponsor",
    Role.TECHNICAL_LEAD: "technical",
    Role.OPERATIONS_LEADER: "operations",
}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def stage_words(stage: Stage, lifecycle: Lifecycle = Lifecycle.ACTIVE) -> str:
    """Return where an initiative stands, as a reader says it."""
    words = stage.value.replace("_", " ")
    return words if lifecycle is Lifecycle.ACTIVE else f"{words}, {lifecycle.value.replace('_', ' ')}"


def rag_word(rag: Rag | None) -> str:
    """Return the colour as its word."""
    return rag.value if rag else "no answer"


def day_words(day: date, *, year: bool = True) -> str:
    """Return a day nobody can misread: `24 Nov 2026`, or `Tue 24 Nov` without the year."""
    if year:
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def instant_words(at: datetime, zone: ZoneInfo, *, year: bool = False) -> str:
    """Return an instant in a zone: `Tue 24 Nov 10:00`, with `year` as `Tue 24 Nov 2026 10:00`."""
    local = at.astimezone(zone)
    day = f"{day_words(local.date(), year=False)} {local.year}" if year else day_words(local.date(), year=False)
    return f"{day} {local.hour:02}:{local.minute:02}"


def when(at: datetime, zone: ZoneInfo) -> When:
    """Return an instant to show in the reader's own zone, else in `zone`, which is then named."""
    return When(at, f"{instant_words(at, zone)} ({zone.key})")


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 answer`, `2 answers`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def sentence(text: str, *buttons: Button) -> Message:
    """Return a message of one sentence, and buttons if any."""
    rows = (Actions(tuple(buttons)),) if buttons else ()
    return Message("", (Paragraph((Plain(text),)), *rows), text)


STATUS_COMMAND, OTHER_COMMAND = "ai-status", "ai"
STATUS_WORDS = ("status", STATUS_COMMAND)


def cleaned(text: str) -> str:
    """Return a text as it can be stored everywhere: without NUL, and half characters replaced."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def command_in(text: str) -> tuple[str, str] | None:
    """Return the command that words written to the bot stand for, as its name and the rest; None without any words."""
    first, _, rest = text.strip().lstrip("/").partition(" ")
    word = first.casefold()
    if word in STATUS_WORDS:
        return STATUS_COMMAND, rest.strip()
    words = rest.strip() if word == OTHER_COMMAND else text.strip()
    return (OTHER_COMMAND, words) if text.strip() else None
