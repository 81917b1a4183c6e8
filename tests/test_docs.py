"""What the documents name exists, and what exists is named in them."""

import importlib
import inspect
import re
from collections.abc import Iterator

import pytest
import typer
from pydantic_settings import BaseSettings

import adapters
from adapters.slack import build as build_slack
from adapters.slack.settings import SlackSettings
from adapters.teams import build as build_teams
from adapters.teams.settings import TeamsSettings
from bot.cli import app
from bot.dispatch import COMMANDS
from bot.settings import Settings
from bot.web import Vitals, application
from tests.house.tree import ROOT

PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.glob("docs/**/*.md")} | {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")
}
README, OPERATIONS = PAGES["README.md"], PAGES["docs/operations.md"]
EVERYTHING = "\n".join(PAGES.values())
PROMISED = README.partition("## Not there yet")[2]
TREE = ("bot", "adapters", "scheduler", "storage", "tests", "benchmarks", "docs", "tools")
PLACEHOLDER = re.compile(r"NAME|FILE|\*|<|…|\.\.\.")


def settings() -> Iterator[tuple[str, object]]:
    """Yield every variable the program reads, with its default."""
    kinds: list[type[BaseSettings]] = [Settings]
    for name in adapters.available():
        module = importlib.import_module(f"adapters.{name}.settings")
        kinds += [
            kind
            for _, kind in inspect.getmembers(module, inspect.isclass)
            if issubclass(kind, BaseSettings) and kind.__module__ == module.__name__
        ]
    for kind in kinds:
        prefix = kind.model_config.get("env_prefix", "")
        for name, field in kind.model_fields.items():
            yield f"{prefix}{name}".upper(), field.default


def commands() -> dict[str, set[str]]:
    """Return the options of every command of the command line."""
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    return {
        name: {option for parameter in command.params for option in parameter.opts if option.startswith("-")}
        for name, command in group.commands.items()
    }


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    table = re.findall(r"^\| `(STEWARD_\w+)` \|", OPERATIONS, re.M)
    assert sorted(table) == sorted(name for name, _ in settings())
    named = set(re.findall(r"STEWARD_[A-Z_]*[A-Z]", EVERYTHING))
    assert named <= {name for name, _ in settings()}


def test_the_documented_defaults_are_the_programs() -> None:
    table = dict(re.findall(r"^\| `(STEWARD_\w+)` \| `([^`]+)` \|", OPERATIONS, re.M))
    defaults = {name: str(default) for name, default in settings()}
    assert table == {name: defaults[name] for name in table}
    assert {"STEWARD_DATABASE_URL", "STEWARD_HOST", "STEWARD_PORT"} <= set(table)


def test_every_command_is_documented() -> None:
    unnamed = [name for name in commands() if not re.search(rf"(steward |`){name}\b", EVERYTHING)]
    assert unnamed == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_named_exists(page: str) -> None:
    known = commands()
    for name, rest in re.findall(r"(?:bin/|`|^)steward ([a-z]+)([^`\n#|]*)", PAGES[page], re.M):
        assert name in known, f"{page} names steward {name}"
        for option in re.findall(r"(?<!\S)(--?[a-z][a-z-]*)", rest):
            assert option in known[name] | {"--help"}, f"{page} names steward {name} {option}"


def test_every_endpoint_is_documented_and_every_documented_endpoint_is_served() -> None:
    slack = SlackSettings(bot_token="xoxb-1", signing_secret="s" * 32)  # type: ignore[arg-type]  # pydantic wraps secrets
    teams = TeamsSettings(insecure_local=True)
    routes = [
        *build_slack(slack, lambda _: None).routes,  # type: ignore[arg-type, return-value]  # never called
        *build_teams(teams, lambda _: None).routes,  # type: ignore[arg-type, return-value]  # never called
    ]
    served = application(Vitals(None), routes).router.routes()  # type: ignore[arg-type]  # asked nothing
    paths = {
        f"{route.method} {route.resource.canonical}" for route in served if route.resource and route.method != "HEAD"
    }
    assert set(re.findall(r"^\| `((?:GET|POST) /\S+)` \|", OPERATIONS, re.M)) == paths


def test_every_slash_command_is_documented_and_every_documented_one_is_known() -> None:
    named = set(re.findall(r"`/(ai(?:-status)?(?: [a-z]+)?)", EVERYTHING.replace(PROMISED, "")))
    known = {*COMMANDS, "ai"}
    assert {words for words in named if words.startswith("ai ")} <= known
    assert set(COMMANDS) <= named


def test_every_make_target_is_documented_and_every_documented_one_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", EVERYTHING, re.M))
    assert named <= targets
    assert {"demo", "test"} <= named


@pytest.mark.parametrize("page", [page for page in PAGES if "/decisions/" not in page])
def test_every_path_named_exists(page: str) -> None:
    folder = (ROOT / page).parent
    links = [folder / link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", PAGES[page]) if ":" not in link]
    quoted = [
        ROOT / path
        for path in re.findall(r"`((?:\w|\.|-|/|\*|<|>)+)`", PAGES[page])
        if path.split("/")[0] in TREE and "/" in path and not PLACEHOLDER.search(path)
    ]
    assert [str(path) for path in [*links, *quoted] if not path.exists()] == []


def test_the_readme_is_short_and_starts_with_the_two_commands() -> None:
    lines = README.splitlines()
    assert len(lines) <= 150
    assert "make demo" in "\n".join(lines[:10])
    assert "make test" in "\n".join(lines[:10])
    assert "/" + "work/" not in EVERYTHING
