"""Moving dates: each move is kept with its reason, and what was promised first stays what slips are counted from."""

from dataclasses import dataclass, replace
from datetime import date

from bot.domain.gates.dates import DateChange, DateReason, DateSubject, working
from bot.domain.gates.deciding import NEW_DUE, decider_problem, due_problems
from bot.domain.gates.gates import Gate
from bot.domain.gates.templates import OWNERS, DueFrom, Signer
from bot.domain.gates.trouble import Problem, Trouble
from bot.domain.ids import InitiativeId, new_id
from bot.domain.people import Person
from bot.errors import Overtaken
from bot.flows.gates.desk import Desk, desk_for, desk_of_gate
from bot.flows.gates.evidence import with_due
from bot.ports import Ports
from bot.stores import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A new date as somebody typed it; None where it was left out."""

    due: date | None
    reason: DateReason | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a move: the date in force, and whether it was `shifted` because the one typed is a day off."""

    due: date
    shifted: bool


async def move_gate(gate_id: str, move: Move, asker: Person, uow: UnitOfWork, ports: Ports) -> Moved:
    """Give a gate a new due date, as an owner, a delegate, the portfolio's lead or a gatekeeper."""
    desk, gate = await desk_of_gate(gate_id, asker, uow, ports)
    desk.needs(Trouble.NOT_OWNER, *OWNERS, Signer.PORTFOLIO_LEAD, Signer.GATEKEEPER)
    if not gate.is_lasting:
        desk.refuse(Problem(Trouble.GATE_CLOSED))
    due = _checked(move, gate.current_due, desk)
    await _move_gate(gate, due, move, desk)
    return Moved(due, due != move.due)


async def rebaseline_gate(gate_id: str, move: Move, asker: Person, uow: UnitOfWork, ports: Ports) -> Moved:
    """Set, as a gatekeeper, the date that the slip of a gate is counted from anew; the old one stays in the record."""
    desk, gate = await desk_of_gate(gate_id, asker, uow, ports)
    desk.needs_decider()
    if not gate.is_lasting:
        desk.refuse(Problem(Trouble.GATE_CLOSED))
    if not move.comment.strip():
        desk.refuse(Problem(Trouble.REASON_NEEDED, "comment"))
    due = _checked(move, None, desk)
    await _move_gate(gate, due, move, desk, rebaselines=True)
    return Moved(due, due != move.due)


def _checked(move: Move, present: date | None, desk: Desk) -> date:
    """Return the working day meant; raises Refused when there is no reason or no such day."""
    found = list(due_problems(move.due, desk.bench))
    if move.reason is None:
        found.append(Problem(Trouble.REASON_NEEDED, "reason"))
    desk.check(found)
    due = working(move.due or desk.bench.now.today, desk.bench.now.calendar)
    if due == present:
        desk.refuse(Problem(Trouble.DUE_SAME, NEW_DUE, {"given": due}))
    return due


async def _move_gate(gate: Gate, due: date, move: Move, desk: Desk, *, rebaselines: bool = False) -> None:
    after = replace(gate, current_due=due, baseline_due=due if rebaselines else gate.baseline_due)
    if not await desk.uow.gates.change_gate(gate, after):
        raise Overtaken
    await desk.uow.gates.criteria.save(with_due(desk.bench.of_gate(gate), due))
    subject = (DateSubject.GATE, gate.line)
    await _note_change(subject, (gate.current_due, due), replace(move, due=due), desk, rebaselines=rebaselines)


async def _note_change(
    subject: tuple[DateSubject, str], days: tuple[date, date], move: Move, desk: Desk, *, rebaselines: bool = False
) -> None:
    """Add the move to the record; a gatekeeper's own is approved with it."""
    change = DateChange(
        id=new_id(desk.bench.now.at),
        initiative_id=desk.id,
        subject=subject[0],
        subject_id=subject[1],
        before=days[0],
        after=days[1],
        reason=move.reason or DateReason.OTHER,
        changed_by=desk.asker.id,
        changed_at=desk.bench.now.at,
        comment=move.comment.strip(),
        approved_by=None if decider_problem(desk.bench, desk.asker.id) else desk.asker.id,
        rebaselines=rebaselines,
    )
    await desk.uow.gates.changes.add_once([change])
    facts = {"subject": subject[0], "of": subject[1], "from": days[0], "to": days[1], "rebaselines": rebaselines}
    words = {"comment": change.comment}
    desk.note("date.changed", ("date_change", change.id), words, **facts, approved=change.approved_by is not None)


async def move_timebox(initiative_id: InitiativeId, move: Move, asker: Person, uow: UnitOfWork, ports: Ports) -> Moved:
    """Give a running time-box a new end; gates that are due at its end move along. A gatekeeper's move is approved."""
    desk = await desk_for(initiative_id, asker, uow, ports)
    desk.needs(Trouble.NOT_OWNER, *OWNERS, Signer.PORTFOLIO_LEAD, Signer.GATEKEEPER)
    charter = desk.bench.charter
    if charter.timebox_end is None:
        desk.refuse(Problem(Trouble.TIMEBOX_ORDER, "end"))
    due = _checked(move, charter.timebox_end, desk)
    approved = decider_problem(desk.bench, asker.id) is None
    end = due if approved else charter.timebox_approved_end
    await uow.gates.charters.save([replace(charter, timebox_end=due, timebox_approved_end=end)])
    await _note_change((DateSubject.TIMEBOX, desk.id), (charter.timebox_end, due), move, desk)
    for gate in desk.bench.gates:
        at_its_end = desk.bench.template(gate).due.counted_from is DueFrom.TIMEBOX_END
        if gate.is_lasting and at_its_end and gate.current_due != due:
            await _move_gate(gate, due, move, desk)
    return Moved(due, due != move.due)


async def approve_timebox(initiative_id: InitiativeId, asker: Person, uow: UnitOfWork, ports: Ports) -> Moved:
    """Approve, as a gatekeeper, the end a time-box has now, so that nobody is late before it (PL-01)."""
    desk = await desk_for(initiative_id, asker, uow, ports)
    desk.needs_decider()
    charter = desk.bench.charter
    end = charter.timebox_end
    if end is None:
        desk.refuse(Problem(Trouble.TIMEBOX_ORDER, "end"))
    if end == charter.timebox_approved_end:
        desk.refuse(Problem(Trouble.ITEM_CLOSED, facts={"state": "approved"}))
    await uow.gates.charters.save([replace(charter, timebox_approved_end=end)])
    move = Move(due=end, reason=DateReason.OTHER)
    await _note_change((DateSubject.TIMEBOX, desk.id), (end, end), move, desk)
    return Moved(end, shifted=False)
