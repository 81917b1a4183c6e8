"""Version 1 of the portfolio file: its sections, their fields, and the kind of each."""

from enum import StrEnum

from bot.domain.checkins import CommitmentState, DropReason, PromptState, Rag
from bot.domain.initiatives import RESERVED_KEYS, Lifecycle, RiskTier, Stage, UsageMode
from bot.domain.ownership import AssignmentKind, AssignmentState, HandoverReason, Role
from bot.domain.people import OrgRole, Visibility
from bot.domain.portfolio.collect import UNSETTLED
from bot.domain.raid import RaidCategory, RaidKind, RaidState, Severity
from bot.formats.composites import Either, Field, Listed, Pair, Record, Words
from bot.formats.gates import gates_record
from bot.formats.kinds import Answer, Choice, Email, Flag, Kind, Text, Whole
from bot.formats.times import Day, Days, Moment, TimeOfDay, Week, Weekday, Zone

VERSION = 1
KEY_PATTERN = "[A-Z0-9]{2,12}"


class AbsenceSource(StrEnum):
    """Who said that somebody is away."""

    SELF = "self"
    MANAGER = "manager"
    HR = "hr"
    ADMIN = "admin"


ID = Text(longest=100)
NAME = Text()
WORDING = Text(longest=20_000, shortest=0)
SHORT_WORDING = Text(longest=2_000, shortest=0)
PERSON = Text(longest=300)
KEY = Text(pattern=KEY_PATTERN, like="a key: 2 to 12 of A-Z and 0-9", longest=12, shortest=2, barred=RESERVED_KEYS)
PORTFOLIO_KEY = Text(pattern="[A-Z0-9][A-Z0-9_-]*", like="a key of A-Z, 0-9, - and _", longest=40)
COUNTRY = Text(pattern="[A-Z]{2}", like="a country code such as US", longest=2)
SUBDIVISION = Text(longest=20)
LOCALE = Text(longest=35)
CURRENCY = Text(pattern="[A-Z]{3}", like="a currency code such as USD", longest=3)
PLATFORM = Text(pattern="[a-z0-9_-]+", like="a platform such as slack", longest=40)
WORKDAYS = Listed(Weekday(), into=frozenset, least=1)


def needed(kind: Kind, says: str = "") -> Field:
    """Return a field an entry cannot do without."""
    return Field(kind, needed=True, says=says)


def may_be_empty(kind: Kind, says: str = "") -> Field:
    """Return a field that may be given as empty."""
    return Field(kind, empty=True, says=says)


WHO = "an e-mail address, a name nobody else has, or an id of `people`"

ORGANISATION = Record({
    "name": Field(NAME),
    "timezone": Field(Zone()),
    "workdays": Field(WORKDAYS),
    "country": may_be_empty(COUNTRY, "whose public holidays are observed"),
    "subdivision": may_be_empty(SUBDIVISION),
    "holidays": Field(
        Days(), says="days off beside the public holidays; a shutdown as a range, 2026-12-24..2027-01-01, both included"
    ),
    "quiet_start": Field(TimeOfDay()),
    "quiet_end": Field(TimeOfDay()),
    "locale": Field(LOCALE),
    "currency": Field(CURRENCY),
    "data_retention_days": Field(Whole(1, 36_500)),
})  # fmt: skip

PEOPLE = Record({
    "id": Field(ID, says="written by an export; leave it out otherwise"),
    "name": Field(NAME),
    "email": may_be_empty(Email(), "how a person is recognised, here and in chat"),
    "timezone": may_be_empty(Zone(), "the organisation's when left out"),
    "country": may_be_empty(COUNTRY),
    "subdivision": may_be_empty(SUBDIVISION),
    "workdays": may_be_empty(WORKDAYS),
    "locale": may_be_empty(LOCALE),
    "org_unit": may_be_empty(NAME),
    "manager": may_be_empty(PERSON, WHO),
    "active": Field(Flag()),
    "deactivated_at": may_be_empty(Moment()),
    "preferred_platform": may_be_empty(PLATFORM),
    "org_roles": Field(Listed(Choice(OrgRole), into=frozenset)),
})  # fmt: skip

PORTFOLIOS = Record({
    "key": needed(PORTFOLIO_KEY),
    "name": Field(NAME),
    "timezone": Field(Zone()),
    "lead": may_be_empty(PERSON, WHO),
    "executive": may_be_empty(PERSON, WHO),
    "gatekeepers": Field(Listed(PERSON)),
    "digest_channels": Field(Listed(Pair("platform", "address"))),
    "digest_weekday": Field(Weekday()),
    "digest_time": Field(TimeOfDay()),
    "wip_limit_pilots": Field(Whole(0, 10_000)),
})  # fmt: skip

HOLDER = {
    "person": needed(PERSON, WHO),
    "accepted": Field(
        Either(bool, Flag(), Moment(), "true, or an instant such as 2026-11-19T15:20:00Z"),
        says="true, or when; otherwise the person is asked to accept",
    ),
    "since": Field(Day()),
    "assigned_by": may_be_empty(PERSON, WHO),
}
OWNER = Record({**HOLDER, "delegates": Field(Listed(Record(HOLDER, short="person")))}, short="person")

