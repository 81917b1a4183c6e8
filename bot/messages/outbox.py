"""The words for outbox rows: what each is, where it goes, what became of it and why, and why people are asked."""

from collections import defaultdict
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from bot.domain.cadence import AskRule
from bot.domain.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.domain.explanation import Fate, Outcome, Sending
from bot.domain.ownership import Role
from bot.messages.model import clip
from bot.messages.words import SHORT_ROLES, counted, instant_words

LONGEST_REASON = 80
LONGEST_PLACE = 40
STILL_OPEN = "not answered yet"
DIRECT = "direct message"
AS_PLANNED = "as planned before"
KINDS = {
    DeliveryKind.CHECKIN_PROMPT: "weekly check-in",
    DeliveryKind.CHECKIN_NUDGE: "reminder",
    DeliveryKind.CHECKIN_UPDATE: "change of a check-in",
    DeliveryKind.ROLE_PROPOSED: "offer of a role",
    DeliveryKind.ROLE_UPDATE: "change of an offer",
    DeliveryKind.ROLE_ANSWERED: "answer to an offer",
    DeliveryKind.ESCALATION: "escalation",
    DeliveryKind.ESCALATION_UPDATE: "change of an escalation",
    DeliveryKind.ROLES_LAPSED: "notice that an offer lapsed",
    DeliveryKind.STAND_IN_ASKED: "word that you stand in",
    DeliveryKind.STAND_IN_DECLINED: "word that somebody will not stand in",
    DeliveryKind.OUT_OF_REACH: "word that somebody cannot be reached",
    DeliveryKind.GATE_REMINDER: "reminder of a gate",
    DeliveryKind.GATE_DECIDED: "word of a decision",
    DeliveryKind.DIGEST: "weekly digest",
    DeliveryKind.DIGEST_DETAILS: "digest details",
    DeliveryKind.DIGEST_LATE: "late answer",
    DeliveryKind.ADMIN_NOTICE: "notice",
}
REASONS = {
    "answered": "everything it would ask about is answered, excused, put off or with somebody else by now",
    "nothing open": "nothing it would ask about is open any more",
    "left": "the person has left",
    "expired": "it would have come too late",
    "quiet hours": "it was outside their hours",
    "day off": "it was a holiday or a day of absence",
    "not a working day": "it was not a working day of theirs",
    "enough for today": "they had as many messages that day as anybody gets",
    "paced": "it waited for its turn on the platform",
    "no account found": "no account of theirs was found on any platform",
    "interrupted": "Steward was interrupted while sending",
    "platform not connected": "the platform they are on is not connected",
    "to be reached elsewhere": "it goes to another account of theirs",
    "not answered": "the offer is not answered",
    "discarded": "an administrator gave it up",
    "settled": "it was settled, or a plan with a date was given, before",
    "offered in another message": "another message made the same offer",
}
"""What the engine notes beside a row, in words; anything else is a platform's own name for what went wrong."""
RULES = {
    AskRule.EVERY_WEEK: "in {stage} all owners are asked every week",
    AskRule.LIVE_WEEK: "in {stage} the technical lead and the operations leader are asked weekly, the sponsor monthly",
    AskRule.LIVE_MONTH: "in {stage} the sponsor is asked too in the first full week of a month",
    AskRule.ON_HOLD_MONTH: "while it is on hold the sponsor is asked in the first full week of a month",
    AskRule.ON_HOLD: "while it is on hold only the sponsor is asked, in the first full week of a month",
    AskRule.INTAKE: "in intake nobody is asked yet",
    AskRule.CLOSED: "once it is stopped or retired nobody is asked",
}
SHORT_RULES = {
    AskRule.EVERY_WEEK: "every week at this stage",
    AskRule.LIVE_WEEK: "every week when live",
    AskRule.LIVE_MONTH: "monthly for all when live",
    AskRule.ON_HOLD_MONTH: "monthly on hold",
}


def what(row: Delivery) -> str:
    """Return what a row sends: `weekly check-in`, `reminder 1 of 2`."""
    words = KINDS.get(row.kind, row.kind.value.replace("_", " "))
    return f"{words} {row.dedupe_key.rpartition(':')[2]} of 2" if row.kind is DeliveryKind.CHECKIN_NUDGE else words


def place(platform: str, channel: str = "") -> str:
    """Return where a message goes: a channel of a platform, else a direct message there."""
    return f"{platform}, {clip(channel, LONGEST_PLACE) or DIRECT}"


def asked_as(roles: Iterable[tuple[Role, AskRule]]) -> str:
    """Return as whom and by which rule somebody is asked, each rule once."""
    found = defaultdict[AskRule, dict[Role, None]](dict)
    for role, rule in roles:
        found[rule][role] = None
    return "; ".join(
        f"{', '.join(SHORT_ROLES[role] for role in held)}: {SHORT_RULES.get(rule, AS_PLANNED)}"
        for rule, held in found.items()
    )


def reason_words(reason: str) -> str:
    """Return in words what the engine noted beside a row."""
    head, _, rest = reason.partition(": ")
    if head == "expired" and rest:
        return f"{REASONS[head]}: {reason_words(rest)}"
    return REASONS.get(reason) or f"“{clip(reason, LONGEST_REASON)}”"


def because(reason: str) -> str:
    """Return `, because ...`, nothing without a reason."""
    return f", because {reason_words(reason)}" if reason else ""


def history(sending: Sending, zone: ZoneInfo) -> str:
    """Return one sentence on a row: what it is, what became or will become of it, when, where and why."""
    row = sending.row
    name = what(row)[0].upper() + what(row)[1:]
    match row.state:
        case DeliveryState.SENT:
            when = instant_words(row.sent_at or row.not_before, zone)
            where = f" on {row.ref.platform}" if row.ref else ""
            return f"{name}: sent {when}{where}{_tries(row)}."
        case DeliveryState.SUPERSEDED:
            return f"{name}: not sent{because(row.reason)}. It was due {instant_words(row.not_before, zone)}."
        case DeliveryState.DEAD:
            return f"{name}: given up after {counted(row.attempts, 'attempt')}{because(row.reason)}."
        case DeliveryState.UNKNOWN:
            tried = instant_words(row.first_attempt_at or row.not_before, zone)
            doubt = f"whether it arrived is not known{because(row.reason)}, so it is not repeated"
            return f"{name}: perhaps sent {tried}; {doubt}."
        case DeliveryState.SENDING:
            return f"{name}: being sent just now."
        case _:
            return f"{name}: {_to_come(sending.fate, row, zone)}"


def _tries(row: Delivery) -> str:
    return f" at attempt {row.attempts}" if row.attempts > 1 else ""


def _to_come(fate: Fate | None, row: Delivery, zone: ZoneInfo) -> str:
    if fate is None:
        return f"due {instant_words(row.not_before, zone)}."
    at = instant_words(fate.at, zone)
    tried = f" Tried {counted(row.attempts, 'time')} so far{because(row.reason)}." if row.attempts else ""
    match fate.outcome:
        case Outcome.DROPPED:
            return f"due {at}; as things stand it will not be sent{because(fate.reason)}.{tried}"
        case Outcome.EXPIRED:
            return f"as things stand it will not be sent, because it would come too late.{tried}"
        case _:
            waited = f" It waits until then{because(fate.reason)}." if fate.at > row.not_before and fate.reason else ""
            return f"to be sent {at} unless it is answered before.{waited}{tried}"
