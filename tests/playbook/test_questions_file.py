"""The question file that ships is whole, and every mistake in one is named with its line."""

from pathlib import Path

import pytest

from bot.domain.initiatives import LIVE, Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.questions import Purpose, QuestionKind
from bot.domain.raid import RaidCategory
from bot.errors import ConfigError
from bot.messages.forms import LONGEST_FIELD_LABEL
from bot.messages.model import weight
from bot.playbook.load import load_questions

SHIPPED = load_questions()
GOOD = "{key: one, purpose: remark, kind: text, text: 'What else?'}"


def keys_of(role: Role, stage: Stage, *, monthly: bool = False) -> set[str]:
    return {question.key for question in SHIPPED.asked(role, stage, Lifecycle.ACTIVE, monthly=monthly)}


@pytest.mark.parametrize("role", OWNER_ROLES)
@pytest.mark.parametrize("stage", Stage)
def test_every_role_is_asked_for_its_colour_and_a_promise_at_every_stage(role: Role, stage: Stage) -> None:
    asked = SHIPPED.asked(role, stage, Lifecycle.ACTIVE, monthly=False)
    purposes = [question.purpose for question in asked]
    for once in (Purpose.RAG, Purpose.COMMITMENTS, Purpose.NEXT_COMMITMENT, Purpose.CONFIDENCE):
        assert purposes.count(once) == 1
    assert purposes.count(Purpose.STAGE) <= 1
    assert Purpose.ASK in purposes or Purpose.BLOCKER in purposes


@pytest.mark.parametrize(
    ("role", "stage", "key"),
    [
        (Role.BUSINESS_SPONSOR, Stage.PILOT_DEFINITION, "open_criterion"),
        (Role.BUSINESS_SPONSOR, Stage.PILOT, "if_ended_today"),
        (Role.BUSINESS_SPONSOR, Stage.PRODUCTION_READINESS, "late_criteria_sponsor"),
        (Role.BUSINESS_SPONSOR, Stage.LAUNCH, "told_teams"),
        (Role.TECHNICAL_LEAD, Stage.PILOT_DEFINITION, "capability_gap"),
        (Role.TECHNICAL_LEAD, Stage.PILOT, "sample"),
        (Role.TECHNICAL_LEAD, Stage.PRODUCTION_READINESS, "late_criteria_tech"),
        (Role.TECHNICAL_LEAD, Stage.LAUNCH, "incidents"),
        (Role.TECHNICAL_LEAD, Stage.PRODUCTION, "retrained"),
        (Role.TECHNICAL_LEAD, Stage.SCALED, "retrained"),
        (Role.OPERATIONS_LEADER, Stage.PILOT_DEFINITION, "baseline"),
        (Role.OPERATIONS_LEADER, Stage.PILOT, "pilot_users"),
        (Role.OPERATIONS_LEADER, Stage.PRODUCTION_READINESS, "late_criteria_ops"),
        (Role.OPERATIONS_LEADER, Stage.LAUNCH, "trained"),
        (Role.OPERATIONS_LEADER, Stage.PRODUCTION, "workarounds"),
    ],
)
def test_each_stage_adds_its_question(role: Role, stage: Stage, key: str) -> None:
    assert key in keys_of(role, stage)


def test_the_monthly_questions_come_with_the_month_and_only_when_live() -> None:
    monthly = {"benefit", "leadership_use"}
    for stage in Stage:
        assert (monthly <= keys_of(Role.BUSINESS_SPONSOR, stage, monthly=True)) is (stage in LIVE)
        assert not monthly & keys_of(Role.BUSINESS_SPONSOR, stage)


def test_the_operations_leader_of_a_live_initiative_is_asked_for_use() -> None:
    for stage in Stage:
        assert ({"a_active", "a_acted"} <= keys_of(Role.OPERATIONS_LEADER, stage)) is (stage in LIVE)


def test_blockers_name_every_category() -> None:
    for key in ("blocker_tech", "blocker_ops"):
        question = SHIPPED.get(key)
        assert question is not None
        assert {option.value for option in question.options} == {"none", *RaidCategory}


def test_every_question_fits_every_platform() -> None:
    for question in SHIPPED.questions:
        assert weight(question.text) <= LONGEST_FIELD_LABEL
        assert (question.kind is QuestionKind.CHOICE) is bool(question.options)
        assert not question.text.endswith("!")


