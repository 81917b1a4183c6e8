"""The ladder file: the shipped one is that of domain.md 3.5, and what is wrong in one is named with its line."""

from pathlib import Path

import pytest

from bot.domain.escalation import LadderCode, Measure, Party
from bot.errors import ConfigError
from bot.playbook.ladders import load_ladders

STEP = "{level: 1, after: 1, to: [lead]}"


def written(folder: Path, *steps: str, head: str = "code: CHK, counts: missed") -> Path:
    path = folder / "ladders.yaml"
    rows = "\n".join(f"      - {step}" for step in steps)
    path.write_text(
        f"version: 2\nladders:\n  - {head.replace(', ', chr(10) + '    ')}\n    steps:\n{rows}\n", encoding="utf-8"
    )
    return path


def test_the_shipped_ladders_are_those_of_the_domain() -> None:
    ladders = load_ladders()
    chk, own = ladders.of(LadderCode.CHK), ladders.of(LadderCode.OWN)
    assert chk
    assert own
    assert [(step.level, step.after) for step in chk.steps] == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert (chk.measure, chk.silent, chk.nominee) == (Measure.MISSED, 20, None)
    assert [(step.level, step.after) for step in own.steps] == [(0, 0), (0, 3), (1, 3), (2, 5), (3, 8), (4, 11)]
    assert own.nominee is own.steps[1]
    assert own.step(0) is own.steps[0]
    assert [step.to for step in own.steps[2:]] == [
        (Party.DELEGATE, Party.CO_OWNERS),
        (Party.SPONSOR,),
        (Party.LEAD,),
        (Party.EXECUTIVE,),
    ]
    assert not any(step.immediate for ladder in ladders.ladders for step in ladder.steps)


def test_an_organisation_may_have_its_own_steps(tmp_path: Path) -> None:
    path = written(tmp_path, STEP, "{level: 2, after: 5, to: [executive], immediate: true, silent: 9}")
    ladders = load_ladders(path)
    assert (ladders.version, ladders.of(LadderCode.OWN)) == (2, None)
    (ladder,) = ladders.ladders
    assert (ladder.silent, ladder.steps[1].immediate) == (9, True)


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("{level: 1, after: 1}", "line 6: a step needs `to`"),
        ("{level: 1, after: 1, to: []}", "line 6: `to` names who hears"),
        ("{level: 1, after: 1, to: lead}", "line 6: `to` names who hears"),
        ("{level: 1, after: 1, to: [boss]}", "line 6: “boss” is not one of nominee"),
        ("{level: 1, after: 1, to: [nominee, lead]}", "a nominee has a step of their own"),
        ("{level: 1, after: soon, to: [lead]}", "line 6: `after` cannot be “soon”: it is a whole number from 0"),
        ("{level: 1, after: -1, to: [lead]}", "`after` cannot be “-1”"),
        ("{level: true, after: 1, to: [lead]}", "`level` cannot be “True”"),
        ("{level: 1, after: 1, to: [lead], silent: 0}", "`silent` cannot be “0”"),
        ("{level: 1, after: 1, to: [lead], immediate: 1}", "`immediate` cannot be “1”"),
        ("{level: 1, after: 1, to: [lead], when: now}", "`when` is nothing a step has"),
        ("{level: 0, after: 1, to: [nominee]}", "line 3: a ladder needs a step that is not a nominee's"),
    ],
)
def test_a_wrong_step_is_named_with_its_line(tmp_path: Path, step: str, wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"ladders\.yaml") as raised:
        load_ladders(written(tmp_path, step))
    assert wrong in str(raised.value)


@pytest.mark.parametrize("second", ["{level: 3, after: 2, to: [lead]}", "{level: 2, after: 0, to: [lead]}"])
def test_a_level_follows_the_one_before_and_comes_no_sooner(tmp_path: Path, second: str) -> None:
    with pytest.raises(ConfigError, match="does not follow level 1"):
        load_ladders(written(tmp_path, STEP, second))


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("- a\n", "line 1: it needs `version`"),
        ("version: 1\nladders: none\n", "line 1: `ladders` needs to be a list"),
        ("version: 1\nladders: [a]\n", "line 1: “a” is no ladder"),
        ("version: 1\nladders:\n  - {code: CHK}\n", "line 3: a ladder needs `counts`"),
        ("version: 1\nladders:\n  - {code: CHK, counts: missed, steps: 3}\n", "line 3: `steps` needs to be a list"),
        ("version: 1\nladders:\n  - {code: ABC, counts: missed, steps: [{}]}\n", "“ABC” is not one of CHK"),
        ("version: 1\nladders:\n  - [", "ladders.yaml, line 3"),
    ],
)
def test_a_file_that_is_no_ladder_file_is_refused(tmp_path: Path, content: str, wrong: str) -> None:
    path = tmp_path / "ladders.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_ladders(path)
    assert wrong in str(raised.value)


def test_a_ladder_is_given_once(tmp_path: Path) -> None:
    path = written(tmp_path, STEP)
    again = path.read_text(encoding="utf-8").partition("ladders:\n")[2]
    path.write_text(path.read_text(encoding="utf-8") + again, encoding="utf-8")
    with pytest.raises(ConfigError, match="there is a ladder CHK already"):
        load_ladders(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none.yaml cannot be read"):
        load_ladders(tmp_path / "none.yaml")
