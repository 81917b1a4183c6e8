"""The ladder file as Ladders; what is wrong in it stops the start with one sentence that names the line."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.domain.escalation import Ladder, LadderCode, Ladders, Measure, Party, Step
from bot.playbook.lines import LINE, Wrong, one_of, read

SHIPPED = Path(__file__).with_name("ladders.yaml")
LADDER_NEEDS = ("code", "counts", "steps")
STEP_NEEDS = ("level", "after", "to")
STEP_KNOWS = {*STEP_NEEDS, "silent", "immediate", LINE}
LONGEST = 366


def load_ladders(path: Path = SHIPPED) -> Ladders:
    """Return the ladders of a file; raises ConfigError that names the file, the line and what is wrong."""
    return read(path, _ladders)


def _ladders(content: Any) -> Ladders:  # noqa: ANN401 - YAML is anything
    if not isinstance(content, dict) or not isinstance(content.get("version"), int):
        raise Wrong(1, "it needs `version`, a whole number, and `ladders`, a list")
    entries = content.get("ladders")
    if not isinstance(entries, list) or not entries:
        raise Wrong(content[LINE], "`ladders` needs to be a list of ladders")
    found: dict[LadderCode, Ladder] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise Wrong(content[LINE], f"“{entry}” is no ladder: one has code, counts and steps")
        ladder = _ladder(entry)
        if ladder.code in found:
            raise Wrong(entry[LINE], f"there is a ladder {ladder.code} already")
        found[ladder.code] = ladder
    return Ladders(version=content["version"], ladders=tuple(found.values()))


def _ladder(entry: Mapping[str, Any]) -> Ladder:
    line = entry[LINE]
    _need(entry, LADDER_NEEDS, "ladder")
    steps = entry["steps"]
    if not isinstance(steps, list) or not steps or not all(isinstance(step, dict) for step in steps):
        raise Wrong(line, "`steps` needs to be a list of steps")
    code, measure = one_of(LadderCode, entry["code"], line), one_of(Measure, entry["counts"], line)
    ladder = Ladder(code=code, measure=measure, steps=tuple(_step(step) for step in steps))
    _check_order([step for step in ladder.steps if step is not ladder.nominee], line)
    return ladder


def _step(entry: Mapping[str, Any]) -> Step:
    line = entry[LINE]
    _need(entry, STEP_NEEDS, "step")
    if unknown := set(entry) - STEP_KNOWS:
        raise Wrong(line, f"`{min(unknown)}` is nothing a step has")
    to = entry["to"] if isinstance(entry["to"], list) else []
    parties = tuple(one_of(Party, party, line) for party in to)
    if not parties or (Party.NOMINEE in parties and len(parties) > 1):
        raise Wrong(line, "`to` names who hears; a nominee has a step of their own")
    silent = _whole(entry, "silent", 1) if "silent" in entry else None
    immediate = entry.get("immediate", False)
    if not isinstance(immediate, bool):
        raise Wrong(line, f"`immediate` cannot be “{immediate}”")
    level, after = _whole(entry, "level", 0), _whole(entry, "after", 0)
    return Step(level=level, after=after, to=parties, silent=silent, immediate=immediate)


def _whole(entry: Mapping[str, Any], name: str, least: int) -> int:
    value = entry[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LONGEST:
        raise Wrong(entry[LINE], f"`{name}` cannot be “{value}”: it is a whole number from {least} to {LONGEST}")
    return value


def _need(entry: Mapping[str, Any], names: Sequence[str], what: str) -> None:
    for name in names:
        if name not in entry:
            raise Wrong(entry[LINE], f"a {what} needs `{name}`")


def _check_order(steps: Sequence[Step], line: int) -> None:
    """Raise unless each level follows the one before and comes no sooner (I-29)."""
    if not steps:
        raise Wrong(line, "a ladder needs a step that is not a nominee's")
    for before, step in itertools.pairwise(steps):
        if step.level != before.level + 1 or step.after < before.after:
            raise Wrong(line, f"level {step.level} does not follow level {before.level}: levels rise by 1, `after` too")
