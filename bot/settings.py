"""Deployment settings, read once from the environment or `.env`; what is wrong is named in one line."""

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError

Role = Literal["all", "web", "worker"]


TAKES = {
    "port": "write a port number from 1 to 65535",
    "log_format": "write text or json",
}
"""What to write where the library's own words for a wrong value are not ours."""


class Settings(BaseSettings):
    """What an operator decides; each platform reads its own settings in its adapter."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///steward.db"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    platforms: str = ""
    timezone: str = "UTC"
    log_format: Literal["text", "json"] = "text"
    heartbeat_url: SecretStr | None = None
    api_token: SecretStr | None = None
    pull_hosts: str = ""

    @field_validator("database_url")
    @classmethod
    def known_database(cls, url: str) -> str:
        """Return the address when it is one of the two databases Steward runs on."""
        if not url.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("write sqlite:///FILE or postgresql://USER@HOST/NAME")
        return url

    @field_validator("heartbeat_url")
    @classmethod
    def web_address(cls, url: SecretStr | None) -> SecretStr | None:
        """Return the address when it is one of the web, nothing for an empty one."""
        if url and url.get_secret_value() and not url.get_secret_value().startswith(("https://", "http://")):
            raise ValueError("write an address that begins with https://")
        return url if url and url.get_secret_value() else None

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        """Return the name when it is a time zone's."""
        if name not in available_timezones():
            raise ValueError("write a time zone such as Europe/Berlin")
        return name

    @property
    def token_of_the_endpoint(self) -> str | None:
        """Return the token that measurements are sent in with, None when the endpoint is off."""
        return self.api_token.get_secret_value().strip() or None if self.api_token else None

    @property
    def hosts_to_fetch_from(self) -> tuple[str, ...]:
        """Return the hosts, each perhaps with a port, from which values of metrics may be fetched."""
        return tuple(name.strip().casefold() for name in self.pull_hosts.split(",") if name.strip())

    @property
    def platform_names(self) -> tuple[str, ...]:
        """Return the platforms to connect, in the order given."""
        return tuple(name.strip() for name in self.platforms.split(",") if name.strip())


def read_settings() -> Settings:
    """Return the settings in force; raises ConfigError naming the first one that is wrong and what it takes."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        why = TAKES.get(field) or first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"STEWARD_{field.upper()}: {why} (see docs/operations.md)") from None
    except UnicodeDecodeError:
        raise ConfigError(".env is not UTF-8 text: save it as such.") from None
