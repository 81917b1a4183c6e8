"""People, their accounts on chat platforms, their absences, and what each may read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from bot.domain.ids import InitiativeId, PersonId, PortfolioId


class OrgRole(StrEnum):
    """A right that holds in the whole organisation."""

    ADMIN = "admin"
    PORTFOLIO_LEAD = "portfolio_lead"
    EXECUTIVE = "executive"
    GOVERNANCE_REVIEWER = "governance_reviewer"
    FINANCE_PARTNER = "finance_partner"
    AUDITOR = "auditor"


class HandleStatus(StrEnum):
    """Whether a chat account can still be reached."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    UNINSTALLED = "uninstalled"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The one organisation of a database; `workdays` are weekday numbers, Monday 0; quiet hours are local."""

    name: str
    timezone: str
    workdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    country: str | None = None
    subdivision: str | None = None
    holidays: frozenset[date] = frozenset()
    quiet_start: time = time(18)
    quiet_end: time = time(8)
    locale: str = "en"
    currency: str = "USD"
    data_retention_days: int = 1095


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """
    A human; `None` for zone, country or working days means the organisation's.

    `unreachable_since` is when it turned out that none of their accounts can be written to, None while one can.
    """

    id: PersonId
    name: str
    email: str | None = None
    timezone: str | None = None
    country: str | None = None
    subdivision: str | None = None
    workdays: frozenset[int] | None = None
    locale: str | None = None
    org_unit: str | None = None
    manager_id: PersonId | None = None
    active: bool = True
    deactivated_at: datetime | None = None
    preferred_platform: str | None = None
    unreachable_since: datetime | None = None
    org_roles: frozenset[OrgRole] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """
    A person's account on one platform; `conversation` is their direct chat with the bot, once known.

    `timezone` is the zone this account last told: a person's zone that one of their accounts told was learned from it.
    `checked_at` is when the platform was last asked whether the account is still there.
    """

    person_id: PersonId
    platform: str
    tenant: str
    user: str
    conversation: str | None = None
    status: HandleStatus = HandleStatus.ACTIVE
    timezone: str | None = None
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCode:
    """A code that links one more account to its person, once and for a short while; only its hash is kept."""

    hash: str
    person_id: PersonId
    expires_at: datetime


CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What a code is made of: nothing that looks like something else."""


def code_hash(typed: str) -> str:
    """Return what is stored of a code, however it was typed."""
    letters = "".join(character for character in typed.upper() if character in CODE_LETTERS)
    return hashlib.sha256(letters.encode()).hexdigest()


Handles = Mapping[PersonId, str]
"""Who is which user on the platform a message goes to, for mentions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days, both included, on which a person is away; `delegate_id` answers meanwhile."""

    id: str
    person_id: PersonId
    first: date
    last: date
    source: str = "self"
    delegate_id: PersonId | None = None

    def covers(self, day: date) -> bool:
        """Return whether the person is away on `day`."""
        return self.first <= day <= self.last


FIRST_PORTFOLIO = "MAIN"
"""The key of the portfolio an organisation begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """A set of initiatives with its leaders, and where and when its digest is posted (local to `timezone`)."""

    id: PortfolioId
    key: str
    name: str
    timezone: str
    executive_id: PersonId | None = None
    lead_id: PersonId | None = None
    gatekeeper_ids: tuple[PersonId, ...] = ()
    digest_channels: tuple[tuple[str, str], ...] = ()
    digest_weekday: int = 0
    digest_time: time = time(8, 30)
    wip_limit_pilots: int = 8


class Visibility(StrEnum):
    """Who may know that an initiative exists."""

    ORG = "org"
    PORTFOLIO = "portfolio"
    RESTRICTED = "restricted"


