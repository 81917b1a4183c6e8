"""What owners and signers do at a gate: show evidence, sign, submit, take back, give a new date, set aside."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import TypeVar

from bot.domain.answers import day
from bot.domain.gates.dates import DateReason
from bot.domain.gates.evidence import EvidenceKind
from bot.domain.gates.gates import Gate, GateState
from bot.domain.gates.signing import SignVerdict
from bot.domain.people import Person
from bot.errors import UserError
from bot.flows.gates import dates, evidence, signing, submitting
from bot.flows.gates.chat import showing
from bot.flows.gates.chat.typed import refused_in, text
from bot.flows.gates.desk import Desk, desk_of_gate
from bot.messages.forms import Form
from bot.messages.gates import acts as forms
from bot.messages.gates import said
from bot.messages.words import day_words
from bot.ports import ActionPressed, FormErrors, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

Make = Callable[[Desk, Gate], Form]
Thing = TypeVar("Thing")


def _opens(make: Make) -> Callable[[ActionPressed, Person, UnitOfWork, Ports], Awaitable[Reply]]:
    """Return the flow of a button that opens a form about a gate."""

    async def open_form(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
        desk, gate = await desk_of_gate(pressed.value, asker, uow, ports)
        if not gate.is_lasting:
            return Replace(showing.message(desk, showing.present(desk), said.OVER))
        return OpenForm(make(desk, gate))

    return open_form


def _evidence_form(desk: Desk, gate: Gate) -> Form:
    return forms.evidence_form(gate, _some(showing.showable(desk, gate)))


def _sign_form(desk: Desk, gate: Gate) -> Form:
    return forms.sign_form(gate, _some(showing.signable(desk, gate)))


def _aside_form(desk: Desk, gate: Gate) -> Form:
    return forms.set_aside_form(gate, _some(desk.bench.of_gate(gate)))


def _take_back_form(desk: Desk, gate: Gate) -> Form:
    found = [(each, one.number) for one in desk.bench.of_gate(gate) for each in desk.bench.evidence_for(one)]
    return forms.take_back_form(gate, _some(found))


def _some(found: Sequence[Thing]) -> Sequence[Thing]:
    """Return what there is to choose from; raises UserError when there is nothing."""
    if not found:
        raise UserError(said.NOTHING)
    return found


ask_evidence, ask_sign, ask_set_aside = _opens(_evidence_form), _opens(_sign_form), _opens(_aside_form)
ask_take_back = _opens(_take_back_form)
ask_move = _opens(lambda _desk, gate: forms.move_form(gate))
ask_withdraw = _opens(lambda _desk, gate: forms.withdraw_form(gate))


class Sent:
    """A form about a gate as it was sent: what was typed in it, and the form anew for when something is refused."""

    def __init__(self, sent: FormSubmitted, make: Make, desk: Desk, gate: Gate) -> None:
        self.values, self.gate = sent.values, gate
        self._make, self._desk = make, desk

    def text(self, name: str) -> str:
        """Return what was typed in a field."""
        return text(self.values, name)

    def day(self, name: str) -> date | None:
        """Return the day in a field, None when it is empty; raises UserError for what is no day."""
        typed = self.text(name)
        return day(typed) if typed else None

    def errors(self, refused: UserError) -> FormErrors:
        """Return the form with what was typed and what is wrong, at the field where it is."""
        return refused_in(self._make(self._desk, self.gate), self.values, refused)


Take = Callable[[Sent, Person, UnitOfWork, Ports], Awaitable[str]]


def taking(make: Make, take: Take) -> Callable[[FormSubmitted, Person, UnitOfWork, Ports], Awaitable[Reply]]:
    """Return the flow that takes a form about a gate; what is refused is said at its field, what was typed stays."""

    async def take_form(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
        desk, gate = await desk_of_gate(sent.state.partition(":")[0], asker, uow, ports)
        given = Sent(sent, make, desk, gate)
        if not gate.is_lasting:
            return Say(showing.message(desk, showing.present(desk), said.OVER))
        try:
            word = await take(given, asker, uow, ports)
        except UserError as refused:
            return given.errors(refused)
        return Say(await showing.now(gate, word, asker, uow, ports))

    return take_form


async def _show(sent: Sent, asker: Person, uow: UnitOfWork, ports: Ports) -> str:
    kind = next((kind for kind in EvidenceKind if kind == sent.text("kind")), None)
    shown = evidence.Shown(
        kind=kind, title=sent.text("title"), url=sent.text("url"), valid_until=sent.day("valid_until")
    )
    criterion = await evidence.show(sent.text(forms.CRITERION), shown, asker, uow, ports)
    return said.shown(criterion.number)


async def _sign(sent: Sent, asker: Person, uow: UnitOfWork, ports: Ports) -> str:
    verdict = SignVerdict.NOT_MET if sent.text(forms.VERDICT) == SignVerdict.NOT_MET else SignVerdict.MET
    given = (verdict, sent.text("comment"))
    criterion = await signing.sign(sent.text(forms.CRITERION), given, asker, uow, ports)
    return said.signed(criterion.number, verdict, criterion.state)


async def _set_aside(sent: Sent, asker: Person, uow: UnitOfWork, ports: Ports) -> str:
    which, why = sent.text(forms.CRITERION), sent.text("reason")
    if sent.text(forms.HOW) == forms.NOT_APPLICABLE:
        one = await signing.not_applicable(which, why, asker, uow, ports)
    else:
        waiver = (why, sent.text("control"), sent.day("expires_on"))
        one = await signing.waive(which, waiver, asker, uow, ports)
    return said.set_aside(one.number, one.state)


async def _move(sent: Sent, asker: Person, uow: UnitOfWork, ports: Ports) -> str:
    reason = next((reason for reason in DateReason if reason == sent.text("reason")), None)
    move = dates.Move(due=sent.day("new_due"), reason=reason, comment=sent.text("comment"))
    moved = await dates.move_gate(sent.gate.id, move, asker, uow, ports)
    return said.moved(day_words(moved.due), shifted=moved.shifted)


async def _withdraw(sent: Sent, asker: Person, uow: UnitOfWork, ports: Ports) -> str:
    await submitting.withdraw(sent.gate.id, sent.text("reason"), asker, uow, ports)
    return said.WITHDRAWN


async def _take_back(sent: Sent, asker: Person, uow: UnitOfWork, ports: Ports) -> str:
    one = await evidence.take_back(sent.text(forms.EVIDENCE), sent.text("reason"), asker, uow, ports)
    return said.taken_back(one.number)


take_evidence, take_signature = taking(_evidence_form, _show), taking(_sign_form, _sign)
take_set_aside, take_back = taking(_aside_form, _set_aside), taking(_take_back_form, _take_back)
take_move = taking(lambda _desk, gate: forms.move_form(gate), _move)
take_withdrawal = taking(lambda _desk, gate: forms.withdraw_form(gate), _withdraw)


async def submit(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Place a gate before its gatekeeper."""
    desk, gate = await desk_of_gate(pressed.value, asker, uow, ports)
    if gate.state is not GateState.OPEN:
        return Replace(showing.message(desk, gate, said.OVER if not gate.is_lasting else said.SUBMITTED_ALREADY))
    await submitting.submit(gate.id, asker, uow, ports)
    return Replace(await showing.now(gate, said.SUBMITTED, asker, uow, ports))
