"""What each command prints and how it ends: 0 done, 1 a mistake in one line, 2 usage, 3 something outside."""

import json
import socket
import sqlite3
from pathlib import Path

import pytest

from bot.cli import app
from bot.playbook.samples import SAMPLE
from tests.cli.conftest import Ended, Steward

UNREACHABLE = "postgresql://nobody@127.0.0.1:1/none"


def refused(ended: Ended, *words: str, code: int = 1) -> None:
    """Check that a command ended with one line that says what to do."""
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith("steward: ")
    assert len(ended.err.splitlines()) == 1
    for word in words:
        assert word in ended.err


# Usage


def test_help_lists_every_command_in_one_line_each(steward: Steward) -> None:
    ended = steward("--help")
    assert ended.code == 0
    for command in app.registered_commands:
        assert f"\n  {command.name} " in ended.out


def test_help_is_not_cut_on_a_narrow_terminal(steward: Steward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert "..." not in steward("--help").out.replace("[ARGS]...", "")


def test_the_version_is_printed(steward: Steward) -> None:
    ended = steward("--version")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("steward 0.")


@pytest.mark.parametrize("command", [command.name for command in app.registered_commands])
def test_every_command_has_help(steward: Steward, command: str) -> None:
    ended = steward(command, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert f"Usage: steward {command}" in ended.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["simulate"],
        ["simulate", "--weeks", "0"],
        ["why", "a"],
        ["status", "--nope"],
        ["import"],
        ["init"],
        ["serve", "--role", "boss"],
        ["demo", "--once", "--console"],
        ["manifest"],
    ],
)
def test_what_does_not_exist_is_a_usage_error(steward: Steward, arguments: list[str]) -> None:
    ended = steward(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "Usage: steward" in ended.err


# Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "eighty"),
        ("port", "0"),
        ("port", "99999"),
        ("database_url", "mysql://x"),
        ("log_format", "xml"),
        ("timezone", "Mars/Olympus"),
    ],
)
def test_a_wrong_setting_is_named(steward: Steward, name: str, value: str) -> None:
    refused(steward("status", **{name: value}), f"STEWARD_{name.upper()}")


@pytest.mark.parametrize(("name", "value"), [("port", "eighty"), ("port", "0"), ("log_format", "xml")])
def test_what_a_setting_takes_is_said_in_our_words(steward: Steward, name: str, value: str) -> None:
    said = steward("status", **{name: value}).err
    assert "write " in said
    assert "Input should" not in said


def test_a_wrong_setting_is_found_by_doctor(steward: Steward) -> None:
    ended = steward("doctor", port="eighty")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.startswith("fix: STEWARD_PORT")


def test_a_settings_file_that_is_no_text_is_named(steward: Steward, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"STEWARD_PORT=\xff\xfe")
    refused(steward("status"), ".env")


def test_serve_without_platforms_says_so(steward: Steward) -> None:
    refused(steward("serve"), "STEWARD_PLATFORMS")
    refused(steward("serve", platforms="slack", database_url="sqlite:///x.db"), "steward migrate")


@pytest.mark.usefixtures("organisation")
def test_serve_names_a_platform_that_does_not_exist_and_a_secret_that_is_missing(steward: Steward) -> None:
    refused(steward("serve", platforms="smoke-signals"), "smoke-signals")
    refused(steward("serve", platforms="slack"), "STEWARD_SLACK_BOT_TOKEN")


@pytest.mark.usefixtures("organisation")
def test_serve_on_a_port_in_use_says_so(steward: Steward) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = steward("serve", platforms="console", port=str(taken.getsockname()[1]))
    assert ended.code == 1
    assert "STEWARD_PORT: cannot listen" in ended.err


# From nothing to a portfolio, in the order of the README


@pytest.mark.usefixtures("organisation")
def test_the_sample_comes_in_after_init_and_doctor_asks_for_nothing_but_platforms(steward: Steward) -> None:
    ended = steward("import", str(SAMPLE))
    assert (ended.code, ended.err) == (0, "")
    wrong = [line for line in steward("doctor").out.splitlines() if line.startswith("fix:")]
    assert wrong == ["fix: STEWARD_PLATFORMS is not set: name the platforms to connect, for example slack"]
    assert "Sepsis early warning" in steward("status", "SEPSIS").out
    assert steward("import", str(SAMPLE)).out == "Nothing to do: 0 new, 0 changed.\n"


