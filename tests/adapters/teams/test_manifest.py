"""The app that Teams installs: what its schema asks, icons of the right kind, and the same bytes every time."""

import json
import struct
import zipfile
import zlib
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from adapters.teams import icons
from adapters.teams.manifest import SCHEMA_VERSION, described, manifest, package
from bot.dispatch import COMMANDS
from bot.errors import ConfigError
from tests.house.tree import ROOT

BOT = "7d1c2f3a-9b8e-4a6d-8c5f-0123456789ab"
URL = "https://steward.northlake.org"
# Microsoft's own, where the JavaScript packages for the card tests are installed.
SCHEMA = (
    ROOT / "tests/adapters/teams/cards/node_modules/@microsoft/app-manifest/build/json-schemas/teams"
    f"/v{SCHEMA_VERSION}/MicrosoftTeams.schema.json"
)
LONGEST_COMMAND, LONGEST_DESCRIPTION, MOST_COMMANDS = 32, 128, 12


def files(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def pixels(png: bytes) -> tuple[int, list[tuple[int, ...]]]:
    """Return the width of a square picture and its pixels as red, green, blue, alpha."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, kind = struct.unpack(">2I2B", png[16:26])
    assert (width, depth, kind) == (height, 8, 6)
    length = struct.unpack(">I", png[33:37])[0]
    raw = zlib.decompress(png[41 : 41 + length])
    rows = [raw[1 + y * (4 * width + 1) : (y + 1) * (4 * width + 1)] for y in range(height)]
    return width, [tuple(row[x : x + 4]) for row in rows for x in range(0, 4 * width, 4)]


def test_the_zip_holds_the_manifest_and_both_icons_at_its_root() -> None:
    found = files(package(BOT, URL))
    assert list(found) == ["manifest.json", "color.png", "outline.png"]
    made = json.loads(found["manifest.json"])
    assert made == described(BOT, URL)
    assert set(made["icons"].values()) == set(found) - {"manifest.json"}


def test_made_twice_it_is_the_same_file() -> None:
    assert package(BOT, URL) == package(BOT, URL)
    with zipfile.ZipFile(BytesIO(package(BOT, URL))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.skipif(not SCHEMA.exists(), reason="the JavaScript packages for the card tests are not installed")
@pytest.mark.parametrize("url", [URL, ""])
def test_microsofts_own_schema_takes_the_manifest(url: str) -> None:
    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(described(BOT, url))


@pytest.mark.parametrize("url", [URL, f"{URL}/", ""])
def test_the_manifest_keeps_to_the_limits_of_teams(url: str) -> None:
    made = described(BOT, url)
    assert made["manifestVersion"] in made["$schema"]
    assert len(made["name"]["short"]) <= 30
    assert len(made["name"]["full"]) <= 100
    assert len(made["description"]["short"]) <= 80
    assert len(made["description"]["full"]) <= 4000
    assert len(made["developer"]["name"]) <= 32
    assert all(page.startswith("https://") for key, page in made["developer"].items() if key != "name")
    assert made["accentColor"] == "#1F3A4D"
    assert made["validDomains"] == (["steward.northlake.org"] if url else [])


def menus(made: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    (bot,) = made["bots"]
    return {scope: menu["commands"] for menu in bot["commandLists"] for scope in menu["scopes"]}


def test_every_place_has_a_menu_of_commands_that_exist_and_help_for_the_rest() -> None:
    found = menus(described(BOT))
    assert list(found) == described(BOT)["bots"][0]["scopes"] == ["personal", "team", "groupChat"]
    for commands in found.values():
        assert 0 < len(commands) <= MOST_COMMANDS
        assert len({command["title"] for command in commands}) == len(commands)
        assert "ai help" in {command["title"] for command in commands}
    for command in chain.from_iterable(found.values()):
        assert any(command["title"].startswith(words) for words in COMMANDS), command
        assert len(command["title"]) <= LONGEST_COMMAND
        assert len(command["description"]) <= LONGEST_DESCRIPTION


def test_initiatives_are_searched_with_one_word() -> None:
    made = described(BOT)
    (extension,) = made["composeExtensions"]
    (command,) = extension["commands"]
    assert extension["botId"] == made["bots"][0]["botId"] == made["webApplicationInfo"]["id"] == BOT
    assert (command["id"], command["type"]) == ("search", "query")
    assert [parameter["name"] for parameter in command["parameters"]] == ["query"]
    assert len(command["title"]) <= 32
    assert len(command["description"]) <= 128


def test_each_bot_is_an_app_of_its_own_and_always_the_same() -> None:
    other = "00000000-0000-4000-8000-000000000001"
    ids = [described(bot)["id"] for bot in (BOT, BOT, other)]
    assert ids[0] == ids[1] != ids[2]
    assert BOT not in ids


@pytest.mark.parametrize(("given", "named"), [("", "is missing"), ("steward", "is not right")])
def test_a_bot_without_its_id_is_one_sentence(given: str, named: str) -> None:
    with pytest.raises(ConfigError, match=f"STEWARD_TEAMS_APP_ID {named}") as caught:
        package(given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["steward.example.com", "ftp://x.example", "https://"])
def test_an_address_that_is_none_is_one_sentence(url: str) -> None:
    with pytest.raises(ConfigError, match="--url is not right"):
        described(BOT, url)


def test_the_id_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_TEAMS_APP_ID", f" {BOT} ")
    assert manifest(URL) == package(BOT, URL)


def test_the_icon_in_colours_is_a_full_square() -> None:
    size, shown = pixels(icons.color())
    assert size == 192
    assert {alpha for *_, alpha in shown} == {255}
    assert shown[0] == (*icons.BLUE, 255)
    assert {(*icons.WHITE, 255), (*icons.GREEN, 255)} <= set(shown)
    middle = [pixel for n, pixel in enumerate(shown) if 48 <= n % size < 144 and 48 <= n // size < 144]
    mark = [pixel for pixel in shown if pixel != (*icons.BLUE, 255)]
    assert len(mark) - sum(pixel != (*icons.BLUE, 255) for pixel in middle) < len(mark) / 20


def test_the_outline_is_white_on_nothing() -> None:
    size, shown = pixels(icons.outline())
    assert size == 32
    assert {pixel[:3] for pixel in shown} == {icons.WHITE}
    assert shown[0][3] == 0
    assert sum(alpha == 255 for *_, alpha in shown) > 100
