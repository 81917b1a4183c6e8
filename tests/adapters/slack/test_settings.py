"""What must be set, what must not be, and the manifest that makes it so."""

import json
import re
from pathlib import Path

import pytest
import slack_bolt

import adapters
from adapters.slack import build
from adapters.slack.manifest import manifest
from adapters.slack.settings import BOLTS_OWN, SlackSettings, read_settings
from bot.errors import ConfigError
from tests.adapters.slack.harness import open_harness
from tests.contracts.harness import Flows

GOOD = {"bot_token": "xoxb-1-2-abc", "signing_secret": "s3cret"}


def settings(**changes: str) -> SlackSettings:
    return SlackSettings(**{**GOOD, **changes})  # type: ignore[arg-type]  # pydantic wraps secrets


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"bot_token": ""}, "STEWARD_SLACK_BOT_TOKEN is missing"),
        ({"bot_token": "xoxp-user"}, "STEWARD_SLACK_BOT_TOKEN is not right"),
        ({"signing_secret": ""}, "STEWARD_SLACK_SIGNING_SECRET is missing"),
        ({"app_token": "xoxb-1"}, "STEWARD_SLACK_APP_TOKEN is not right"),
        ({"api_url": "slack.com"}, "STEWARD_SLACK_API_URL is not right"),
    ],
)
def test_a_wrong_setting_is_named_with_how_to_get_it(changes: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build(settings(**changes), Flows())
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "xoxp-user" not in str(caught.value)


def test_socket_mode_needs_no_signing_secret_and_serves_no_route() -> None:
    connection = build(settings(signing_secret="", app_token="xapp-1-2"), Flows())
    assert connection.routes == ()


def test_http_serves_one_address_for_everything() -> None:
    (route,) = build(settings(), Flows()).routes
    assert (route.method, route.path) == ("POST", "/slack/events")


@pytest.mark.parametrize("name", BOLTS_OWN)
def test_a_variable_that_bolt_would_read_stops_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(ConfigError, match=name):
        build(settings(), Flows())


def test_every_variable_that_bolt_reads_is_known() -> None:
    sources = "\n".join(path.read_text() for path in Path(slack_bolt.__file__).parent.rglob("*.py"))
    read = set(re.findall(r'environ(?:\.get\(|\[)\s*"(SLACK_\w+)"', sources))
    of_its_aws_example = {"SLACK_INSTALLATION_S3_BUCKET_NAME", "SLACK_STATE_S3_BUCKET_NAME"}
    assert read - of_its_aws_example <= set(BOLTS_OWN)
    assert "SLACK_CLIENT_ID" in read


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_SLACK_BOT_TOKEN", "xoxb-env")
    monkeypatch.setenv("STEWARD_SLACK_SIGNING_SECRET", "hidden-secret")
    found = read_settings()
    assert found.bot_token.get_secret_value() == "xoxb-env"
    assert "hidden-secret" not in repr(found)
    assert adapters.load("slack").connect(Flows()).platform.name == "slack"


async def test_a_token_that_slack_refuses_stops_the_start_with_one_line() -> None:
    async with open_harness() as bench:
        bench.fake.workspace.revoked = True
        connection = build(bench.settings, bench.flows)
        try:
            with pytest.raises(ConfigError, match="STEWARD_SLACK_BOT_TOKEN"):
                await connection.start()
        finally:
            await connection.stop()


async def test_an_outage_at_the_start_is_survived() -> None:
    async with open_harness() as bench:
        sarah = await bench.member("sarah@northlake.example", "Sarah Chen")
        bench.fake.fault("auth.test", "error", code="service_unavailable")
        await bench.restart()
        await bench.command(sarah, "ai-status", "sepsis")
        assert len(bench.flows.seen) == 1


def test_an_unknown_platform_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="STEWARD_PLATFORMS"):
        adapters.load("pigeon")


@pytest.mark.parametrize("url", ["https://steward.example", "https://steward.example/", ""])
def test_the_manifest_keeps_to_slacks_limits(url: str) -> None:
    made = manifest(url)
    shown, features = made["display_information"], made["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert len(features["bot_user"]["display_name"]) <= 80
    assert features["app_home"]["messages_tab_enabled"] is True
    assert [command["command"] for command in features["slash_commands"]] == ["/ai-status", "/ai"]
    assert all(len(command["command"]) <= 32 for command in features["slash_commands"])
    assert all(len(command["usage_hint"]) <= 1000 for command in features["slash_commands"])
    assert made["settings"]["socket_mode_enabled"] is not bool(url)
    addresses = re.findall(r'"(?:url|request_url|message_menu_options_url)": "([^"]*)"', json.dumps(made))
    assert ("message_menu_options_url" in made["settings"]["interactivity"]) is bool(url)
    assert set(addresses) == ({"https://steward.example/slack/events"} if url else set())


def test_every_event_has_the_scope_it_needs() -> None:
    made = manifest("https://steward.example")
    needed = {"message.im": "im:history", "member_joined_channel": "channels:read"}
    events, scopes = made["settings"]["event_subscriptions"]["bot_events"], made["oauth_config"]["scopes"]["bot"]
    assert {needed[event] for event in events if event in needed} <= set(scopes)
