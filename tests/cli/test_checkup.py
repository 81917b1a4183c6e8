"""`steward doctor --live` against the fake Slack: credentials, and every message judged by the platform itself."""

import pytest

from bot.cli.checkup import examine
from bot.messages.gallery import FORMS, MESSAGES
from tests.adapters.slack.fake import FakeSlack
from tests.adapters.slack.harness import NOON


async def findings(fake: FakeSlack, patched: pytest.MonkeyPatch, url: str) -> list[str]:
    patched.setenv("STEWARD_DATABASE_URL", url)
    patched.setenv("STEWARD_PLATFORMS", "slack")
    patched.setenv("STEWARD_SLACK_BOT_TOKEN", fake.workspace.token)
    patched.setenv("STEWARD_SLACK_SIGNING_SECRET", "s" * 32)
    patched.setenv("STEWARD_SLACK_API_URL", fake.api_url)
    return [found for found in await examine(live=True) if "slack" in found]


async def test_doctor_has_slack_judge_every_message_and_form(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    async with FakeSlack(lambda: NOON, limits=None) as fake:
        fake.add_workspace("T00000001")
        found = await findings(fake, monkeypatch, sqlite_url)
    everything = len(MESSAGES) + len(FORMS)
    assert found == ["ok: slack, authorised", f"ok: slack, takes all {everything} messages and forms"]


async def test_doctor_names_what_slack_refuses(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    async with FakeSlack(lambda: NOON, limits=None) as fake:
        fake.add_workspace("T00000001")
        fake.fault("blocks.validate", "error", code="invalid_blocks")
        found = await findings(fake, monkeypatch, sqlite_url)
    first = next(iter(MESSAGES))
    assert found[1] == f"fix: slack refuses {first} (invalid_blocks): tell the makers of Steward"
