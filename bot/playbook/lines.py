"""YAML whose entries know their line, and errors that name it: what the files of the playbook are read with."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.errors import ConfigError

LINE = "line"
Choice = TypeVar("Choice", bound=StrEnum)
Content = TypeVar("Content")


class Wrong(Exception):
    """What is wrong with one entry, and on which line."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")


class _Lined(yaml.SafeLoader):
    """YAML whose mappings know their line."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping with the line it begins on."""
        return {**super().construct_mapping(node, deep), LINE: node.start_mark.line + 1}


def read(path: Path, parse: Callable[[Any], Content]) -> Content:
    """Return what `parse` makes of a file; raises ConfigError that names the file, the line and what is wrong."""
    try:
        return parse(yaml.load(path.read_text(encoding="utf-8"), _Lined))  # noqa: S506 - _Lined is a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError(f"{path.name}, line {line}: {error.problem or 'it is not YAML'}") from None
    except Wrong as error:
        raise ConfigError(f"{path.name}, {error}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path.name} cannot be read: {error}") from None


def one_of(kind: type[Choice], value: object, line: int) -> Choice:
    """Return the member of an enumeration a value names."""
    try:
        return kind(str(value))
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise Wrong(line, f"“{value}” is not one of {known}") from None
