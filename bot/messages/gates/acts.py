"""The forms of a gate: evidence, signatures, decisions, dates, what is set aside and what is taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.gates.dates import DateReason
from bot.domain.gates.decisions import Decision, KillReason
from bot.domain.gates.evidence import Evidence, EvidenceKind
from bot.domain.gates.gates import Gate, GateCriterion
from bot.domain.gates.signing import SignVerdict
from bot.messages.forms import (
    LONGEST_OPTION,
    ChoiceField,
    DateField,
    Field,
    Form,
    FormName,
    InitiativeField,
    PersonField,
    TextField,
)
from bot.messages.gates.card import DECISION_WORDS
from bot.messages.model import Plain, clip

CRITERION, SIGNED, VERDICT, EVIDENCE, HOW = "criterion", "signed", "verdict", "evidence", "how"
CONDITIONS, CONDITION_OWNER, CONDITION_DUE = "conditions", "condition_owner", "condition_due"
LONGEST_COMMENT, LONGEST_RATIONALE, MOST_CHOICES = 280, 1000, 100
WAIVED, NOT_APPLICABLE = "waived", "not_applicable"


def words_of(value: str) -> str:
    """Return a code as words."""
    return value.replace("_", " ").capitalize()


def _about(gate: Gate, what: str) -> tuple[Plain]:
    return (Plain(f"{gate.code}: {what}"),)


def _criteria(criteria: Sequence[GateCriterion]) -> ChoiceField:
    options = tuple((one.id, clip(f"{one.number} {one.text}", LONGEST_OPTION)) for one in criteria[:MOST_CHOICES])
    initial = (options[0][0],) if len(options) == 1 else ()
    return ChoiceField(name=CRITERION, label="Which criterion?", options=options, initial=initial)


def evidence_form(gate: Gate, criteria: Sequence[GateCriterion]) -> Form:
    """Return the form in which evidence is shown, and signed by who may."""
    kinds = tuple((kind.value, words_of(kind)) for kind in EvidenceKind)
    return Form(
        name=FormName.GATE_EVIDENCE,
        title="Show evidence",
        fields=(
            _criteria(criteria),
            ChoiceField(name="kind", label="What kind of evidence?", options=kinds),
            TextField(name="title", label="What is it?", longest=200),
            TextField(name="url", label="Link, if any", hint="people open it, Steward never does", optional=True),
            DateField(name="valid_until", label="Valid until", hint="leave empty if it does not end", optional=True),
        ),
        state=gate.id,
        intro=_about(gate, "what is shown here counts as soon as its signers have signed."),
    )


def sign_form(gate: Gate, criteria: Sequence[GateCriterion]) -> Form:
    """Return the form in which a criterion is signed met or not met."""
    verdicts = ((SignVerdict.MET.value, "Met"), (SignVerdict.NOT_MET.value, "Not met"))
    return Form(
        name=FormName.GATE_SIGN,
        title="Sign",
        fields=(
            _criteria(criteria),
            ChoiceField(name=VERDICT, label="Is it met?", options=verdicts),
            TextField(
                name="comment", label="Comment", hint="needed if it is not met", longest=LONGEST_COMMENT, optional=True
            ),
        ),
        state=gate.id,
        submit="Sign",
        intro=_about(gate, "you sign in every role you act in today."),
    )


def set_aside_form(gate: Gate, criteria: Sequence[GateCriterion]) -> Form:
    """Return the form in which a gatekeeper waives a criterion or finds that it does not apply."""
    ways = ((WAIVED, "Waived: it is passed unmet for a while"), (NOT_APPLICABLE, "Not applicable here"))
    return Form(
        name=FormName.GATE_SET_ASIDE,
        title="Waive a criterion",
        fields=(
            _criteria(criteria),
            ChoiceField(name=HOW, label="How?", options=ways, initial=(WAIVED,)),
            TextField(name="reason", label="Why?", longest=LONGEST_COMMENT),
            TextField(name="control", label="What guards meanwhile?", hint="for a waiver", longest=280, optional=True),
            DateField(name="expires_on", label="Until when?", hint="for a waiver", optional=True),
        ),
        state=gate.id,
    )


def move_form(gate: Gate) -> Form:
    """Return the form in which a new date is given, with its reason."""
    reasons = tuple((reason.value, words_of(reason)) for reason in DateReason)
    return Form(
        name=FormName.GATE_MOVE,
        title="New date",
        fields=(
            DateField(name="new_due", label="When will it be decided?", initial=gate.current_due),
            ChoiceField(name="reason", label="Why?", options=reasons),
            TextField(name="comment", label="Comment", longest=LONGEST_COMMENT, optional=True),
        ),
        state=gate.id,
        intro=_about(gate, "the first date stays on record, and how far this one is from it."),
    )


def withdraw_form(gate: Gate) -> Form:
    """Return the form in which a gate is taken back from its gatekeeper."""
    return Form(
        name=FormName.GATE_WITHDRAW,
        title="Take it back",
        fields=(TextField(name="reason", label="Why?", longest=LONGEST_COMMENT),),
        state=gate.id,
        submit="Take back",
    )


def take_back_form(gate: Gate, evidence: Sequence[tuple[Evidence, int]]) -> Form:
    """Return the form in which evidence is withdrawn; `evidence` comes with its criterion's number."""
    options = tuple((one.id, clip(f"{number} {one.title}", LONGEST_OPTION)) for one, number in evidence[:MOST_CHOICES])
    return Form(
        name=FormName.GATE_TAKE_BACK,
        title="Withdraw evidence",
        fields=(
            ChoiceField(name=EVIDENCE, label="Which evidence?", options=options),
            TextField(name="reason", label="Why?", longest=LONGEST_COMMENT),
        ),
        state=gate.id,
        submit="Withdraw",
        intro=_about(gate, "a criterion that was met by it is open again."),
    )


