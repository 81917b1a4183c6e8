"""Signatures under criteria: who may sign as what, and what they add up to (I-15)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.gates.gates import CriterionState, GateCriterion
from bot.domain.gates.templates import OWNERS, Signer
from bot.domain.ids import InitiativeId, PersonId


class SignVerdict(StrEnum):
    """What a signer says."""

    MET = "met"
    NOT_MET = "not_met"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """One signature; `on_behalf_of` is the holder a delegate signs for. Revoked when what it stood on is gone."""

    id: str
    criterion_id: str
    initiative_id: InitiativeId
    role: Signer
    person_id: PersonId
    verdict: SignVerdict
    signed_at: datetime
    on_behalf_of: PersonId | None = None
    comment: str = ""
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who acts in a role today; `on_behalf_of` is its holder when they are a delegate."""

    person_id: PersonId
    on_behalf_of: PersonId | None = None


Holders = Mapping[Signer, tuple[Holder, ...]]
"""Who acts in which role of an initiative today, holders before delegates."""


def acting_as(holders: Holders, role: Signer, person_id: PersonId) -> Holder | None:
    """Return in what capacity a person acts in a role today, None when they do not (I-15)."""
    return next((one for one in holders.get(role, ()) if one.person_id == person_id), None)


def owners(holders: Holders) -> dict[Signer, PersonId]:
    """Return the three accountable owners as far as there are any."""
    return {role: one.person_id for role in OWNERS for one in holders.get(role, ()) if one.on_behalf_of is None}


def standing(signatures: Sequence[SignOff], criterion_id: str) -> list[SignOff]:
    """Return the signatures under a criterion that count."""
    return [one for one in signatures if one.criterion_id == criterion_id and one.revoked_at is None]


def missing(criterion: GateCriterion, signatures: Sequence[SignOff]) -> tuple[Signer, ...]:
    """Return who has not signed yet, one entry a signature; a role needed twice needs two persons."""
    persons = {(one.role, one.person_id) for one in standing(signatures, criterion.id)}
    have = Counter(role for role, _ in persons)
    left = []
    for role in criterion.signers:
        if have[role]:
            have[role] -= 1
        else:
            left.append(role)
    return tuple(left)


def state_after(criterion: GateCriterion, signatures: Sequence[SignOff], *, holds: bool) -> CriterionState:
    """
    Return what a submitted criterion becomes by its signatures; `holds` tells whether what is computed stands.

    One who says “not met” is enough for that; all have to say “met”.
    """
    if any(one.verdict is SignVerdict.NOT_MET for one in standing(signatures, criterion.id)):
        return CriterionState.NOT_MET
    return CriterionState.SUBMITTED if missing(criterion, signatures) or not holds else CriterionState.MET


def revoked(signatures: Sequence[SignOff], criterion_id: str, at: datetime) -> list[SignOff]:
    """Return the signatures under a criterion that count, as revoked."""
    return [replace(one, revoked_at=at) for one in standing(signatures, criterion_id)]
