"""Each mistake in a portfolio file is one sentence with its line and field, and the published schema agrees."""

import json

import pytest
from jsonschema import Draft202012Validator

from bot.formats import portfolio
from bot.formats.nodes import parse

SCHEMA = json.loads(portfolio.SCHEMA_FILE.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
PROMISE = "{initiative: AB, role: technical_lead, person: a, text: b, due: 2026-11-27}"


def check_in(rest: str) -> str:
    """Return a file with one check-in that has something more."""
    entry = f"cycle: 2026-W47, initiative: AB, role: technical_lead, person: a, {rest}"
    return "history: {check_ins: [{" + entry + "}]}"


# (file below `version: 1`, line, field, reason, whether the schema can see it)
WRONG = [
    ("people: x", 2, "people", "must be a list, not text", True),
    ("people:\n- x", 3, "people[1]", "must be a mapping, not text", True),
    ("peple: []", 2, "peple", "is not known here, did you mean people?", True),
    ("people:\n- {name: A, e_mail: a@x.example}", 3, "people[1].e_mail", "did you mean email?", True),
    ("people:\n- name: A\n  email: a at x", 4, "people[1].email", '"a at x" is not an e-mail address', True),
    ("people:\n- name: 12", 3, "people[1].name", "must be text, not a number, put it in quotes", True),
    ("people:\n- name: ''", 3, "people[1].name", "must not be empty", True),
    ("people:\n- name:", 3, "people[1].name", "must not be empty", True),
    ("people:\n- {name: A, timezone: Mars/Olympus}", 3, "people[1].timezone", "is no time zone", False),
    ("people:\n- {name: A, timezone: Europe}", 3, "people[1].timezone", "is no time zone", False),
    ("people:\n- {name: A, workdays: []}", 3, "people[1].workdays", "must not be empty", True),
    ("people:\n- {name: A, workdays: [monday]}", 3, "people[1].workdays[1]", '"monday" is none of mon, tue', True),
    ("people:\n- {name: A, org_roles: [king]}", 3, "people[1].org_roles[1]", '"king" is none of admin', True),
    ("people:\n- {name: A, active: yes}", 3, "people[1].active", "must be true or false, not text", True),
    ("people:\n- {name: A, country: usa}", 3, "people[1].country", "is not a country code", True),
    ('people:\n- {name: "A\\x07"}', 3, "people[1].name", "has a control character", False),
    (f"people:\n- {{name: {'x' * 301}}}", 3, "people[1].name", "has 301 characters, at most 300", True),
    ("organisation: {name: N, quiet_start: 25:00}", 2, "organisation.quiet_start", "not a time such as 08:30", True),
    ("organisation: {holidays: [2026-02-30]}", 2, "organisation.holidays[1]", "is no day of the calendar", True),
    ("organisation: {holidays: today}", 2, "organisation.holidays", "must be a list, not text", True),
    ("organisation: {holidays: [2026-12-24..]}", 2, "organisation.holidays[1]", "is not a date such as", True),
    ("organisation: {holidays: [2026-12-24..2026-12-20]}", 2, "organisation.holidays[1]", "is no range of 1 to", False),
    ("organisation: {holidays: [2026-01-01..2027-06-01]}", 2, "organisation.holidays[1]", "is no range of 1 to", False),
    ("organisation: {currency: dollars}", 2, "organisation.currency", "is not a currency code", True),
    ("organisation: {data_retention_days: 0}", 2, "organisation.data_retention_days", "0 is not between 1", True),
    ("portfolios:\n- name: P", 3, "portfolios[1].key", "is missing", True),
    ("portfolios:\n- {key: P, digest_channels: [ai]}", 3, "portfolios[1].digest_channels[1]", "must have", True),
    ("initiatives:\n- name: S", 3, "initiatives[1].key", "is missing", True),
    ("initiatives:\n- key: sepsis", 3, "initiatives[1].key", '"sepsis" is not a key: 2 to 12 of A-Z and 0-9', True),
    ("initiatives:\n- key: S", 3, "initiatives[1].key", '"S" is not a key', True),
    ("initiatives:\n- key: RED", 3, "initiatives[1].key", "RED is reserved", True),
    ("initiatives:\n- key: HELP", 3, "initiatives[1].key", "HELP is reserved", True),
    ("initiatives:\n- {key: AB, stage: piloting}", 3, "initiatives[1].stage", '"piloting" is none of intake', True),
    ("initiatives:\n- {key: AB, user_group_size: 1.5}", 3, "initiatives[1].user_group_size", "whole number", True),
    ("initiatives:\n- {key: AB, user_group_size: many}", 3, "initiatives[1].user_group_size", "whole number", True),
    ("initiatives:\n- {key: AB, golive_on: 11/24/2026}", 3, "initiatives[1].golive_on", "is not a date such as", True),
    ("initiatives:\n- {key: AB, imported: 1}", 3, "initiatives[1].imported", "must be true or false", True),
    ("initiatives:\n- {key: AB, source: {a: 1}}", 3, "initiatives[1].source.a", "must be text", True),
    ("initiatives:\n- {key: AB, owners: [a]}", 3, "initiatives[1].owners", "must be a mapping, not a list", True),
    ("initiatives:\n- {key: AB, owners: {boss: a}}", 3, "initiatives[1].owners.boss", "is not known here", True),
    (
        "initiatives:\n- {key: AB, owners: {technical_lead: {accepted: true}}}",
        3, "initiatives[1].owners.technical_lead.person", "is missing", True,
    ),
    (
        "initiatives:\n- {key: AB, owners: {technical_lead: {person: a, accepted: soon}}}",
        3, "initiatives[1].owners.technical_lead.accepted", "must be true, or an instant", True,
    ),
    ("absences:\n- {person: a, first: 2026-11-24}", 3, "absences[1].last", "is missing", True),
    ("assignments:\n- {initiative: AB, role: boss}", 3, "assignments[1].role", '"boss" is none of', True),
    (check_in("state: sent"), 2, "history.check_ins[1].state", '"sent" is none of', True),
    (check_in("rag: Blue"), 2, "history.check_ins[1].rag", '"Blue" is none of', True),
    (check_in("confidence: 11"), 2, "history.check_ins[1].confidence", "between 0", True),
    (
        check_in("submitted_at: 2026-11-19"),
        2, "history.check_ins[1].submitted_at", "is not an instant such as 2026-11-19T15:20:00Z", True,
    ),
    (
        check_in("submitted_at: 2026-11-19T15:20:00"),
        2, "history.check_ins[1].submitted_at", "is not an instant", True,
    ),
    (check_in("answers: {a: {}}"), 2, "history.check_ins[1].answers.a", "must be", True),
    (
        "history: {check_ins: [{cycle: 2025-W53, initiative: AB, role: technical_lead, person: a}]}",
        2, "history.check_ins[1].cycle", "that year has no such week", False,
    ),
    (f"history: {{commitments: [{PROMISE}]}}", 2, "history.commitments[1].made_at", "is missing", True),
    ("history: {raids: [{kind: worry}]}", 2, "history.raids[1].kind", '"worry" is none of risk', True),
    ("history: []", 2, "history", "must be a mapping, not a list", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "field", "reason", "visible"), WRONG, ids=[case[2] for case in WRONG])
def test_a_mistake_is_one_sentence_and_the_schema_sees_it_too(
    text: str, line: int, field: str, reason: str, visible: bool
) -> None:
    whole = f"version: 1\n{text}\n"
    _, problems = portfolio.read(whole)
    told = [problem for problem in problems if problem.field == field]
    assert [(problem.line, reason in problem.reason) for problem in told] == [(line, True)]
    assert VALIDATOR.is_valid(parse(whole, is_json=False)[0].plain()) is not visible


@pytest.mark.parametrize(("text", "line", "field", "reason", "visible"), WRONG, ids=[case[2] for case in WRONG])
def test_the_same_mistake_in_json_is_told_the_same_way(
    text: str, line: int, field: str, reason: str, visible: bool
) -> None:
    data = parse(f"version: 1\n{text}\n", is_json=False)[0].plain()
    _, problems = portfolio.read(json.dumps(data), is_json=True)
    assert [reason in problem.reason for problem in problems if problem.field == field] == [True]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("people: []\n", "line 1, version: is missing"),
        ("version: 2\n", "line 1, version: must be 1, not 2"),
        ("version: one\n", 'line 1, version: must be a whole number, not "one"'),
        ("- a\n", "line 1, file: must be a mapping, not a list"),
        ("just words\n", "line 1, file: must be a mapping, not text"),
    ],
)
def test_a_file_of_another_kind_is_refused(text: str, problem: str) -> None:
    assert [str(each) for each in portfolio.read(text)[1]] == [problem]
    assert not VALIDATOR.is_valid(parse(text, is_json=False)[0].plain())


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    text = "version: 1\npeople:\n- {name: A, timezone: x}\n- {email: y}\ninitiatives:\n- key: no\n- key: RED\n"
    assert [problem.line for problem in portfolio.read(text)[1]] == [3, 4, 6, 7]


def test_what_could_be_read_is_kept_beside_the_mistakes() -> None:
    content, problems = portfolio.read("version: 1\npeople:\n- {name: A, timezone: x}\n- {name: B}\n")
    assert [entry.get("name") for entry in content.people] == ["A", "B"]
    assert content.broken == {"people"}
    assert len(problems) == 1


def test_words_that_yaml_1_1_would_turn_into_something_else_stay_text() -> None:
    text = "version: 1\norganisation: {name: on, country: NO, quiet_start: 18:00}\n"
    content, problems = portfolio.read(text)
    assert problems == []
    assert content.organisation is not None
    assert content.organisation.get("name") == "on"
    assert content.organisation.get("country") == "NO"


def test_the_published_schema_is_the_one_of_the_reader() -> None:
    assert portfolio.SCHEMA_FILE.read_text(encoding="utf-8") == portfolio.schema_text(), (
        "write portfolio.schema_text() to bot/formats/schema.json"
    )
    Draft202012Validator.check_schema(SCHEMA)