def decide_form(gate: Gate, decision: Decision, *, early: bool = False) -> Form:
    """Return the form of one decision, with what it needs; `early` when it comes before the notice is over."""
    rationale = TextField(
        name="rationale", label="Your reasons", hint="they are kept for ever", longest=LONGEST_RATIONALE, multiline=True
    )
    soon = TextField(name="early_reason", label="Why so soon after it was submitted?", longest=LONGEST_COMMENT)
    fields: list[Field] = [rationale, *TERMS[decision]]
    return Form(
        name=FormName.GATE_DECIDE,
        title=f"{gate.code}: {DECISION_WORDS[decision]}",
        fields=tuple([*fields, soon] if early else fields)[:5],
        state=f"{gate.id}:{decision}",
        submit="Decide",
    )


TERMS: Mapping[Decision, tuple[Field, ...]] = {
    Decision.GO: (),
    Decision.CONDITIONAL_GO: (
        TextField(name=CONDITIONS, label="On what condition?", longest=280),
        PersonField(name=CONDITION_OWNER, label="Who sees to it?"),
        DateField(name=CONDITION_DUE, label="By when?"),
    ),
    Decision.HOLD: (DateField(name="review_on", label="When is it reviewed?", hint="within 90 days"),),
    Decision.REWORK: (
        TextField(name="redo", label="Which criteria are redone?", hint="their numbers, for example 3, 5", longest=60),
        DateField(name="new_due", label="By when?"),
    ),
    Decision.KILL: (
        ChoiceField(
            name="kill_reason",
            label="Why is it stopped?",
            options=tuple((reason.value, words_of(reason)) for reason in KillReason),
        ),
    ),
}


def refilled(form: Form, values: Mapping[str, str | list[str]]) -> Form:
    """Return a form with what was typed in place, so that nothing is lost when something in it is refused."""
    return replace(form, fields=tuple(_with(field, values.get(field.name, "")) for field in form.fields))


def _with(field: Field, raw: str | list[str]) -> Field:
    typed = [raw] if isinstance(raw, str) else list(raw)
    match field:
        case TextField():
            return replace(field, initial=typed[0][: field.longest] if typed else "")
        case ChoiceField():
            known = {value for value, _ in field.options}
            return replace(field, initial=tuple(value for value in typed if value in known))
        case InitiativeField():
            return replace(field, initial=typed[0] if typed else "")
        case _:
            return field
