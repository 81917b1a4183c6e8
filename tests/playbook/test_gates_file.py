"""The file of gates: what ships, and what is wrong in one said with its line."""

from pathlib import Path

import pytest

from bot.domain.gates.templates import Evaluation, Signer
from bot.domain.initiatives import RiskTier, Stage
from bot.errors import ConfigError
from bot.playbook.gates import load_gates

HEAD = "version: 1\ngates:\n"
GATE = "  - code: G1\n    name: First\n    stages: [pilot]\n    opens_at: [pilot]\n    due: {from: entry, days: 20}\n"
CRITERION = "      - {text: Named, weight: must, domain: definition, evaluation: doc, sign: [BS]}\n"
FILE = HEAD + GATE + "    criteria:\n" + CRITERION


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "gates.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_eight_gates_ship_and_rigour_grows_with_risk() -> None:
    pack = load_gates()
    assert [gate.code for gate in pack.gates] == [f"G{n}" for n in range(1, 9)]
    asked = {tier: sum(len(gate.asked_of(tier)) for gate in pack.of(tier)) for tier in RiskTier}
    assert asked[RiskTier.MINIMAL] < asked[RiskTier.LIMITED] < asked[RiskTier.HIGH]
    assert pack.of(RiskTier.PROHIBITED) == ()
    assert pack.before_launch(RiskTier.MINIMAL) == ("G1", "G2", "G4", "G5")
    assert pack.gate("G9") is None
    assert [gate.code for gate in pack.opened_by(Stage.PILOT_DEFINITION, RiskTier.HIGH)] == ["G1", "G4"]


def test_high_risk_has_a_second_reviewer_where_the_model_and_its_bias_are_reviewed() -> None:
    review = load_gates().gate("G4")
    assert review
    for number in (0, 1):
        assert review.criteria[number].signatures(RiskTier.HIGH).count(Signer.GOVERNANCE_REVIEWER) == 2
        assert review.criteria[number].signatures(RiskTier.LIMITED).count(Signer.GOVERNANCE_REVIEWER) == 1


def test_each_stage_of_the_way_has_a_gate_that_leads_on() -> None:
    leads = {gate.leads_to for gate in load_gates().gates if gate.leads_to}
    assert leads == set(Stage) - {Stage.INTAKE, Stage.PILOT_DEFINITION}


def test_another_file_is_taken(tmp_path: Path) -> None:
    pack = load_gates(written(tmp_path, FILE))
    assert pack.gates[0].criteria[0].evaluation is Evaluation.DOC


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "line 1: it needs `version`"),
        ("version: 1\n", "line 1: `gates` needs to be a list of entries"),
        (HEAD + "  - {code: G1}\n", "line 3: a gate needs `name`"),
        (FILE.replace("    name", "    colour: red\n    name"), "line 3: `colour` is nothing a gate has"),
        (FILE.replace("[pilot]\n    opens", "[pilots]\n    opens"), "line 3: “pilots” is not one of intake"),
        (FILE.replace("    opens_at: [pilot]\n", ""), "line 3: nothing opens gate G1"),
        (FILE.replace("days: 20", "days: 1.5"), "line 3: `days` cannot be “1.5”"),
        (FILE.replace("{from: entry, days: 20}", "20"), "line 3: `due` needs `from` and `days`"),
        (FILE.replace("[BS]", "[XX]"), "line 9: “XX” is not one of BS, TL"),
        (FILE.replace("[BS]", "[]"), "line 9: `sign` names who signs"),
        (FILE.replace("[BS]", "[GR]"), "line 9: what the governance reviewer signs is of the domain"),
        (FILE.replace("evaluation: doc", "evaluation: auto"), "line 9: what is computed needs `check`"),
        (FILE.replace("text: Named", "text: ''"), "line 9: `text` needs 1 to 110 characters"),
        (FILE.replace("weight: must", "weight: 3"), "line 9: “3” is not one of must, should"),
        (FILE + GATE + "    criteria:\n" + CRITERION, "line 10: there is a gate G1 already"),
        (FILE.replace("    due", "    needs: [G7]\n    due"), "line 3: gate G1 names a gate “G7” that is not here"),
        (FILE.replace("    due", "    governance: maybe\n    due"), "line 3: `governance` cannot be “maybe”"),
        (FILE + CRITERION * 20, "line 3: a gate has at most 20 criteria"),
        (FILE.replace("stages: [pilot]", "stages: pilot"), "line 3: `stages` needs to be a list of words"),
        (FILE.replace("stages: [pilot]", "stages: []"), "line 3: `stages` names where the gate is decided"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_gates(written(tmp_path, text))
    assert says in str(caught.value)
