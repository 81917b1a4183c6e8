"""The charter and the success criteria in chat: two forms each, and the list of what is agreed."""

from collections.abc import Sequence

from bot.domain.gates.charter import Charter
from bot.domain.gates.criteria import CriterionMode, CriterionStage, SuccessCriterion
from bot.domain.gates.templates import OWNERS, Weight
from bot.domain.initiatives import Initiative, RiskTier
from bot.domain.measuring.metrics import Direction, MetricKind
from bot.messages.forms import ChoiceField, DateField, Form, FormName, TextField
from bot.messages.gates.acts import words_of
from bot.messages.gates.refusals import SIGNER_WORDS, listed
from bot.messages.model import Action, Actions, Block, Bold, Button, Emphasis, Message, Note, Paragraph, Plain, clip
from bot.messages.words import counted, day_words

LONGEST_STATEMENT, LONGEST_METHOD, SHOWN = 280, 280, 12
WHOLE = "Write a whole number, such as 40."
NUMBER = "Write a number, such as 25 or 92.5."
LIMIT = "Write the limit with its direction and unit, such as >= 25 % or <= 120 min."
TIERS = (RiskTier.MINIMAL, RiskTier.LIMITED, RiskTier.HIGH)
NONE_AGREED = "No success criterion is proposed yet. A pilot needs one for an outcome, the model and adoption."


def charter_form(one: Initiative, charter: Charter) -> Form:
    """Return the first form of the charter: what, for whom, when it is stopped, how risky."""
    tiers = tuple((tier.value, words_of(tier)) for tier in TIERS)
    return Form(
        name=FormName.GATE_CHARTER,
        title="Charter, 1 of 2",
        fields=(
            TextField(
                name="use_case",
                label="Who decides or does what differently, in one sentence?",
                initial=one.use_case or "",
                longest=LONGEST_STATEMENT,
            ),
            TextField(name="user_group", label="Who uses it?", initial=one.user_group or "", longest=140),
            TextField(
                name="user_group_size",
                label="How many are they?",
                initial=str(one.user_group_size or ""),
                longest=10,
            ),
            TextField(
                name="stop_rule",
                label="We stop if ...",
                initial=charter.stop_rule,
                longest=LONGEST_STATEMENT,
            ),
            ChoiceField(name="risk_tier", label="Risk tier", options=tiers, initial=(one.risk_tier.value,)),
        ),
        state=one.id,
        submit="Next",
    )


def charter_rest(one: Initiative, charter: Charter) -> Form:
    """Return the second form of the charter: its time-box and its cap."""
    exposure = charter.exposure
    return Form(
        name=FormName.GATE_CHARTER_REST,
        title="Charter, 2 of 2",
        fields=(
            DateField(name="timebox_start", label="The pilot begins", initial=charter.timebox_start),
            DateField(name="timebox_end", label="The pilot ends", hint="8 to 16 weeks", initial=charter.timebox_end),
            TextField(name="users", label="At most how many users?", initial=str(exposure.users or ""), longest=10),
            TextField(
                name="decision_type", label="Which decisions may it take part in?", initial=exposure.decision_type,
                longest=140, optional=True,
            ),
            TextField(
                name="fallback", label="What happens without it?", initial=exposure.fallback, longest=140, optional=True
            ),
        ),
        state=one.id,
    )  # fmt: skip


def criterion_form(one: Initiative) -> Form:
    """Return the first form of a success criterion: what is measured, and its limit."""
    return Form(
        name=FormName.GATE_CRITERION,
        title="Criterion, 1 of 2",
        fields=(
            TextField(name="statement", label="What has to be true?", longest=LONGEST_STATEMENT),
            ChoiceField(
                name="category",
                label="What does it measure?",
                options=tuple((each.value, words_of(each)) for each in MetricKind),
            ),
            ChoiceField(
                name="mode",
                label="Guardrail or goal?",
                options=(
                    (CriterionMode.GOAL.value, "Goal: reached by a date"),
                    (CriterionMode.GUARDRAIL.value, "Guardrail: holds all the time"),
                ),
            ),
            TextField(name="limit", label="Limit, with direction and unit", hint="for example >= 25 %", longest=40),
            TextField(name="target", label="Target", hint="a number in the same unit", longest=20),
        ),
        state=one.id,
        submit="Next",
    )


def criterion_rest(state: str) -> Form:
    """Return the second form of a success criterion: where it begins, how and until when it is measured, by whom."""
    return Form(
        name=FormName.GATE_CRITERION_REST,
        title="Criterion, 2 of 2",
        fields=(
            TextField(name="baseline_value", label="Baseline", hint="measured, in the same unit", longest=20),
            TextField(name="method", label="How is it measured?", longest=LONGEST_METHOD),
            DateField(name="measure_by", label="Measured by"),
            ChoiceField(
                name="owner_role",
                label="Who answers for it?",
                options=tuple((role.value, SIGNER_WORDS[role].removeprefix("the ").capitalize()) for role in OWNERS),
            ),
            ChoiceField(
                name="priority",
                label="Must or should?",
                options=((Weight.MUST.value, "Must"), (Weight.SHOULD.value, "Should")),
                initial=(Weight.MUST.value,),
            ),
        ),
        state=state,
    )


def agreed(
    one: Initiative, criteria: Sequence[SuccessCriterion], mine: Sequence[str], word: str = "", *, propose: bool
) -> Message:
    """Return the success criteria of an initiative; `mine` are the ids of those that wait for the reader's approval."""
    title = f"{one.key}: {counted(len(criteria), 'success criterion', 'success criteria')}"
    blocks: list[Block] = [Paragraph((Bold(word),))] if word else []
    if not criteria:
        blocks.append(Paragraph((Plain(NONE_AGREED),)))
    for each in criteria[:SHOWN]:
        blocks.append(Paragraph((Bold(f"{each.code} v{each.version} {each.state}: "), Plain(_described(each)))))
        if each.id in mine:
            approve = Button("Approve", Action.GATE_CRITERION_APPROVE, each.id, Emphasis.PRIMARY)
            blocks.append(Actions((approve,)))
    if len(criteria) > SHOWN:
        blocks.append(Note((Plain(f"{len(criteria) - SHOWN} more."),)))
    if propose:
        blocks.append(Actions((Button("Propose a criterion", Action.GATE_CRITERION_PROPOSE, one.id, opens_form=True),)))
    return Message(title, tuple(blocks), f"{word} {title}.".strip())


def _described(one: SuccessCriterion) -> str:
    sign = {Direction.UP: ">=", Direction.DOWN: "<=", Direction.RANGE: "from"}[one.direction]
    baseline = f"{one.baseline_value:g}" if one.baseline_value is not None else clip(one.baseline_source, 60)
    by = f" by {day_words(one.measure_by)}" if one.measure_by else ""
    left = [SIGNER_WORDS[role] for role in one.unapproved] if one.state is CriterionStage.PROPOSED else []
    waits = f" Waits for {listed(left)}." if left else ""
    target = f", target {one.target:g}" if one.target is not None else ""
    what = clip(one.statement, LONGEST_STATEMENT)
    kind = f"{one.priority} {one.mode}, {one.category}"
    return f"{what} ({kind}: {sign} {one.threshold:g} {one.unit}{target}, baseline {baseline}{by}).{waits}"
