"""The rules of the house hold, and a breach of each is seen."""

import re
import shutil
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path, PurePath
from typing import Any

import pytest

from tests.house import adapters, shape, words
from tests.house.tree import PRODUCT, ROOT, is_generated, project_files, python_files, text_of

CONFIG: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = [contract["name"] for contract in CONFIG["tool"]["importlinter"]["contracts"]]
PURE_CORE = ("domain", "messages", "stores", "ports", "flows", "dispatch", "errors")

# (contract, the package that breaks it, what it imports)
PLANTED = [
    ("Layers point inwards", "bot.domain", "bot.flows"),
    ("Layers point inwards", "bot.flows", "adapters.slack"),
    ("Layers point inwards", "bot.messages", "bot.stores"),
    ("Layers point inwards", "scheduler", "storage"),
    ("Layers point inwards", "storage", "bot.playbook"),
    ("Chat platforms do not know each other", "adapters.console", "adapters.slack"),
    ("Adapters and storage see ports, not flows", "adapters.console", "bot.flows"),
    ("Adapters and storage see ports, not flows", "storage", "bot.dispatch"),
    ("The core knows no vendor", "bot.flows", "aiohttp"),
    ("The core knows no vendor", "bot.domain", "pydantic"),
    ("The domain is pure and synchronous", "bot.domain", "asyncio"),
    ("Scoring names is the domain's", "bot.messages", "rapidfuzz"),
    ("The Slack SDK lives in adapters.slack", "adapters.console", "slack_sdk"),
    ("The Slack SDK lives in adapters.slack", "scheduler", "slack_bolt"),
    ("The Bot Framework lives in adapters.teams", "adapters.slack", "botbuilder"),
    ("The Bot Framework lives in adapters.teams", "bot.flows", "botframework"),
    ("SQL lives in storage", "scheduler", "sqlmodel"),
    ("Database drivers live in storage", "adapters.slack", "psycopg"),
    ("APScheduler lives in scheduler", "storage", "apscheduler"),
    ("HTTP lives at the edge", "storage", "aiohttp"),
    ("YAML and holidays are read at the edge", "scheduler", "holidays"),
    ("The command line lives in bot.cli", "adapters.console", "typer"),
]


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def of_the_tree(check: str, found: dict[Path, list[str]]) -> None:
    """Fail with every breach in one list."""
    breaches = [f"{path}: {what}" for path, whats in found.items() for what in whats]
    assert not breaches, f"{check}:\n" + "\n".join(breaches)


# Who may import whom


def test_imports_follow_the_contracts() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What import-linter says of a copy of the tree with every planted import in it, by contract."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PRODUCT:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for _, importer, imported in PLANTED:
        with (copy / importer.replace(".", "/") / "__init__.py").open("a", encoding="utf-8") as module:
            module.write(f"\nimport {imported}\n")
    result = lint_imports(copy)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Broken contracts" in result.stdout, result.stdout
    titles = "|".join(re.escape(name) for name in CONTRACTS)
    report = re.split(rf"^({titles})\n-+\n", result.stdout, flags=re.MULTILINE)
    return dict(zip(report[1::2], report[2::2], strict=True))


@pytest.mark.parametrize(("contract", "importer", "imported"), PLANTED)
def test_a_forbidden_import_is_seen(contract: str, importer: str, imported: str, broken: dict[str, str]) -> None:
    assert re.search(rf"\b{re.escape(importer)} -> {re.escape(imported)} \(l\.", broken.get(contract, ""))


def test_every_contract_has_a_planted_breach() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(CONTRACTS)


def test_every_module_of_the_product_has_its_layer() -> None:
    layers = CONFIG["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name.strip() for layer in layers for name in layer.split("|")}
    files = [path for path in python_files("bot") if path.name != "__init__.py" or len(path.parts) > 2]
    present = {f"bot.{path.parts[1].removesuffix('.py')}" for path in files} | {"adapters", "scheduler", "storage"}
    assert named == present


def test_the_core_imports_the_standard_library_only() -> None:
    found = {}
    for path in python_files("bot"):
        if (part := path.parts[1].removesuffix(".py")) in PURE_CORE:
            allowed = frozenset({"rapidfuzz"}) if part == "domain" else frozenset[str]()
            found[path] = words.foreign_imports(text_of(path), allowed)
    of_the_tree("the core needs something installed", found)


def test_a_foreign_import_is_seen() -> None:
    source = "import json, numpy.linalg\nfrom requests.auth import A\nfrom bot.domain import x\nfrom . import y\n"
    assert words.foreign_imports(source) == ["numpy", "requests"]


# Sizes


def test_files_and_functions_keep_their_budgets() -> None:
    files = [path for path in python_files(*PRODUCT, "tests", "benchmarks") if not is_generated(path)]
    cli = PurePath("bot/cli")
    of_the_tree("too large", {p: shape.over_budget(text_of(p), options=p.is_relative_to(cli)) for p in files})


def test_half_of_all_functions_are_short() -> None:
    files = [path for path in python_files(*PRODUCT) if not is_generated(path)]
    sizes = [function.lines for path in files for function in shape.functions(text_of(path))]
    assert statistics.median(sizes) <= shape.MEDIAN_FUNCTION_LINES


def test_no_folder_is_crowded() -> None:
    assert shape.crowded(path for path in python_files() if not is_generated(path)) == []


def function(*, lines: int = 2, parameters: str = "") -> str:
    return f"def long({parameters}):\n" + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("x = 1\n" * 351, "351 lines"),
        (function(lines=41), "long has 41 lines"),
        ("class A:\n" + "".join(f"    {line}\n" for line in function(lines=41).splitlines()), "long has 41 lines"),
        ("async " + function(lines=41), "long has 41 lines"),
        (function(parameters="a, b, c, d, *, e, f"), "long has 6 parameters"),
    ],
)
def test_a_breach_of_a_budget_is_seen(source: str, complaint: str) -> None:
    assert complaint in "; ".join(shape.over_budget(source))


