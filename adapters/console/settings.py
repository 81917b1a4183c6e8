"""The console's settings: whose terminal it is."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class ConsoleSettings(BaseSettings):
    """`user` is the e-mail address of the person at the terminal; empty means nobody yet."""

    model_config = SettingsConfigDict(env_prefix="STEWARD_CONSOLE_", env_file=".env", extra="ignore")

    user: str = ""