class Data(StrEnum):
    """A row of the permission matrix (domain.md 6.3)."""

    SUMMARY = "summary"
    DETAIL = "detail"
    MONEY = "money"
    FREE_TEXT = "free_text"
    PERSON_LEVEL = "person_level"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """
    Someone who asks: a linked, active person, or the operator at the command line (`operator`).

    The portfolios they lead, are the executive or a gatekeeper of, or belong to as a holder of a role in it.
    """

    person_id: PersonId
    org_roles: frozenset[OrgRole] = frozenset()
    leads: frozenset[PortfolioId] = frozenset()
    executive_of: frozenset[PortfolioId] = frozenset()
    gatekeeper_of: frozenset[PortfolioId] = frozenset()
    member_of: frozenset[PortfolioId] = frozenset()
    operator: bool = False


OPERATOR = Viewer(person_id="", operator=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What of an initiative decides who may read it; `roles` maps each current role holder to their role names."""

    initiative_id: InitiativeId
    portfolio_id: PortfolioId
    visibility: Visibility
    roles: Mapping[PersonId, frozenset[str]] = field(default_factory=dict)


EVERYTHING = frozenset(Data)
_BY_ORG_ROLE = {
    OrgRole.FINANCE_PARTNER: frozenset({Data.SUMMARY, Data.DETAIL, Data.MONEY}),
    OrgRole.GOVERNANCE_REVIEWER: frozenset({Data.SUMMARY, Data.DETAIL}),
    OrgRole.EXECUTIVE: EVERYTHING - {Data.PERSON_LEVEL},
    OrgRole.PORTFOLIO_LEAD: EVERYTHING,
    OrgRole.AUDITOR: EVERYTHING - {Data.PERSON_LEVEL},
    OrgRole.ADMIN: frozenset({Data.SUMMARY, Data.AUDIT}),
}
_OF_IT = {
    "finance_partner": _BY_ORG_ROLE[OrgRole.FINANCE_PARTNER],
    "governance_reviewer": _BY_ORG_ROLE[OrgRole.GOVERNANCE_REVIEWER],
}
_OWN = frozenset({Data.SUMMARY, Data.DETAIL, Data.MONEY, Data.FREE_TEXT, Data.AUDIT})


def readable(viewer: Viewer, access: Access) -> frozenset[Data]:
    """Return what `viewer` may read of an initiative; empty means it does not exist for them (I-34)."""
    if viewer.operator:
        return EVERYTHING
    rights: set[Data] = set()
    if access.visibility is Visibility.ORG:
        rights |= {Data.SUMMARY}
    if access.visibility is not Visibility.RESTRICTED and access.portfolio_id in viewer.member_of:
        rights |= {Data.SUMMARY, Data.DETAIL}
    for role in access.roles.get(viewer.person_id, ()):
        rights |= _OF_IT.get(role, _OWN)
    for org_role in viewer.org_roles:
        rights |= _BY_ORG_ROLE[org_role]
    rights |= _by_portfolio(viewer, access)
    return frozenset(rights)


def _by_portfolio(viewer: Viewer, access: Access) -> frozenset[Data]:
    """Return what a part in the portfolio allows; a gatekeeper of the initiative itself takes the portfolio's place."""
    if access.portfolio_id in viewer.leads:
        return EVERYTHING
    if access.portfolio_id in viewer.executive_of:
        return _BY_ORG_ROLE[OrgRole.EXECUTIVE]
    overridden = any("gatekeeper" in roles for roles in access.roles.values())
    return _OWN if access.portfolio_id in viewer.gatekeeper_of and not overridden else frozenset()


def leads(viewer: Viewer, portfolio_id: PortfolioId) -> bool:
    """Return whether `viewer` is the lead of a portfolio, by name or in the whole organisation."""
    return portfolio_id in viewer.leads or OrgRole.PORTFOLIO_LEAD in viewer.org_roles


def may_ask_about(viewer: Viewer, person_id: PersonId, portfolio_id: PortfolioId) -> bool:
    """Return whether `viewer` may read why messages about an initiative of a portfolio went to a person or did not."""
    themselves = bool(person_id) and viewer.person_id == person_id
    return viewer.operator or themselves or leads(viewer, portfolio_id) or OrgRole.ADMIN in viewer.org_roles
