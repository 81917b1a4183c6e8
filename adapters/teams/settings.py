"""Teams' settings: the app's credentials and tenant, and where its services are."""

import os
from collections.abc import Mapping
from ipaddress import ip_address
from uuid import UUID

from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.teams.places import DEFAULT_SERVICE_URL
from bot.errors import ConfigError

METADATA_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
GRAPH_URL = "https://graph.microsoft.com"
HOW = {
    "app_id": "copy the “Application (client) ID” of the app registration of your Azure Bot",
    "app_secret": "make a client secret under Certificates & secrets of the app registration",
    "tenant_id": "copy the “Directory (tenant) ID” of the app registration: one Steward serves one tenant",
    "openid_metadata_url": "write a full address, or leave it out",
    "token_url": "write a full address, or leave it out",
    "graph_url": "write a full address such as https://graph.microsoft.com, or leave it out",
    "service_url": "write a full address such as https://smba.trafficmanager.net/emea, or leave it out",
    "trusted_hosts": "write names of hosts alone, comma between, such as smba.example.com",
    "insecure_local": "write 1, or leave it out",
}
URLS = ("openid_metadata_url", "token_url", "graph_url", "service_url")


class TeamsSettings(BaseSettings):
    """
    The app registration and its tenant; the addresses differ in national clouds and in tests only.

    `insecure_local` believes everybody, for a client without tokens on the same machine.
    """

    model_config = SettingsConfigDict(
        env_prefix="STEWARD_TEAMS_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    app_id: str = ""
    app_secret: SecretStr = SecretStr("")
    tenant_id: str = ""
    openid_metadata_url: str = METADATA_URL
    token_url: str = ""
    graph_url: str = GRAPH_URL
    service_url: str = DEFAULT_SERVICE_URL
    trusted_hosts: str = ""
    insecure_local: bool = False

    @field_validator("app_id", "tenant_id")
    @classmethod
    def _as_tokens_say(cls, given: str) -> str:
        """Return an id as Microsoft's tokens spell it, however it was copied."""
        return str(UUID(given.strip())) if _is_uuid(given.strip()) else given.strip()

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """Return the hosts trusted beside Microsoft's."""
        return tuple(host for each in self.trusted_hosts.split(",") if (host := each.strip().casefold()))

    @property
    def tokens_from(self) -> str:
        """Return where tokens are asked for."""
        return self.token_url or f"https://login.microsoftonline.com/{self.tenant_id}/oauth2/v2.0/token"


def read_settings(environment: Mapping[str, str] = os.environ) -> TeamsSettings:
    """Return the settings in force; raises ConfigError naming the first that is missing or wrong."""
    try:
        settings = TeamsSettings()
    except ValidationError as error:  # the only one that is no text
        raise _wrong("insecure_local", "something else") from error
    check(settings, environment)
    return settings


def check(settings: TeamsSettings, environment: Mapping[str, str] = os.environ) -> None:
    """Raise ConfigError naming the first setting that is missing or wrong."""
    for name in URLS:
        address = getattr(settings, name)
        if address and not address.startswith(("https://", "http://")):
            raise _wrong(name, address)
    if any(mark in settings.trusted_hosts for mark in "/:@*"):
        raise _wrong("trusted_hosts", settings.trusted_hosts)
    if settings.insecure_local:
        _check_loopback(environment.get("STEWARD_HOST", "127.0.0.1"))
        return
    for name in ("app_id", "tenant_id"):
        value = getattr(settings, name)
        if not _is_uuid(value):
            raise _wrong(name, value)
    if not settings.app_secret.get_secret_value().strip():
        raise _wrong("app_secret", "")


def _check_loopback(host: str) -> None:
    try:
        local = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise ConfigError(
            f"STEWARD_TEAMS_INSECURE_LOCAL lets everybody in, so it works on this machine only: "
            f"set STEWARD_HOST to 127.0.0.1 instead of {host}, or unset it"
        )


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _wrong(field: str, given: str) -> ConfigError:
    return ConfigError(f"STEWARD_TEAMS_{field.upper()} is {'not right' if given else 'missing'}: {HOW[field]}")
