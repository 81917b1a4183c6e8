"""The commands that look the installation over or write files: doctor, manifest, gallery."""

import json
import zipfile
from pathlib import Path

import pytest

import adapters
from tests.cli.conftest import Steward

UNREACHABLE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.mark.usefixtures("organisation")
def test_doctor_says_what_is_missing_and_keeps_secrets(steward: Steward) -> None:
    ended = steward("doctor", platforms="slack", slack_bot_token="xoxb-very-secret", slack_signing_secret="very-secret")
    assert (ended.code, ended.err) == (1, "")
    lines = ended.out.splitlines()
    assert all(line.startswith(("ok: ", "fix: ")) for line in lines)
    assert any("has no lead" in line for line in lines)
    assert "very-secret" not in ended.out


def test_the_manifest_is_json_with_the_address(steward: Steward, tmp_path: Path) -> None:
    ended = steward("manifest", "slack", "--url", "https://steward.example.com")
    assert "https://steward.example.com/slack/events" in json.dumps(json.loads(ended.out))
    assert steward("manifest", "slack", "-o", "manifest.json").out == ""
    assert json.loads((tmp_path / "manifest.json").read_text())


def test_the_package_for_teams_is_a_file_and_never_printed(steward: Steward, tmp_path: Path) -> None:
    bot = {"teams_app_id": "7d1c2f3a-9b8e-4a6d-8c5f-0123456789ab"}
    ended = steward("manifest", "teams", "--url", "https://steward.example.com", "-o", "steward.zip", **bot)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert zipfile.is_zipfile(tmp_path / "steward.zip")
    printed = steward("manifest", "teams", **bot)
    assert (printed.code, printed.out) == (1, "")
    assert "-o FILE" in printed.err
    assert "STEWARD_TEAMS_APP_ID is missing" in steward("manifest", "teams", "-o", "steward.zip").err


def test_the_gallery_is_a_page_for_each_platform(steward: Steward, tmp_path: Path) -> None:
    ended = steward("gallery", "-o", "pages")
    assert ended.code == 0
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == [
        f"{name}.md" for name in adapters.available()
    ]