# The database


@pytest.mark.parametrize(
    "command", [["status"], ["digest"], ["export"], ["verify"], ["why", "a", "b"], ["simulate", "--weeks", "1"]]
)
def test_an_empty_database_is_said_to_be_empty(steward: Steward, command: list[str]) -> None:
    refused(steward(*command), "steward migrate")


@pytest.mark.parametrize("command", [["status"], ["digest"], ["export"], ["verify"], ["doctor"], ["serve"]])
def test_what_only_reads_makes_no_database(steward: Steward, tmp_path: Path, command: list[str]) -> None:
    ended = steward(*command, platforms="console")
    assert ended.code == 1
    assert f"There is no database {tmp_path / 'steward.db'}: run `steward init`" in ended.out + ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_makes_no_database_either(steward: Steward, tmp_path: Path) -> None:
    ended = steward("import", str(SAMPLE), "--dry-run")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Would import: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["status"], ["migrate"], ["init", "--admin", "a@b.example", "--org", "A"]])
def test_a_missing_folder_is_named(steward: Steward, command: list[str]) -> None:
    refused(steward(*command, database_url="sqlite:///nowhere/at/all.db"), "nowhere/at", "does not exist")


@pytest.mark.parametrize("command", [["status"], ["migrate"], ["verify"], ["export"]])
def test_a_server_out_of_reach_is_exit_three(steward: Steward, command: list[str]) -> None:
    refused(steward(*command, database_url=UNREACHABLE), code=3)


def test_a_file_that_is_no_database_is_named(steward: Steward, tmp_path: Path) -> None:
    (tmp_path / "steward.db").write_text("not a database, but long enough to be looked at " * 50)
    refused(steward("status"), "database")


def test_migrate_makes_the_tables_and_may_be_repeated(steward: Steward) -> None:
    assert steward("migrate").code == 0
    assert steward("migrate").out == "The database is at the newest schema.\n"
    refused(steward("digest"), "no portfolio")


# Setting up and asking


def test_an_organisation_is_set_up_once(steward: Steward) -> None:
    first = steward("init", "--admin", "dana@example.com", "--org", "Northlake", "--timezone", "Europe/Berlin")
    assert (first.code, first.err) == (0, "")
    assert "Northlake is set up." in first.out
    refused(steward("init", "--admin", "dana@example.com", "--org", "Northlake"), "set up already")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--admin", "dana", "--org", "N"], "dana"),
        (["--admin", "d@e.example", "--org", " "], "--org"),
        (["--admin", "d@e.example", "--org", "N", "--timezone", "Berlin"], "Berlin"),
    ],
)
def test_an_organisation_needs_an_address_a_name_and_a_zone(steward: Steward, options: list[str], word: str) -> None:
    refused(steward("init", *options), word)


@pytest.mark.usefixtures("organisation")
@pytest.mark.parametrize("options", [(), ("--json",), ("history",)])
def test_the_status_of_what_does_not_exist_is_a_mistake(steward: Steward, options: tuple[str, ...]) -> None:
    refused(steward("status", "SEPSIS", *options), "No initiative named “SEPSIS”")


@pytest.mark.usefixtures("organisation")
def test_the_gates_of_what_does_not_exist_are_a_mistake(steward: Steward) -> None:
    refused(steward("status", "NOPE", "gate", "G1"), "No initiative named “NOPE”")


@pytest.mark.usefixtures("organisation")
def test_a_long_list_says_how_to_go_on_and_shows_no_buttons(steward: Steward) -> None:
    Path("many.yaml").write_text(
        "version: 1\ninitiatives:\n" + "".join(f"- {{key: K{n:02}, name: Number {n}}}\n" for n in range(20))
    )
    assert steward("import", "many.yaml").code == 0
    first = steward("status", "portfolio").out
    assert "steward status portfolio 2 shows the next" in first
    assert "[1]" not in first
    second = steward("status", "portfolio", "2").out
    assert ("K12" in second, "shows the next" in second) == (True, False)
    assert "[1]" not in steward("status", "K01").out


@pytest.mark.usefixtures("organisation")
def test_a_portfolio_is_exported_as_the_file_name_says(steward: Steward, tmp_path: Path) -> None:
    for name, begins in (("x.yaml", "version: 1"), ("x.json", '{\n  "version": 1')):
        file = tmp_path / name
        assert steward("export", "-o", str(file)).code == 0
        assert file.read_text(encoding="utf-8").startswith(begins)
        assert steward("import", str(file)).code == 0