INITIATIVES = Record({
    "key": needed(KEY),
    "name": Field(NAME),
    "portfolio": Field(PORTFOLIO_KEY, says="may be left out while there is one portfolio only"),
    "stage": Field(Choice(Stage)),
    "lifecycle": Field(Choice(Lifecycle)),
    "aliases": Field(Listed(NAME)),
    "use_case": Field(WORDING),
    "problem": Field(WORDING),
    "user_group": Field(WORDING),
    "user_group_size": may_be_empty(Whole()),
    "usage_mode": Field(Choice(UsageMode)),
    "risk_tier": Field(Choice(RiskTier)),
    "visibility": Field(Choice(Visibility)),
    "stage_entered_on": may_be_empty(Day()),
    "golive_on": may_be_empty(Day()),
    "hold_review_on": may_be_empty(Day()),
    "closed_on": may_be_empty(Day()),
    "closed_by": may_be_empty(PERSON, WHO),
    "closing_note": Field(WORDING),
    "imported": Field(Flag()),
    "source": Field(Words(Text(longest=200_000, shortest=0)), says="the row it was imported from"),
    "owners": Field(
        Words(OWNER, keys=Role, known=tuple(Role), nullable=True), says="who holds each role; empty makes it vacant"
    ),
})  # fmt: skip

ASSIGNMENTS = Record({
    "id": Field(ID),
    "initiative": needed(KEY),
    "role": needed(Choice(Role)),
    "person": needed(PERSON, WHO),
    "kind": Field(Choice(AssignmentKind)),
    "state": Field(Choice(AssignmentState)),
    "valid_from": needed(Day()),
    "valid_to": may_be_empty(Day()),
    "accepted_at": may_be_empty(Moment()),
    "assigned_by": may_be_empty(PERSON, WHO),
    "handover_from": may_be_empty(PERSON, WHO),
    "handover_reason": may_be_empty(Choice(HandoverReason)),
})  # fmt: skip

ABSENCES = Record({
    "id": Field(ID),
    "person": needed(PERSON, WHO),
    "first": needed(Day()),
    "last": needed(Day()),
    "source": Field(Choice(AbsenceSource)),
    "delegate": may_be_empty(PERSON, WHO),
})  # fmt: skip

CYCLES = Record({
    "key": needed(Week()),
    "opens_on": needed(Day()),
    "due_on": needed(Day()),
    "closes_at": needed(Moment()),
    "answers_until": needed(Moment()),
})  # fmt: skip

CHECK_INS = Record({
    "cycle": needed(Week()),
    "initiative": needed(KEY),
    "role": needed(Choice(Role)),
    "person": needed(PERSON, WHO),
    "state": Field(Choice(PromptState, but=UNSETTLED), says="missed when left out and there is no submitted_at"),
    "submitted_at": Field(Moment()),
    "answers": Field(Words(Answer()), says="by the key of the question"),
    "rag": may_be_empty(Choice(Rag)),
    "confidence": may_be_empty(Whole(0, 10)),
    "unchanged": Field(Flag()),
    "responder": may_be_empty(PERSON, WHO),
    "on_behalf_of": may_be_empty(PERSON, WHO),
    "due_at": Field(Moment()),
    "sent_at": may_be_empty(Moment()),
    "answered_at": may_be_empty(Moment()),
    "snoozed": Field(Flag()),
    "excused_reason": Field(SHORT_WORDING),
    "question_set": Field(Whole(0, 10**6)),
    "revision": Field(Whole(0, 10**6)),
    "asked": Field(Words(Flag())),
})  # fmt: skip

COMMITMENTS = Record({
    "id": Field(ID),
    "initiative": needed(KEY),
    "role": needed(Choice(Role)),
    "person": needed(PERSON, WHO),
    "text": needed(SHORT_WORDING),
    "due": needed(Day()),
    "made_at": needed(Moment()),
    "cycle": Field(Week(), says="the check-in of this role it was made in"),
    "state": Field(Choice(CommitmentState)),
    "closed_at": may_be_empty(Moment()),
    "drop_reason": may_be_empty(Choice(DropReason)),
    "rolled_from": may_be_empty(ID),
    "roll_count": Field(Whole(0, 10**6)),
})  # fmt: skip

RAIDS = Record({
    "id": Field(ID),
    "initiative": needed(KEY),
    "kind": needed(Choice(RaidKind)),
    "title": needed(SHORT_WORDING),
    "category": needed(Choice(RaidCategory)),
    "owner": needed(PERSON, WHO),
    "raised_at": needed(Moment()),
    "severity": Field(Choice(Severity)),
    "needs_from": may_be_empty(PERSON, WHO),
    "due": may_be_empty(Day()),
    "state": Field(Choice(RaidState)),
    "closed_at": may_be_empty(Moment()),
    "cycle": Field(Week(), says="with `role`: the check-in it was raised in"),
    "role": Field(Choice(Role)),
})  # fmt: skip

HISTORY = Record({
    "cycles": Field(Listed(CYCLES), says="worked out from the calendar when left out"),
    "check_ins": Field(Listed(CHECK_INS)),
    "commitments": Field(Listed(COMMITMENTS)),
    "raids": Field(Listed(RAIDS), says="blockers, asks and risks"),
})  # fmt: skip

GATES = gates_record(KEY)

PORTFOLIO_FILE = Record({
    "version": needed(Whole(VERSION, VERSION), "of this format"),
    "organisation": Field(ORGANISATION),
    "people": Field(Listed(PEOPLE)),
    "portfolios": Field(Listed(PORTFOLIOS)),
    "initiatives": Field(Listed(INITIATIVES)),
    "assignments": Field(Listed(ASSIGNMENTS), says="roles held in the past, declined, or in the middle of a hand-over"),
    "absences": Field(Listed(ABSENCES)),
    "history": Field(HISTORY),
    "gates": Field(GATES, says="gates with all that stands under them, written by an export"),
})  # fmt: skip
