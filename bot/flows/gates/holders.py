"""Who acts in which role of an initiative today: its holders and delegates, else the portfolio's or organisation's."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.domain.gates.signing import Holder, Holders
from bot.domain.gates.templates import Signer
from bot.domain.ids import PersonId
from bot.domain.initiatives import Initiative
from bot.domain.ownership import OWNER_ROLES, Role, RoleAssignment, accountable, delegates
from bot.domain.people import OrgRole, Person, Portfolio
from bot.stores import UnitOfWork

BY_ORG_ROLE = {
    Signer.GOVERNANCE_REVIEWER: OrgRole.GOVERNANCE_REVIEWER,
    Signer.FINANCE_PARTNER: OrgRole.FINANCE_PARTNER,
    Signer.PORTFOLIO_LEAD: OrgRole.PORTFOLIO_LEAD,
}


async def holders_of(
    initiative: Initiative, portfolio: Portfolio | None, today: date, uow: UnitOfWork
) -> tuple[Holders, frozenset[PersonId]]:
    """
    Return who acts in which role of an initiative, and who would review it but owns a part of it (I-14).

    A role that nobody holds in the initiative is the portfolio's or the organisation's: its gatekeepers, its lead, its
    governance reviewers and finance partners. Nobody who has left acts in any.
    """
    assignments = await uow.ownership.of([initiative.id])
    people = {person.id: person for person in await uow.people.all() if person.active}
    found = {Signer(role.value): await _of_role(role, assignments, today, uow) for role in Role}
    found[Signer.PORTFOLIO_LEAD] = _alone([portfolio.lead_id] if portfolio else [])
    if not found[Signer.GATEKEEPER]:
        found[Signer.GATEKEEPER] = _alone(portfolio.gatekeeper_ids if portfolio else [])
    for signer, org_role in BY_ORG_ROLE.items():
        if signer is Signer.PORTFOLIO_LEAD or not found[signer]:
            found[signer] = (*found[signer], *_with_right(org_role, people.values()))
    own = {held.person_id for role in OWNER_ROLES if (held := accountable(assignments, role, today))}
    reviewers = found[Signer.GOVERNANCE_REVIEWER]
    found[Signer.GOVERNANCE_REVIEWER] = tuple(one for one in reviewers if one.person_id not in own)
    here = {signer: tuple(one for one in those if one.person_id in people) for signer, those in found.items()}
    return here, frozenset(one.person_id for one in reviewers if one.person_id in own)


async def _of_role(
    role: Role, assignments: Sequence[RoleAssignment], today: date, uow: UnitOfWork
) -> tuple[Holder, ...]:
    """Return the holder of a role, who stands in for them while they are away, and their delegates."""
    held = accountable(assignments, role, today)
    if held is None:
        return ()
    absences = await uow.people.absences([held.person_id], today, today)
    stand_ins = [absence.delegate_id for absence in absences if absence.delegate_id]
    others = dict.fromkeys([*stand_ins, *delegates(assignments, role, today)])
    return (Holder(held.person_id), *(Holder(one, held.person_id) for one in others if one != held.person_id))


def _alone(person_ids: Iterable[PersonId | None]) -> tuple[Holder, ...]:
    return tuple(Holder(person_id) for person_id in person_ids if person_id)


def _with_right(right: OrgRole, people: Iterable[Person]) -> tuple[Holder, ...]:
    return _alone(sorted(person.id for person in people if right in person.org_roles))