@pytest.mark.usefixtures("organisation")
def test_json_is_one_document_and_nothing_else(steward: Steward) -> None:
    for command in (["status", "portfolio", "--json"], ["digest", "--json"]):
        ended = steward(*command)
        assert (ended.code, ended.err) == (0, "")
        assert json.loads(ended.out)


@pytest.mark.usefixtures("organisation")
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["status", "SEPSIS", "--as", "nobody@example.com"], "Nobody"),
        (["status", "SEPSIS", "--as-of", "yesterday"], "yesterday"),
        (["status", "SEPSIS", "--as-of", "0001-01-01T00:00+14:00"], "0001"),
        (["digest", "--week", "47"], "47"),
        (["why", "dana@example.com", "SEPSIS"], "SEPSIS"),
        (["simulate", "--weeks", "1", "--from", "soon"], "soon"),
        (["simulate", "--weeks", "1", "--from", "0001-01-01"], "0001"),
        (["digest", "--week", "2026-W60"], "2026-W60"),
        (["export", "--format", "pdf"], "pdf"),
        (["import", "nothing.yaml"], "nothing.yaml"),
        (["import", "nothing.yaml", "--format", "pdf"], "pdf"),
        (["manifest", "slack", "--url", "http://steward.example.com"], "--url http://steward.example.com is no https"),
        (["manifest", "slack", "--url", "steward.example.com"], "is no https"),
        (["manifest", "slack", "--url", "https://"], "is no https"),
        (["manifest", "console"], "console"),
        (["manifest", "pigeon"], "pigeon"),
        (["manifest", "slack", "-o", "no/such/folder.json"], "no/such/folder.json"),
        (["export", "-o", "no/such/folder.yaml"], "no/such/folder.yaml"),
        (["gallery", "-o", "/dev/null/gallery"], "/dev/null/gallery"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(steward: Steward, arguments: list[str], word: str) -> None:
    refused(steward(*arguments), word)


@pytest.mark.usefixtures("organisation")
@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["status", "portfolio", "--as", ""], "--as"),
        (["status", "portfolio", "--as="], "--as"),
        (["status", "portfolio", "--as", " "], "--as"),
        (["status", "portfolio", "--as-of", ""], "--as-of"),
        (["digest", "--week", ""], "--week"),
        (["export", "-o", ""], "-o"),
        (["manifest", "slack", "--url", ""], "--url"),
    ],
)
def test_an_option_without_its_value_is_a_mistake(steward: Steward, arguments: list[str], option: str) -> None:
    refused(steward(*arguments), f"{option} is empty")


@pytest.mark.usefixtures("organisation")
def test_a_week_to_come_has_no_digest(steward: Steward) -> None:
    refused(steward("digest", "--week", "9998-W10"), "9998-W10 has not begun")
    refused(steward("digest", "--week", "2026-W20", "--as-of", "2026-05-10"), "2026-W20 has not begun", "2026-W19")


@pytest.mark.usefixtures("organisation")
def test_an_instant_without_a_zone_is_the_organisation_s(steward: Steward) -> None:
    steward("import", str(SAMPLE))
    said = steward("status", "SEPSIS", "--as-of", "2026-11-16T08:30").out
    assert "As of Mon 16 Nov" in said
    assert "08:30 (America/Chicago)" in said
    assert "was not registered yet on Wed 1 Jan 2025 00:00" in steward("status", "SEPSIS", "--as-of", "2025-01-01").out


@pytest.mark.usefixtures("organisation")
def test_an_empty_portfolio_goes_out_and_comes_back_unchanged(steward: Steward) -> None:
    assert steward("export", "-o", "out.yaml").code == 0
    assert steward("import", "out.yaml").code == 0
    steward("export", "-o", "again.yaml")
    assert Path("again.yaml").read_text() == Path("out.yaml").read_text()


@pytest.mark.usefixtures("organisation")
def test_the_audit_chain_is_whole_until_a_row_is_altered(steward: Steward, tmp_path: Path) -> None:
    assert "The audit chain is whole" in steward("verify").out
    with sqlite3.connect(tmp_path / "steward.db") as database:
        database.execute("update audit set action = 'nothing.happened'")
    database.close()
    refused(steward("verify"), "broken at row 1")
