"""Evidence: shown by people, never fetched by the bot; what ends or is taken back opens its criterion again."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.events import canonical
from bot.domain.gates.evidence import Evidence, EvidenceKind, EvidenceState, taken_back
from bot.domain.gates.gates import CriterionState, Gate, GateCriterion, handed_in, reopened
from bot.domain.gates.signing import revoked
from bot.domain.gates.templates import OWNERS, Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import new_id
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates.desk import Desk, desk_of_criterion
from bot.flows.gates.settling import settled
from bot.messages.gates.refusals import UNKNOWN
from bot.ports import Ports
from bot.stores import UnitOfWork

LONGEST_TITLE, LONGEST_LINK = 200, 2000
KIND, TITLE, URL, VALID_UNTIL, REASON = "kind", "title", "url", "valid_until", "reason"
SET_ASIDE = (CriterionState.WAIVED, CriterionState.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Evidence as somebody typed it; None or empty where it was left out."""

    kind: EvidenceKind | None
    title: str
    url: str = ""
    valid_until: date | None = None
    snapshot: Mapping[str, object] = field(default_factory=dict)


async def show(criterion_id: str, shown: Shown, asker: Person, uow: UnitOfWork, ports: Ports) -> GateCriterion:
    """Add evidence to a criterion; return the criterion, ready to be signed. Raises Refused for what cannot count."""
    desk, gate, criterion = await desk_of_criterion(criterion_id, asker, uow, ports)
    _check_helper(criterion, desk)
    check_waiting(gate, criterion, desk)
    desk.check(_problems(shown, desk))
    evidence = _made(shown, criterion, desk)
    await uow.gates.evidence.save([evidence])
    if criterion.state is CriterionState.NOT_MET:
        await uow.gates.signatures.save(revoked(desk.bench.signatures, criterion.id, desk.bench.now.at))
    after = await settled(handed_in(criterion, desk.bench.now.at), desk)
    known = {"criterion": criterion.id, "number": criterion.number, "kind": evidence.kind}
    desk.note("evidence.shown", ("evidence", evidence.id), {TITLE: evidence.title, URL: evidence.url}, **known)
    return after


def _check_helper(criterion: GateCriterion, desk: Desk) -> None:
    """Raise Refused unless the asker works on the initiative or signs the criterion."""
    desk.needs(Trouble.NOT_OWNER, *OWNERS, *criterion.signers, Signer.PORTFOLIO_LEAD, Signer.GOVERNANCE_REVIEWER)


def check_waiting(gate: Gate, criterion: GateCriterion, desk: Desk) -> None:
    """Raise Refused when a gate is decided or a criterion set aside."""
    if not gate.is_lasting:
        desk.refuse(Problem(Trouble.GATE_CLOSED))
    if criterion.state in SET_ASIDE:
        desk.refuse(Problem(Trouble.CRITERION_CLOSED, facts={"state": criterion.state}))


def _problems(shown: Shown, desk: Desk) -> Iterator[Problem]:
    if shown.kind is None:
        yield Problem(Trouble.EVIDENCE_KIND, KIND)
    if not 0 < len(shown.title.strip()) <= LONGEST_TITLE:
        yield Problem(Trouble.EVIDENCE_TITLE, TITLE, {"longest": LONGEST_TITLE})
    url = shown.url.strip()
    if (url or shown.kind is EvidenceKind.LINK) and not _is_link(url):
        yield Problem(Trouble.EVIDENCE_LINK, URL, {"longest": LONGEST_LINK})
    if shown.valid_until and shown.valid_until < desk.bench.now.today:
        yield Problem(Trouble.EVIDENCE_OVER, VALID_UNTIL, {"given": shown.valid_until})


def _is_link(url: str) -> bool:
    address = url.removeprefix("https://").removeprefix("http://")
    return address not in ("", url) and len(url) <= LONGEST_LINK and not set(url) & set(' <>"\n\r\t')


def _made(shown: Shown, criterion: GateCriterion, desk: Desk) -> Evidence:
    said = canonical({"title": shown.title.strip(), "url": shown.url.strip(), "snapshot": dict(shown.snapshot)})
    return Evidence(
        id=new_id(desk.bench.now.at),
        criterion_id=criterion.id,
        initiative_id=desk.id,
        kind=shown.kind or EvidenceKind.DOCUMENT,
        title=shown.title.strip(),
        submitted_by=desk.asker.id,
        submitted_at=desk.bench.now.at,
        url=shown.url.strip(),
        snapshot=shown.snapshot,
        sha256=hashlib.sha256(said.encode()).hexdigest(),
        valid_until=shown.valid_until,
    )


async def take_back(evidence_id: str, why: str, asker: Person, uow: UnitOfWork, ports: Ports) -> GateCriterion:
    """Withdraw evidence, as who showed it or an owner; a criterion that was met by it is in progress again."""
    found = await uow.gates.evidence.get(evidence_id)
    if found is None:
        raise UserError(UNKNOWN)
    desk, gate, criterion = await desk_of_criterion(found.criterion_id, asker, uow, ports)
    if found.submitted_by != asker.id:
        desk.needs_owner()
    if found.state is not EvidenceState.VALID:
        desk.refuse(Problem(Trouble.EVIDENCE_GONE))
    if not why.strip():
        desk.refuse(Problem(Trouble.REASON_NEEDED, REASON))
    await uow.gates.evidence.save([taken_back(found, why.strip())])
    after = await opened_again(criterion, "evidence_withdrawn", desk) if gate.is_lasting else criterion
    desk.note("evidence.withdrawn", ("evidence", found.id), {REASON: why.strip()}, criterion=criterion.id)
    return after


async def opened_again(criterion: GateCriterion, why: str, desk: Desk) -> GateCriterion:
    """Store a criterion that no longer stands: what was met is in progress, and its signatures are revoked."""
    after = reopened(criterion, why, desk.bench.now.at)
    if after is not criterion:
        await desk.uow.gates.criteria.save([after])
        await desk.uow.gates.signatures.save(revoked(desk.bench.signatures, criterion.id, desk.bench.now.at))
        desk.note("criterion.reopened", ("gate_criterion", criterion.id), number=criterion.number, why=why)
    return after


def with_due(criteria: list[GateCriterion], due: date) -> list[GateCriterion]:
    """Return criteria with another due date."""
    return [replace(one, due=due) for one in criteria]
