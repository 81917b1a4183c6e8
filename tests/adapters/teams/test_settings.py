"""What must be set, spelled however it was copied, and what stops the start."""

from collections.abc import Mapping

import pytest

import adapters
from adapters.teams import build
from adapters.teams.settings import METADATA_URL, TeamsSettings, check, read_settings
from bot.errors import ConfigError
from tests.adapters.teams.harness import open_harness
from tests.contracts.harness import Flows

APP, TENANT = "0b5b6b4e-5b0a-4c58-9d2e-6a3f7f1f000a", "0b5b6b4e-5b0a-4c58-9d2e-6a3f7f1f000b"
GOOD = {"app_id": APP, "app_secret": "s3cret", "tenant_id": TENANT}
NOWHERE: Mapping[str, str] = {}


def settings(**changes: str) -> TeamsSettings:
    return TeamsSettings(**{**GOOD, **changes})  # type: ignore[arg-type]  # pydantic wraps secrets


@pytest.mark.parametrize(("changes", "named"), [
    ({"app_id": ""}, "STEWARD_TEAMS_APP_ID is missing"), ({"app_id": "steward"}, "STEWARD_TEAMS_APP_ID is not right"),
    ({"app_secret": " "}, "STEWARD_TEAMS_APP_SECRET is missing"),
    ({"tenant_id": ""}, "STEWARD_TEAMS_TENANT_ID is missing"),
    ({"tenant_id": "northlake.example"}, "STEWARD_TEAMS_TENANT_ID is not right"),
    ({"token_url": "login.example"}, "STEWARD_TEAMS_TOKEN_URL is not right"),
    ({"openid_metadata_url": "file:///keys"}, "STEWARD_TEAMS_OPENID_METADATA_URL is not right"),
    ({"graph_url": "graph"}, "STEWARD_TEAMS_GRAPH_URL is not right"),
    ({"service_url": "smba"}, "STEWARD_TEAMS_SERVICE_URL is not right"),
    ({"trusted_hosts": "https://smba.example.com"}, "STEWARD_TEAMS_TRUSTED_HOSTS is not right"),
    ({"trusted_hosts": "*.example.com"}, "STEWARD_TEAMS_TRUSTED_HOSTS is not right"),
])  # fmt: skip
def test_a_wrong_setting_is_named_with_how_to_get_it(changes: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build(settings(**changes), Flows())
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("copied", [APP.upper(), f" {APP}\n", f"{{{APP}}}", APP.replace("-", "")])
def test_an_id_is_understood_however_it_was_copied(copied: str) -> None:
    found = settings(app_id=copied, tenant_id=copied)
    assert (found.app_id, found.tenant_id) == (APP, APP)


def test_tokens_come_from_the_tenant_unless_told_otherwise() -> None:
    assert settings().tokens_from == f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    assert settings(token_url="https://login.example/token").tokens_from == "https://login.example/token"


def test_settings_come_from_the_environment_and_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**GOOD, "app_secret": "hidden-secret", "openid_metadata_url": "", "graph_url": ""}.items():
        monkeypatch.setenv(f"STEWARD_TEAMS_{name.upper()}", value)
    found = read_settings(NOWHERE)
    assert found.app_secret.get_secret_value() == "hidden-secret"
    assert "hidden-secret" not in repr(found)
    assert found.openid_metadata_url == METADATA_URL
    assert adapters.load("teams").connect(Flows()).platform.name == "teams"


def test_a_switch_that_is_neither_on_nor_off_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_TEAMS_INSECURE_LOCAL", "perhaps")
    with pytest.raises(ConfigError, match="STEWARD_TEAMS_INSECURE_LOCAL is not right: write 1"):
        read_settings(NOWHERE)


def test_without_an_app_nothing_starts_unless_told_so_on_this_machine_only() -> None:
    open_door = TeamsSettings(insecure_local=True)
    for host in ("", "127.0.0.9", "localhost", "::1"):
        check(open_door, {"STEWARD_HOST": host} if host else NOWHERE)
    for host in ("0.0.0.0", "steward.example", "::"):
        with pytest.raises(ConfigError, match=r"set STEWARD_HOST to 127\.0\.0\.1"):
            check(open_door, {"STEWARD_HOST": host})


def test_everything_arrives_at_one_address() -> None:
    (route,) = build(settings(), Flows()).routes
    assert (route.method, route.path) == ("POST", "/api/messages")


async def test_credentials_that_microsoft_refuses_stop_the_start_with_one_line() -> None:
    async with open_harness() as bench:
        genuine = bench.settings
        bench.fake.secret = "another"
        connection = build(genuine, bench.flows)
        try:
            with pytest.raises(ConfigError, match="STEWARD_TEAMS_APP_SECRET") as caught:
                await connection.start()
            assert "\n" not in str(caught.value)
        finally:
            await connection.stop()


async def test_an_outage_at_the_start_is_survived() -> None:
    async with open_harness() as bench:
        sarah = await bench.member("sarah@northlake.example", "Sarah Chen")
        bench.fake.fault("token", "status", status=503)
        await bench.restart()
        await bench.command(sarah, "ai-status", "sepsis")
        assert len(bench.flows.seen) == 1
