"""The portfolio file: YAML or JSON in and out, and its published JSON Schema."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.domain.portfolio.content import Content, Entry, Problem
from bot.domain.portfolio.gating import KINDS as GATES
from bot.formats.kinds import Noted, Reading, Schema, Wrong
from bot.formats.layout import PORTFOLIO_FILE, VERSION
from bot.formats.nodes import ROOT, Unreadable, parse, resolved

SCHEMA_FILE = Path(__file__).with_name("schema.json")
TITLE = "Steward portfolio file"
LISTS = ("people", "portfolios", "initiatives", "assignments", "absences")
HISTORY = ("cycles", "check_ins", "commitments", "raids")
ON_ONE_LINE = frozenset({"people", "assignments", "absences", "owners", "digest_channels", *HISTORY, *GATES})


def read(text: str, *, is_json: bool = False) -> tuple[Content, list[Problem]]:
    """
    Return what a portfolio file says and everything that is wrong with its shape, in order of lines.

    With problems the content holds what could be read, so that the rest can still be checked.
    """
    try:
        node, problems = parse(text, is_json=is_json)
    except Unreadable as error:
        return Content(), [error.problem]
    reading = Reading(problems=problems)
    try:
        entry = PORTFOLIO_FILE.read(node, reading)
    except Wrong as wrong:
        return Content(), [Problem(node.line, ROOT, str(wrong))]
    except Noted:
        return Content(), sorted(problems)
    history = entry.get("history", Entry(0, "", {}))
    sections = {name: entry.get(name, ()) for name in LISTS} | {name: history.get(name, ()) for name in HISTORY}
    gated = entry.get("gates", Entry(0, "", {}))
    sections |= {name: gated.get(name, ()) for name in GATES}
    broken = frozenset(_section(problem.field) for problem in problems)
    return Content(organisation=entry.get("organisation"), broken=broken, **sections), sorted(problems)


def _section(path: str) -> str:
    return path.removeprefix("history.").removeprefix("gates.").partition(".")[0].partition("[")[0]


def write(content: Content, *, as_json: bool = False) -> str:
    """Return the text of a portfolio file with this content."""
    given: dict[str, Any] = {"version": VERSION}
    if content.organisation:
        given["organisation"] = content.organisation
    given |= {name: entries for name in LISTS if (entries := getattr(content, name))}
    if history := {name: entries for name in HISTORY if (entries := getattr(content, name))}:
        given["history"] = Entry(0, "", history)
    if gated := {name: entries for name in GATES if (entries := getattr(content, name))}:
        given["gates"] = Entry(0, "", gated)
    data = PORTFOLIO_FILE.write(Entry(0, "", given))
    if as_json:
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return yaml.dump(_shaped(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6)


def schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the portfolio file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": TITLE, **PORTFOLIO_FILE.schema()}


def schema_text() -> str:
    """Return the text of the published schema; `schema.json` beside this module holds exactly this."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


class _OneLine(dict[str, Any]):
    """A mapping that is written on one line, so that long histories stay readable."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """YAML in which words that YAML 1.2 or 1.1 would take for something else stand in quotes."""

    def ignore_aliases(self, _data: object) -> bool:
        """Return True: the file uses no anchors."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    style = None if isinstance(resolved(value), str) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _one_line(dumper: yaml.SafeDumper, value: _OneLine) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_OneLine, _one_line)


def _shaped(data: Any, *, one_line: bool = False) -> Any:  # noqa: ANN401 - JSON data
    """Return JSON data with the mappings marked that go on one line."""
    if isinstance(data, Mapping):
        shaped = {name: _shaped(value, one_line=one_line or name in ON_ONE_LINE) for name, value in data.items()}
        return _OneLine(shaped) if one_line else shaped
    return [_shaped(each, one_line=one_line) for each in data] if isinstance(data, list) else data
