"""Words and names that have no place here, and what a module imports."""

import ast
import re
import sys
from pathlib import PurePath


def glue(*pieces: str) -> str:
    """A banned word put together from pieces, so that the file that bans it passes too."""
    return "".join(pieces)


UNFINISHED = re.compile(
    rf"\b(?:{glue('TO', 'DO')}|{glue('FIX', 'ME')}|{glue('XX', 'X')}|{glue('Not', 'ImplementedError')})\b"
    rf"|{glue('pragma: ', 'no cover')}"
)
HOSTS = tuple(
    glue(*pieces)
    for pieces in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("deb.", "debian.org"),
        ("security.", "debian.org"),
    )
)
MACHINES = (("wo", "rk"), ("ro", "ot"), ("ho", r"me/\w+"), ("Us", r"ers/\w+"), ("opt/", "pypi"))
MACHINE_PATH = re.compile(rf"(?<![\w.$}}>])/(?:{'|'.join(glue(*pieces) for pieces in MACHINES)})\b")
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "service", "services", "misc"}


def unfinished(source: str) -> list[str]:
    """Marks of work left over."""
    return [f"says {mark}" for mark in UNFINISHED.findall(source)]


def sleeps(source: str) -> list[str]:
    """Blocking sleeps."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "time.sleep":
            found.append(f"line {node.lineno}: time.sleep")
        if isinstance(node, ast.ImportFrom) and node.module == "time" and "sleep" in {name.name for name in node.names}:
            found.append(f"line {node.lineno}: from time import sleep")
    return found


def vague_names(path: PurePath, source: str) -> list[str]:
    """Modules, folders and classes called after nothing in particular."""
    parts = [*path.parent.parts, path.stem]
    found = [part for part in parts if VAGUE & set(part.lower().split("_"))]
    classes = [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    found += [name for name in classes if VAGUE & {word.lower() for word in re.findall("[A-Z][a-z]+", name)}]
    return [f"the name {name} says nothing" for name in found]


def places(text: str) -> list[str]:
    """Package registry hosts and paths of somebody's machine."""
    return [f"names {host}" for host in HOSTS if host in text] + [
        f"names {path}" for path in MACHINE_PATH.findall(text)
    ]


def has_docstring(source: str) -> bool:
    return bool(ast.get_docstring(ast.parse(source)))


def foreign_imports(source: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Imports of anything but the standard library, `bot` and what is allowed."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return sorted(found - sys.stdlib_module_names - {"bot"} - allowed)
