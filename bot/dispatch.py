"""Who asked for what: three tables from an interaction to its flow, once, authorised, in one transaction."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.domain.people import HandleStatus, Person
from bot.errors import Overtaken, Unavailable, UserError
from bot.flows import accounts, answering, checkins, digests, initiatives, ownership, raids, status
from bot.flows.escalations import acts as escalations
from bot.flows.explaining import asking as explaining
from bot.flows.gates.chat import agreeing as gate_terms
from bot.flows.gates.chat import chartering as gate_charter
from bot.flows.gates.chat import deciding as gate_decision
from bot.flows.gates.chat import phases as gate_phases
from bot.flows.gates.chat import showing as gate_card
from bot.flows.gates.chat import working as gate_work
from bot.flows.measuring import showing as metrics
from bot.flows.outbox import undelivered
from bot.flows.people import AccountUnknown, Stranger, arrived, event, identify, own_account
from bot.flows.presence import absences
from bot.flows.recipients import out_of_reach
from bot.messages import help as help_words
from bot.messages.forms import FormName
from bot.messages.model import Action
from bot.messages.words import sentence
from bot.ports import (
    ActionPressed,
    Audience,
    BotAdded,
    Command,
    Dispatch,
    Done,
    FormErrors,
    FormSubmitted,
    Interaction,
    Ports,
    Reply,
    Say,
    Searched,
    Sender,
    WhoAreYou,
)
from bot.stores import UnitOfWork

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reads:
    """A flow that only reads: it identifies the asker itself and opens no unit of work."""

    flow: Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Writes:
    """
    A flow that gets the asker and a unit of work, which is committed when it succeeds.

    With `strangers` a member of the organisation whom nobody knows yet may use it; the asker is then None.
    """

    flow: Callable[..., Awaitable[Reply]]
    strangers: bool = False


Entry = Reads | Writes


async def _check_in(command: Command, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    key = command.text.partition(" ")[2].strip()
    if not key:
        return await checkins.list_open(asker, uow, ports)
    initiative = await uow.initiatives.by_key(key.upper())
    return await checkins.form_for(initiative.id if initiative else "", asker, uow, ports)


async def _help(asked: Command, _ports: Ports) -> Reply:
    overview = help_words.overview([(words, does) for words, (_, does) in COMMANDS.items()])
    return Say(overview, Audience.EVERYONE if asked.public else Audience.ASKER)


COMMANDS: dict[str, tuple[Entry, str]] = {
    "ai-status": (Reads(status.show), "where one stands: NAME, NAME history, or red, due, mine, portfolio"),
    "ai checkin": (Writes(_check_in), "your open check-ins; with a key, the form of that one"),
    "ai new": (Writes(initiatives.ask_new), "register an initiative"),
    "ai digest": (Writes(digests.here), "with `here`: post the weekly digest in this channel"),
    "ai away": (Writes(absences.away), "with FROM..TO and, if you like, NAME: you are away, and who answers meanwhile"),
    "ai back": (Writes(absences.back), "you are back before the day you said"),
    "ai link": (Writes(accounts.link, strangers=True), "a code for your account on another platform; write it there"),
    "ai prefer": (Writes(accounts.prefer), "with `slack` or `teams`: where Steward writes to you"),
    "ai metric": (
        Writes(metrics.show),
        "with an initiative: what is measured, and the form to enter or correct a value",
    ),
    "ai why": (Reads(explaining.why), "with an initiative: why you got a message about it, or did not, and what comes"),
    "ai gate": (
        Writes(gate_card.show),
        "with an initiative: where its gate stands, who owes what by when; NAME G2 for one",
    ),
    "ai undelivered": (Writes(undelivered.show), "for administrators: what did not arrive, to try again or give up"),
    "ai help": (Reads(_help), "this list"),
}
ACTIONS: dict[Action, Entry] = {
    Action.CHECKIN_ANSWER: Writes(checkins.show_form),
    Action.CHECKIN_UNCHANGED: Writes(answering.unchanged),
    Action.CHECKIN_SNOOZE: Writes(checkins.snooze),
    Action.CHECKIN_NOT_MINE: Writes(ownership.not_mine),
    Action.CHECKIN_PAGE: Writes(checkins.turn_page),
    Action.ROLE_ACCEPT: Writes(ownership.accept_role),
    Action.ROLE_DECLINE: Writes(ownership.decline_role),
    Action.STAND_IN_DECLINE: Writes(absences.decline),
    Action.ROLE_OFFERS: Writes(escalations.show_offers),
    Action.ESCALATION_PLAN: Writes(escalations.ask_plan),
    Action.ESCALATION_PROPOSE: Writes(escalations.ask_nominee),
    Action.ESCALATION_NOT_MINE: Writes(escalations.ask_handover),
    Action.STATUS_SHOW: Reads(status.press),
    Action.STATUS_HISTORY: Reads(status.press),
    Action.STATUS_SHARE: Reads(status.press),
    Action.STATUS_LIST: Reads(status.press),
    Action.STATUS_LOOK_UP: Reads(status.ask_name),
    Action.STATUS_UPDATE: Writes(status.update_now),
    Action.RAID_RESOLVE: Writes(raids.resolve),
    Action.INITIATIVE_NEW: Writes(initiatives.ask_new),
    Action.GATE_SHOW: Writes(gate_card.press),
    Action.GATE_OPEN: Writes(gate_card.open_gates),
    Action.GATE_START: Writes(gate_charter.start),
    Action.GATE_CHARTER: Writes(gate_charter.ask_charter),
    Action.GATE_CRITERIA: Writes(gate_terms.show_criteria),
    Action.GATE_CRITERION_PROPOSE: Writes(gate_terms.ask_criterion),
    Action.GATE_CRITERION_APPROVE: Writes(gate_terms.approve),
    Action.GATE_SHOW_EVIDENCE: Writes(gate_work.ask_evidence),
    Action.GATE_SIGN: Writes(gate_work.ask_sign),
    Action.GATE_SUBMIT: Writes(gate_work.submit),
    Action.GATE_WITHDRAW: Writes(gate_work.ask_withdraw),
    Action.GATE_MOVE: Writes(gate_work.ask_move),
    Action.GATE_SET_ASIDE: Writes(gate_work.ask_set_aside),
    Action.GATE_TAKE_BACK: Writes(gate_work.ask_take_back),
    Action.GATE_DECIDE: Writes(gate_decision.ask),
    Action.GATE_NUMBERS: Writes(gate_charter.ask_numbers),
    Action.GATE_PHASE: Writes(gate_phases.ask_phase),
    Action.GATE_PHASE_MOVE: Writes(gate_phases.move_phase),
    Action.GATE_USE: Writes(gate_charter.ask_use),
    Action.METRIC_ENTER: Writes(metrics.ask_value),
    Action.METRIC_PAGE: Writes(metrics.turn_page),
    Action.UNDELIVERED_RETRY: Writes(undelivered.retry),
    Action.UNDELIVERED_DISCARD: Writes(undelivered.discard),
}
FORMS: dict[FormName, Entry] = {
    FormName.CHECKIN: Writes(answering.answer),
    FormName.CHECKIN_FOLLOW_UP: Writes(answering.follow_up),
    FormName.HANDOVER: Writes(ownership.hand_over),
    FormName.ESCALATION_PLAN: Writes(escalations.take_plan),
    FormName.ESCALATION_PROPOSE: Writes(escalations.take_nominee),
    FormName.ESCALATION_HANDOVER: Writes(escalations.take_handover),
    FormName.INITIATIVE_NEW: Writes(initiatives.register),
    FormName.GATE_CHARTER: Writes(gate_charter.take_charter),
    FormName.GATE_CHARTER_REST: Writes(gate_charter.take_charter_rest),
    FormName.GATE_CRITERION: Writes(gate_terms.take_criterion),
    FormName.GATE_CRITERION_REST: Writes(gate_terms.take_criterion_rest),
    FormName.GATE_EVIDENCE: Writes(gate_work.take_evidence),
    FormName.GATE_SIGN: Writes(gate_work.take_signature),
    FormName.GATE_WITHDRAW: Writes(gate_work.take_withdrawal),
    FormName.GATE_MOVE: Writes(gate_work.take_move),
    FormName.GATE_SET_ASIDE: Writes(gate_work.take_set_aside),
    FormName.GATE_TAKE_BACK: Writes(gate_work.take_back),
    FormName.GATE_DECIDE: Writes(gate_decision.take),
    FormName.GATE_NUMBERS: Writes(gate_charter.take_numbers),
    FormName.GATE_PHASE: Writes(gate_phases.take_phase),
    FormName.GATE_USE: Writes(gate_charter.take_use),
    FormName.LOOK_UP: Reads(status.look_up),
    FormName.METRIC_VALUE: Writes(metrics.take_value),
}


def build_dispatch(ports: Ports) -> Dispatch:
    """Return the function adapters call with what a person did; it answers every mistake with a sentence."""

    async def dispatch(interaction: Interaction) -> Reply:
        try:
            entry = _entry(interaction)
            if isinstance(entry, Reads):
                return await entry.flow(interaction, ports)
            return await _write(entry, interaction, ports)
        except AccountUnknown as unknown:
            return WhoAreYou(unknown.account)
        except (UserError, Unavailable) as error:
            return Say(sentence(str(error)))

    return dispatch


def _entry(interaction: Interaction) -> Entry:
    match interaction:
        case Command(name="ai", text=text):
            words = f"ai {text.split()[0].casefold()}" if text.split() else "ai help"
            return _command(words, text)
        case Command(name="ai-status", text=text) if gate_card.is_asked_for(text):
            return Writes(gate_card.show_of_status)
        case Command(name=name, text=text):
            return _command(name, f"{name} {text}")
        case ActionPressed(action=action):
            return ACTIONS[action]
        case FormSubmitted(form=form):
            return FORMS[form]
        case Searched():
            return Reads(status.search)
        case BotAdded():
            return Writes(_met)


def _command(words: str, typed: str) -> Entry:
    if words not in COMMANDS:
        raise UserError(help_words.unknown_command(typed, list(COMMANDS)))
    return COMMANDS[words][0]


async def _write(entry: Writes, interaction: Interaction, ports: Ports) -> Reply:
    """Run a flow in one transaction with its once-ness; a form with errors leaves no trace, nor does a mistake."""
    try:
        try:
            reply = await _in_one_transaction(entry, interaction, ports)
        except Overtaken:
            reply = await _in_one_transaction(entry, interaction, ports)
    except Unavailable as error:
        log.warning("dispatch.not_stored", extra={"interaction": type(interaction).__name__, "error": str(error)})
        raise Unavailable(help_words.NOT_STORED) from error
    ports.wake()
    return reply


async def _in_one_transaction(entry: Writes, interaction: Interaction, ports: Ports) -> Reply:
    async with ports.open_unit_of_work() as uow:
        asker = await _asker(entry, interaction.sender, uow, ports)
        if asker is None and not (entry.strangers and interaction.sender.profile):
            return Done() if isinstance(interaction, BotAdded) and interaction.removed else WhoAreYou()
        if not await uow.inbox.add_once(f"{interaction.sender.platform}:{interaction.id}", ports.clock.now()):
            return Done()
        reply = await entry.flow(interaction, asker, uow, ports)
        if isinstance(reply, FormErrors):
            return reply
        if not isinstance(interaction, BotAdded):
            await _remember_chat(interaction.sender, uow, ports)
        await uow.commit()
    return reply


async def _asker(entry: Writes, sender: Sender, uow: UnitOfWork, ports: Ports) -> Person | None:
    try:
        return await identify(sender, uow, ports)
    except Stranger:
        if not entry.strangers:
            raise
        return None


async def _remember_chat(sender: Sender, uow: UnitOfWork, ports: Ports) -> bool:
    """Keep where the direct chat of the account that acted is; return whether that was news."""
    if not sender.direct or not sender.conversation:
        return False
    person = await uow.people.by_handle(sender.platform, sender.tenant, sender.user)
    handle = own_account(sender, await uow.people.handles([person.id])) if person else None
    if handle is None or (handle.conversation == sender.conversation and handle.status is HandleStatus.ACTIVE):
        return False
    await uow.people.save_handle(replace(handle, conversation=sender.conversation, status=HandleStatus.ACTIVE))
    if person:
        await arrived(person, uow, ports)
    return True


async def _met(added: BotAdded, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Greet somebody who has just met the bot, once; note when they have removed it."""
    if not added.removed:
        is_new = await _remember_chat(added.sender, uow, ports)
        return Say(help_words.greeting(asker.name)) if is_new else Done()
    handle = own_account(added.sender, await uow.people.handles([asker.id]))
    if handle:
        await uow.people.save_handle(replace(handle, status=HandleStatus.UNINSTALLED))
        uow.events.record(event("person.removed_bot", asker, ports, {"platform": handle.platform}))
    await out_of_reach(asker.id, uow, ports)
    return Done()
