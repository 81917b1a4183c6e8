"""The words of taking, declining and handing over a role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.ownership import AssignmentKind, HandoverReason, Role, RoleAssignment
from bot.messages.forms import ChoiceField, Form, FormName, PersonField
from bot.messages.model import (
    Action,
    Actions,
    Block,
    Bold,
    Bullets,
    Button,
    Emphasis,
    Message,
    Paragraph,
    Plain,
    Text,
    clip,
)
from bot.messages.words import ROLE_WORDS, counted, day_words, sentence

SHOWN = 10
DUTIES = {
    Role.BUSINESS_SPONSOR: "outcomes and benefits",
    Role.TECHNICAL_LEAD: "model performance",
    Role.OPERATIONS_LEADER: "workflow integration and adoption",
    Role.GOVERNANCE_REVIEWER: "the independent review",
    Role.FINANCE_PARTNER: "validated benefits",
    Role.GATEKEEPER: "gate decisions",
}
REASONS = {
    HandoverReason.TRANSITION: "Transition to another team",
    HandoverReason.LEAVE: "Leave",
    HandoverReason.REORG: "Reorganisation",
    HandoverReason.OVERLOAD: "Too much at once",
    HandoverReason.OTHER: "Another reason",
}
TO, REASON = "to", "reason"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A role offered to somebody: of which initiative, and by whom (empty for an import)."""

    assignment: RoleAssignment
    key: str
    name: str
    proposed_by: str = ""


def proposed(proposals: Sequence[Proposal], done: str = "") -> Message:
    """Return the one message that offers a person their roles, each to accept or decline; `done` says what just was."""
    if not proposals:
        return sentence(done or "Every role offered to you has been answered.")
    intro = "Accepting means you answer a short check-in, normally once a week."
    blocks: list[Block] = [Paragraph((Plain(f"{done}\n{intro}" if done else intro),))]
    for proposal in proposals[:SHOWN]:
        blocks += _proposal(proposal)
    if len(proposals) > SHOWN:
        blocks.append(Paragraph((Plain(f"{len(proposals) - SHOWN} more follow when these are answered."),)))
    what = counted(len(proposals), "role is", "roles are")
    return Message(f"{what} offered to you", tuple(blocks), f"{what} offered to you. Please accept or decline.")


def _proposal(proposal: Proposal) -> list[Block]:
    assignment = proposal.assignment
    role = ROLE_WORDS[assignment.role]
    kind = f"delegate of the {role}" if assignment.kind is AssignmentKind.DELEGATE else role
    by = f", proposed by {proposal.proposed_by}" if proposal.proposed_by else ""
    text = f"{clip(proposal.name, 80)}\n{kind}: accountable for {DUTIES[assignment.role]}{by}"
    buttons = (
        Button("Accept", Action.ROLE_ACCEPT, assignment.id, Emphasis.PRIMARY),
        Button("Decline", Action.ROLE_DECLINE, assignment.id),
    )
    return [Paragraph((Bold(f"{proposal.key} "), Plain(text))), Actions(buttons)]


def handover_form(key: str, role: Role, state: str, reason: str = "") -> Form:
    """Return the form that asks who takes a role over and why; `reason` is the one chosen before."""
    reasons = tuple((each.value, words) for each, words in REASONS.items())
    chosen = (reason,) if reason in REASONS else ()
    return Form(
        name=FormName.HANDOVER,
        title="Hand over",
        fields=(
            PersonField(name=TO, label=f"Who is {ROLE_WORDS[role]} of {key} now?"),
            ChoiceField(name=REASON, label="Why?", options=reasons, initial=chosen),
        ),
        state=state,
        submit="Propose",
        intro=(Plain("You stay accountable until they accept."),),
    )


def proposal_sent(name: str, key: str, role: Role) -> str:
    """Return what the one who hands over reads."""
    return f"{name} is asked to be {ROLE_WORDS[role]} of {key}. You stay accountable until they accept."


def answered(proposal: Proposal, name: str, on: date, *, accepted: bool) -> Message:
    """Return what the one who handed over reads when the other has answered."""
    role, key = ROLE_WORDS[proposal.assignment.role], proposal.key
    if accepted:
        return sentence(f"{name} is {role} of {key} since {day_words(on)}. Nothing is left for you to do.")
    left = "You are still accountable" if proposal.assignment.handover_from else "The role stays as it was"
    return sentence(f"{name} declined to be {role} of {key}. {left}; propose somebody else.")


def lapsed(offers: Sequence[tuple[Proposal, str]]) -> Message:
    """Return the one message to who proposed roles that their nominees, named with each, left unanswered."""
    what = counted(len(offers), "offer of a role has", "offers of a role have")
    head = f"{what} lapsed: no answer in five working days."
    lines: list[Text] = [
        (Bold(f"{offer.key} "), Plain(f"{ROLE_WORDS[offer.assignment.role]}: {clip(name, 80)}"))
        for offer, name in offers[:SHOWN]
    ]
    if len(offers) > SHOWN:
        lines.append((Plain(f"{len(offers) - SHOWN} more"),))
    way_out = "Nobody new is accountable. Ask them, then offer the role again: import the portfolio file once more."
    return Message("", (Paragraph((Plain(head),)), Bullets(tuple(lines)), Paragraph((Plain(way_out),))), head)


def accepted(proposal: Proposal, check_ins: int) -> str:
    """Return what the one who accepts reads; `check_ins` open ones came along."""
    assignment = proposal.assignment
    role = ROLE_WORDS[assignment.role]
    if assignment.kind is AssignmentKind.DELEGATE:
        return f"You are now delegate of the {role} of {proposal.key}."
    along = (
        f" {counted(check_ins, 'open check-in comes', 'open check-ins come')} with it: /ai checkin."
        if check_ins
        else ""
    )
    return f"You are now {role} of {proposal.key}.{along}"


def declined(proposal: Proposal) -> str:
    """Return what the one who declines reads."""
    return f"You declined to be {ROLE_WORDS[proposal.assignment.role]} of {proposal.key}. Who proposed it is told."


def already(name: str) -> str:
    """Return the refusal of somebody who holds the role."""
    return f"{name} holds this role already. Name somebody else."


def reviews(name: str) -> str:
    """Return the refusal of an initiative's independent reviewer as its owner."""
    return f"{name} is the governance reviewer of this initiative and cannot own a part of it. Name somebody else."


NOT_OFFERED = "This role is not offered to you. Ask the portfolio lead who owns it now."
GONE = "This offer is no longer open. Ask the portfolio lead who owns the role now."
STANDS_IN = "You answer for the holder of this role; only they or the portfolio lead can hand it over."
CHOOSE_REASON = "Choose one of the reasons."
