"""Slack's settings: the credentials, and where each is found."""

import os
from collections.abc import Mapping

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError

PUBLIC_API = "https://slack.com/api/"
HOW = {
    "bot_token": 'copy the "Bot User OAuth Token" (xoxb-...) from OAuth & Permissions of your app',
    "signing_secret": 'copy the "Signing Secret" from Basic Information of your app, or set '
    "STEWARD_SLACK_APP_TOKEN for Socket Mode",
    "app_token": "make an app-level token (xapp-...) with connections:write under Basic Information of your app",
    "api_url": "write a full address such as https://slack.com/api/, or leave it out",
}
# Bolt reads these by itself; two of them silently switch it to an OAuth flow with tokens kept in files.
BOLTS_OWN = (
    "SLACK_APP_TOKEN",
    "SLACK_BOT_TOKEN",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_INSTALL_PATH",
    "SLACK_REDIRECT_URI",
    "SLACK_REDIRECT_URI_PATH",
    "SLACK_SCOPES",
    "SLACK_SIGNING_SECRET",
    "SLACK_USER_SCOPES",
    "SLACK_VERIFICATION_TOKEN",
)


class SlackSettings(BaseSettings):
    """The bot token, the secret that signs requests or the app token of Socket Mode, and the address of the Web API."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_SLACK_", env_file=".env", extra="ignore")

    bot_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    api_url: str = PUBLIC_API

    @property
    def socket_mode(self) -> bool:
        """Return whether Slack is reached by a socket we open, and not by requests to us."""
        return bool(self.app_token.get_secret_value().strip())


def read_settings(environment: Mapping[str, str] = os.environ) -> SlackSettings:
    """Return the settings in force; raises ConfigError naming the first that is missing or wrong."""
    settings = SlackSettings()
    check(settings, environment)
    return settings


def check(settings: SlackSettings, environment: Mapping[str, str] = os.environ) -> None:
    """Raise ConfigError naming the first setting that is missing, wrong or not ours."""
    for name in BOLTS_OWN:
        if environment.get(name):
            raise ConfigError(
                f"{name} would be read by the Slack library: unset it and set STEWARD_{name} if you need it"
            )
    bot_token = settings.bot_token.get_secret_value().strip()
    if not bot_token.startswith(("xoxb-", "xoxe.xoxb-")):
        raise _wrong("bot_token", bot_token)
    app_token = settings.app_token.get_secret_value().strip()
    if app_token and not app_token.startswith("xapp-"):
        raise _wrong("app_token", app_token)
    if not settings.socket_mode and not settings.signing_secret.get_secret_value().strip():
        raise _wrong("signing_secret", "")
    if not settings.api_url.startswith(("https://", "http://")):
        raise _wrong("api_url", settings.api_url)


def _wrong(field: str, given: str) -> ConfigError:
    return ConfigError(f"STEWARD_SLACK_{field.upper()} is {'not right' if given else 'missing'}: {HOW[field]}")
