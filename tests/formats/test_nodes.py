"""A YAML or JSON text becomes a tree that knows its lines, or one sentence about what is wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formats.nodes import Node, Unreadable, parse

JSON_DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e300, 1e300) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON_DATA, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_json_reads_as_the_standard_parser_reads_it(data: object, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    assert parse(text, is_json=True)[0].plain() == json.loads(text)


@given(st.text(alphabet='[]{}",:0123456789.eE+-truefalsn \n\\u', max_size=30))
def test_any_text_is_read_as_the_standard_parser_does_or_refused(text: str) -> None:
    try:
        read = parse(text, is_json=True)[0].plain()
    except Unreadable:
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)
    else:
        assert read == json.loads(text, object_pairs_hook=lambda pairs: dict(reversed(pairs)))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("no", "no"),
        ("10:30", "10:30"),
        ("2026-11-24", "2026-11-24"),
        ("0o17", "0o17"),
        ("true", True),
        ("~", None),
        ("1", 1),
        ("-2.5e3", -2500.0),
        ("'1'", "1"),
        ("1_000", "1_000"),
    ],
)
def test_unquoted_words_mean_what_they_mean_in_yaml_1_2(text: str, meaning: object) -> None:
    assert parse(f"a: {text}", is_json=False)[0].plain() == {"a": meaning}


def test_every_node_knows_its_line() -> None:
    for is_json, text in ((False, "a: 1\nb:\n- x\n- {c: y}\n"), (True, '{"a": 1,\n"b": [\n"x",\n{"c": "y"}]}')):
        root = parse(text, is_json=is_json)[0]
        assert isinstance(root.value, dict)
        items = root.value["b"].value
        assert isinstance(items, list)
        assert [root.value["a"].line, *(item.line for item in items)] == [1, 3, 4]


@pytest.mark.parametrize("is_json", [False, True])
def test_a_key_written_twice_is_told_with_both_lines(is_json: bool) -> None:
    node, problems = parse('{"a": 1,\n"a": 2}', is_json=is_json)
    assert [str(problem) for problem in problems] == ["line 2, a: is written twice, first on line 1"]
    assert node.plain() == {"a": 1}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: &x 1\nb: *x", 1, "anchor"),
        ("a: 1\nb: *x", 2, "anchor"),
        ("a: !!python/object:os.system x", 1, "tag"),
        ("a: 1\n---\nb: 2", 3, "more than one document"),
        ("a: [1,\n", 2, "not YAML"),
        ("a:\n\tb: 1", 2, "not YAML"),
        ("a: 1\nb: \x00", 1, "not allowed"),
        ("? [a]\n: b", 1, "not a word"),
        ("", 1, "is empty"),
        ("# only a remark\n", 1, "is empty"),
        ("[" * 100_000, 1, "nested too deeply"),
    ],
)
def test_yaml_that_is_not_taken_is_one_sentence_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text, is_json=False)
    assert caught.value.problem.line in (line, line + 1)
    assert reason in caught.value.problem.reason


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('{"a": 1,\n}', 2, "key in double quotes"),
        ("[1 2]", 1, "a , is expected"),
        ('{"a"\n1}', 2, "a : is expected"),
        ('{"a": 1}\nx', 2, "something follows"),
        ('["a\nb"]', 1, "control character"),
        ("[\n\ntru]", 3, "a value is expected"),
        ("[" * 100_000, 1, "nested too deeply"),
        ("", 1, "a value is expected"),
        ("NaN", 1, "a value is expected"),
    ],
)
def test_json_that_is_not_taken_is_one_sentence_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text, is_json=True)
    assert caught.value.problem.line == line
    assert reason in caught.value.problem.reason


def test_a_scalar_alone_is_a_tree_too() -> None:
    assert parse("x", is_json=False)[0] == Node(1, "x")
