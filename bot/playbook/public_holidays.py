"""Public holidays by country and subdivision, from the holidays library, loaded when first asked for."""

from collections.abc import Container
from datetime import date
from functools import cache

from bot.errors import ConfigError


@cache
def public_holidays(country: str | None, subdivision: str | None = None) -> Container[date]:
    """Return the public holidays of a country (ISO 3166), every year; raises ConfigError for an unknown one."""
    if country is None:
        return frozenset()
    import holidays  # noqa: PLC0415 - a quarter of a second that a start without countries need not pay

    try:
        known: Container[date] = holidays.country_holidays(country, subdiv=subdivision)
    except (RuntimeError, KeyError):  # how the library says that it does not know a country or subdivision
        where = f"{country}-{subdivision}" if subdivision else country
        raise ConfigError(
            f"No public holidays are known for {where}: use an ISO 3166 code such as DE or US-CA."
        ) from None
    return known
