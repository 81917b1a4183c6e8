"""Who may read what of an initiative: the whole matrix of domain.md 6.3, cell by cell."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people import (
    EVERYTHING,
    OPERATOR,
    Access,
    Data,
    OrgRole,
    Viewer,
    Visibility,
    leads,
    may_ask_about,
    readable,
)

ME, IT, P = "me", "initiative", "portfolio"
NOBODY = Viewer(person_id=ME)
ROWS = (Data.SUMMARY, Data.DETAIL, Data.MONEY, Data.FREE_TEXT, Data.PERSON_LEVEL, Data.AUDIT)


@dataclass(frozen=True)
class Column:
    """A column of the matrix: who looks, which role of the initiative they hold, and y or n for each row."""

    viewer: Viewer
    cells: str
    role: str = ""


def by_role(role: OrgRole) -> Viewer:
    return Viewer(person_id=ME, org_roles=frozenset({role}))


def by_portfolio(**parts: frozenset[str]) -> Viewer:
    return replace(NOBODY, member_of=frozenset({P}), **parts)  # type: ignore[arg-type]


HERE = frozenset({P})
COLUMNS = {
    "anyone in the organisation": Column(NOBODY, "ynnnnn"),
    "portfolio member": Column(by_portfolio(), "yynnnn"),
    "business sponsor of it": Column(NOBODY, "yyyyny", "business_sponsor"),
    "technical lead of it": Column(NOBODY, "yyyyny", "technical_lead"),
    "operations leader of it": Column(NOBODY, "yyyyny", "operations_leader"),
    "gatekeeper of it": Column(NOBODY, "yyyyny", "gatekeeper"),
    "gatekeeper of the portfolio": Column(by_portfolio(gatekeeper_of=HERE), "yyyyny"),
    "finance partner": Column(by_role(OrgRole.FINANCE_PARTNER), "yyynnn"),
    "finance partner of it": Column(NOBODY, "yyynnn", "finance_partner"),
    "governance reviewer": Column(by_role(OrgRole.GOVERNANCE_REVIEWER), "yynnnn"),
    "governance reviewer of it": Column(NOBODY, "yynnnn", "governance_reviewer"),
    "executive": Column(by_role(OrgRole.EXECUTIVE), "yyyyny"),
    "executive of the portfolio": Column(by_portfolio(executive_of=HERE), "yyyyny"),
    "portfolio lead": Column(by_role(OrgRole.PORTFOLIO_LEAD), "yyyyyy"),
    "lead of the portfolio": Column(by_portfolio(leads=HERE), "yyyyyy"),
    "auditor": Column(by_role(OrgRole.AUDITOR), "yyyyny"),
    "admin": Column(by_role(OrgRole.ADMIN), "ynnnny"),
    "operator at the command line": Column(OPERATOR, "yyyyyy"),
}
LEFT = {"anyone in the organisation": (Visibility.PORTFOLIO, Visibility.RESTRICTED)} | {
    "portfolio member": (Visibility.RESTRICTED,)
}


def access_to(visibility: Visibility, role: str = "") -> Access:
    roles = {ME: frozenset({role})} if role else {}
    return Access(initiative_id=IT, portfolio_id=P, visibility=visibility, roles=roles)


def cells(rights: frozenset[Data]) -> str:
    return "".join("y" if row in rights else "n" for row in ROWS)


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("name", COLUMNS)
def test_each_cell_of_the_matrix(name: str, visibility: Visibility) -> None:
    column = COLUMNS[name]
    expected = "nnnnnn" if visibility in LEFT.get(name, ()) else column.cells
    assert cells(readable(column.viewer, access_to(visibility, column.role))) == expected


def test_what_somebody_is_elsewhere_gives_nothing_here() -> None:
    elsewhere = frozenset({"another portfolio"})
    viewer = Viewer(person_id=ME, leads=elsewhere, executive_of=elsewhere, gatekeeper_of=elsewhere, member_of=elsewhere)
    assert readable(viewer, access_to(Visibility.PORTFOLIO)) == frozenset()
    assert cells(readable(viewer, access_to(Visibility.ORG))) == "ynnnnn"


def test_a_gatekeeper_of_the_initiative_takes_the_portfolios_place() -> None:
    access = replace(access_to(Visibility.RESTRICTED), roles={"somebody": frozenset({"gatekeeper"})})
    assert readable(by_portfolio(gatekeeper_of=HERE), access) == frozenset()


def test_a_lead_by_name_and_one_of_the_whole_organisation_lead_it() -> None:
    assert leads(by_portfolio(leads=HERE), P)
    assert leads(by_role(OrgRole.PORTFOLIO_LEAD), P)
    assert not leads(by_portfolio(executive_of=HERE), P)


ROLES = st.sampled_from(sorted({column.role for column in COLUMNS.values()}))
VIEWERS = st.builds(
    Viewer,
    person_id=st.just(ME),
    org_roles=st.frozensets(st.sampled_from(OrgRole)),
    leads=st.sampled_from([frozenset(), HERE]),
    executive_of=st.sampled_from([frozenset(), HERE]),
    member_of=st.sampled_from([frozenset(), HERE]),
)


@given(VIEWERS, ROLES, st.sampled_from(Visibility))
def test_rights_only_add_up_and_summary_comes_with_any(viewer: Viewer, role: str, visibility: Visibility) -> None:
    rights = readable(viewer, access_to(visibility, role))
    assert not rights or Data.SUMMARY in rights
    assert rights <= EVERYTHING
    assert readable(replace(viewer, org_roles=frozenset()), access_to(visibility, role)) <= rights
    assert rights <= readable(viewer, access_to(Visibility.ORG, role))


@given(VIEWERS, ROLES, st.sampled_from(Visibility))
def test_I_40_what_is_about_persons_is_for_the_portfolio_lead_alone(  # noqa: N802
    viewer: Viewer, role: str, visibility: Visibility
) -> None:
    assert (Data.PERSON_LEVEL in readable(viewer, access_to(visibility, role))) == leads(viewer, P)


@pytest.mark.parametrize(
    ("viewer", "allowed"),
    [
        (NOBODY, False),
        (by_portfolio(), False),
        (by_role(OrgRole.EXECUTIVE), False),
        (by_portfolio(leads=HERE), True),
        (by_role(OrgRole.PORTFOLIO_LEAD), True),
        (by_role(OrgRole.ADMIN), True),
        (OPERATOR, True),
    ],
)
def test_why_somebody_else_got_a_message_is_for_leads_and_admins(viewer: Viewer, allowed: bool) -> None:
    assert may_ask_about(viewer, "somebody", P) is allowed
    assert may_ask_about(viewer, ME, P)
