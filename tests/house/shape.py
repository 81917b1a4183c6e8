"""Size budgets: lines of a file, lines and parameters of a function, files of a folder."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

FILE_LINES = 350
FUNCTION_LINES = 40
MEDIAN_FUNCTION_LINES = 10
PARAMETERS = 5
FILES_IN_A_FOLDER = 24


@dataclass(frozen=True)
class Function:
    """What the budgets want to know of one function."""

    name: str
    line: int
    lines: int
    parameters: int


def functions(source: str) -> Iterator[Function]:
    """All functions and methods, nested ones too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Function(node.name, node.lineno, lines, _parameters(node))


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len(names) - (bool(names) and names[0] in {"self", "cls"})


def over_budget(source: str, *, options: bool = False) -> list[str]:
    """What in this source is too large; with `options` parameters are a command's options and not counted."""
    found = []
    if (lines := len(source.splitlines())) > FILE_LINES:
        found.append(f"{lines} lines, more than {FILE_LINES}")
    for each in functions(source):
        if each.lines > FUNCTION_LINES:
            found.append(f"line {each.line}: {each.name} has {each.lines} lines, more than {FUNCTION_LINES}")
        if each.parameters > PARAMETERS and not options:
            found.append(f"line {each.line}: {each.name} has {each.parameters} parameters, more than {PARAMETERS}")
    return found


def crowded(files: Iterable[PurePath | Path]) -> list[str]:
    """Folders that hold more files than a reader can take in."""
    count = Counter(path.parent.as_posix() for path in files)
    return [f"{folder}: {number} files" for folder, number in sorted(count.items()) if number > FILES_IN_A_FOLDER]