@pytest.mark.parametrize("source", ["x = 1\n" * 350, function(lines=40), function(parameters="self, a, b, c, d, e")])
def test_a_budget_used_up_is_no_breach(source: str) -> None:
    assert shape.over_budget(source) == []


def test_a_crowded_folder_is_seen() -> None:
    assert shape.crowded(PurePath(f"a/b/{n}.py") for n in range(25)) == ["a/b: 25 files"]
    assert shape.crowded(PurePath(f"a/b/{n}.py") for n in range(24)) == []


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (
            "def f(a: int) -> int:\n"
            + "".join(f"    if a == {n}:\n        a += 1\n" for n in range(9))
            + "    return a\n",
            "C901",
        ),
        ("import datetime\n\nx = datetime.datetime.now(datetime.UTC)\n", "TID251"),
        ("import datetime\n\nx = datetime.date.today()\n", "TID251"),
        ("import time\n\nx = time.time()\n", "TID251"),
        ("from unittest import mock\n\nx = mock\n", "TID251"),
        ("print(1)\n", "T201"),
        ("x = 1  # noqa\n", "PGH004"),
    ],
)
def test_ruff_sees(source: str, rule: str) -> None:
    command = [str(Path(sys.executable).parent / "ruff"), "check", "--no-cache", "--output-format", "concise"]
    name = ["--stdin-filename", str(ROOT / "bot" / "domain" / "planted.py"), "-"]
    result = subprocess.run([*command, *name], input=source, cwd=ROOT, capture_output=True, text=True, check=False)
    assert rule in result.stdout


# One shape for every adapter


def test_every_adapter_has_the_same_files() -> None:
    folders: dict[str, set[str]] = {}
    for path in python_files("adapters"):
        if len(path.parts) > 2:
            folders.setdefault(path.parts[1], set()).add(path.name)
    assert len(folders) >= 2
    assert adapters.missing_files(folders, text_of(Path("adapters/README.md"))) == []


def test_a_missing_adapter_file_is_seen_unless_exempt() -> None:
    table = "| rule | slack | toy |\n|---|---|---|\n| `manifest.py` | done | exempt: nothing to install |\n"
    folders = {
        "slack": set(adapters.FILES) - {"manifest.py"},
        "toy": set(adapters.FILES) - {"manifest.py", "errors.py"},
    }
    assert adapters.missing_files(folders, table) == [
        "adapters/slack has no manifest.py",
        "adapters/toy has no errors.py",
    ]


# Words


def test_every_module_says_what_it_is() -> None:
    files = [path for path in python_files() if path.parts[0] in PRODUCT or text_of(path).strip()]
    assert [str(path) for path in files if not words.has_docstring(text_of(path))] == []


def test_nothing_is_left_over() -> None:
    of_the_tree("left over", {path: words.unfinished(text_of(path)) for path in python_files()})


def test_nothing_sleeps() -> None:
    of_the_tree("wait for the event, or move the clock", {path: words.sleeps(text_of(path)) for path in python_files()})


def test_names_say_something() -> None:
    of_the_tree("vague", {path: words.vague_names(path, text_of(path)) for path in python_files()})


def test_no_file_names_a_registry_or_a_machine() -> None:
    of_the_tree("true on one machine only", {path: words.places(text_of(path)) for path in project_files()})


@pytest.mark.parametrize(
    "pieces", [("# TO", "DO: later"), ("# FIX", "ME"), ("raise Not", "ImplementedError"), ("# pragma: ", "no cover")]
)
def test_a_left_over_is_seen(pieces: tuple[str, ...]) -> None:
    assert words.unfinished(words.glue(*pieces))


@pytest.mark.parametrize("pieces", [("see pypi", ".org/simple"), ("cd /wo", "rk/main"), ("/ho", "me/ada/notes")])
def test_a_place_is_seen(pieces: tuple[str, ...]) -> None:
    assert words.places(words.glue(*pieces))


def test_bad_words_are_seen() -> None:
    assert words.sleeps("import time\ntime.sleep(1)\n")
    assert words.sleeps("from time import sleep\n")
    assert words.vague_names(PurePath("bot/flows/date_utils.py"), "")
    assert words.vague_names(PurePath("bot/flows/dates.py"), "class DeliveryManager:\n    pass\n")
    assert not words.has_docstring("x = 1\n")


def test_ordinary_words_are_not() -> None:
    assert not words.unfinished("what to do, XXXL")
    assert not words.sleeps("import asyncio\nasync def f():\n    await asyncio.sleep(0)\n")
    assert not words.vague_names(PurePath("bot/flows/checkins.py"), "class Serviceable:\n    pass\n")
    assert not words.places("POST /api/v1/measurements, docs/work/notes, $HOME/root")
