"""Every refusal and every computed reason has its one sentence."""

import re
import string

import pytest

from bot.domain.gates.evaluation import CHECKS, Computed, Outcome
from bot.domain.gates.templates import Check
from bot.domain.gates.trouble import Problem, Trouble
from bot.messages.gates.reasons import CLAUSES, reason
from bot.messages.gates.refusals import SENTENCES, refusal
from tests.gates import a_bench


@pytest.mark.parametrize("trouble", Trouble)
def test_every_refusal_is_one_sentence_that_a_reader_can_act_on(trouble: Trouble) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(SENTENCES[trouble]) if name}
    said = refusal(Problem(trouble, facts=dict.fromkeys(names, "something")))
    assert re.fullmatch(r"[A-Z0-9s][^!]*\.", said), said
    assert said.count(". ") == 0
    assert len(said) <= 200


@pytest.mark.parametrize("check", Check)
def test_everything_computed_can_be_said(check: Check) -> None:
    assert check in CHECKS
    outcome, facts = CHECKS[check](a_bench())
    said = reason(Computed(check, outcome, facts))
    assert said
    assert "{" not in said
    assert "[" not in said
    for settled in (Outcome.TRUE, Outcome.FALSE):
        assert (check, settled) in CLAUSES


def test_what_is_not_recorded_says_what_is_needed() -> None:
    assert "evidence is needed" in reason(Computed(Check.LESSON_PUBLISHED, Outcome.UNKNOWN))
    lacking = Computed(Check.THRESHOLDS_MET, Outcome.UNKNOWN, {"lacking": ["C1", "C2"]})
    assert reason(lacking) == "there is no value yet for C1, C2, so evidence is needed"