def complaint(folder: Path, text: str) -> str:
    path = folder / "questions.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_questions(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{purpose: remark, kind: text, text: x}", "a question needs `key`"),
        ("{key: a, kind: text, text: x}", "a question needs `purpose`"),
        ("{key: a, purpose: remark, kind: text, text: x, color: red}", "`color` is nothing a question has"),
        ("{key: a, purpose: remark, kind: slider, text: x}", "“slider” is not one of rag, number"),
        ("{key: a, purpose: remarks, kind: text, text: x}", "“remarks” is not one of value, rag"),
        ("{key: a, role: boss, purpose: remark, kind: text, text: x}", "“boss” is not one of business_sponsor"),
        ("{key: a, stages: [pilots], purpose: remark, kind: text, text: x}", "“pilots” is not one of intake"),
        ("{key: a, purpose: remark, kind: text, text: 7}", "`text` cannot be “7”"),
        ("{key: a, purpose: remark, kind: number, text: x, least: yes}", "`least` cannot be “True”"),
        ("{key: a, purpose: remark, kind: text, text: x, monthly: 1}", "`monthly` cannot be “1”"),
        ("{key: a, purpose: remark, kind: choice, text: x, options: [no, yes]}", "needs quotes around it"),
        ("{key: a, purpose: remark, kind: choice, text: x, options: none}", "`options` needs to be a list"),
        ("{key: a, purpose: remark, kind: choice, text: x}", "a choice needs options"),
        ("{key: a, purpose: remark, kind: text, text: x, options: [one]}", "a choice needs options"),
        ("{key: a, purpose: remark, kind: choice, text: x, options: [one, one]}", "an option is there twice"),
        ("{key: A-1, purpose: remark, kind: text, text: x}", "small letters, digits and _"),
        ("{key: path, purpose: remark, kind: text, text: x}", "one the second form uses"),
        ("{key: a, purpose: remark, kind: text, text: ''}", "empty or too long"),
        ("{key: a, purpose: remark, kind: text, text: x, longest: 0}", "longest is between 1 and 3000"),
        ("{key: a, purpose: remark, kind: number, text: x, least: 5, most: 1}", "least is above most"),
        ("{key: a, purpose: rag, kind: text, text: x}", "needs the kind rag"),
        ("{key: a, purpose: confidence, kind: choice, text: x, options: [high]}", "not one that can be counted"),
        ("{key: a, purpose: blocker, kind: choice, text: x, options: [weather]}", "not one that can be counted"),
        ("{key: a, purpose: ask, kind: choice, text: x, options: [lunch]}", "not one that can be counted"),
        ("{key: one, purpose: remark, kind: text, text: x}", "the key one is on line 3 already"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(tmp_path: Path, entry: str, said: str) -> None:
    sentence = complaint(tmp_path, f"version: 1\nquestions:\n  - {GOOD}\n  - {entry}\n")
    assert sentence.startswith("questions.yaml, line 4: ")
    assert said in sentence


def test_an_option_too_long_and_too_many_are_seen(tmp_path: Path) -> None:
    head = f"version: 1\nquestions:\n  - {GOOD}\n  - {{key: a, purpose: remark, kind: choice, text: x, options: "
    assert "empty or too long" in complaint(tmp_path, f"{head}[{'x' * 71}]}}\n")
    many = ", ".join(f"o{n}" for n in range(101))
    assert "too many options" in complaint(tmp_path, f"{head}[{many}]}}\n")


def test_a_role_has_one_stage_question_at_a_stage(tmp_path: Path) -> None:
    one = "role: technical_lead, purpose: stage, kind: text, text: x"
    text = f"version: 1\nquestions:\n  - {{key: a, stages: [pilot], {one}}}\n  - {{key: b, {one}}}\n"
    assert "the stage question of the technical_lead at pilot is on line 3 already" in complaint(tmp_path, text)
    held = f"version: 1\nquestions:\n  - {{key: a, {one}}}\n  - {{key: b, on_hold: true, {one}}}\n"
    (tmp_path / "questions.yaml").write_text(held, encoding="utf-8")
    assert len(load_questions(tmp_path / "questions.yaml").questions) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it needs `version`"),
        ("- a\n", "it needs `version`"),
        ("version: one\nquestions: []\n", "it needs `version`"),
        ("version: 1\nquestions: []\n", "a list of questions"),
        ("version: 1\nquestions: [seven]\n", "“seven” is no question"),
        ("version: 1\nquestions:\n  - {key: a\n  - b\n", "line 3"),
        ("version: 1\n\tquestions: 1\n", "line 2"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in complaint(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml cannot be read"):
        load_questions(tmp_path / "nowhere.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"version: 1\nquestions: [\xff]\n")
    with pytest.raises(ConfigError, match=r"latin\.yaml cannot be read"):
        load_questions(tmp_path / "latin.yaml")
