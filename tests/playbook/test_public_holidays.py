"""Public holidays by country and subdivision."""

import subprocess
import sys
from datetime import date

import pytest

from bot.errors import ConfigError
from bot.playbook.public_holidays import public_holidays


def test_a_country_has_its_holidays_in_any_year() -> None:
    for year in (2026, 2031):
        assert date(year, 12, 25) in public_holidays("US", None)
    assert date(2026, 11, 26) in public_holidays("US", None)
    assert date(2026, 11, 27) not in public_holidays("US", None)


def test_a_subdivision_has_its_own() -> None:
    assert date(2026, 6, 4) in public_holidays("DE", "BY")
    assert date(2026, 6, 4) not in public_holidays("DE", "BE")


@pytest.mark.parametrize(
    ("country", "subdivision", "day", "off"),
    [
        ("US", None, date(2026, 7, 3), True),
        ("US", "CA", date(2026, 11, 27), True),
        ("US", "TX", date(2027, 3, 2), True),
        ("GB", "SCT", date(2026, 11, 30), True),
        ("GB", "ENG", date(2026, 11, 30), False),
        ("GB", "ENG", date(2026, 12, 28), True),
        ("DE", "SN", date(2026, 11, 18), True),
        ("DE", "BE", date(2026, 11, 18), False),
        ("IN", None, date(2027, 1, 26), True),
        ("JP", None, date(2026, 11, 23), True),
        ("CH", "GE", date(2026, 9, 10), True),
    ],
)
def test_holidays_of_many_places(country: str, subdivision: str | None, day: date, off: bool) -> None:
    assert (day in public_holidays(country, subdivision)) is off


def test_without_a_country_there_are_none() -> None:
    assert date(2026, 12, 25) not in public_holidays(None, None)


@pytest.mark.parametrize(("country", "subdivision", "named"), [("XX", None, "XX"), ("DE", "ZZ", "DE-ZZ")])
def test_an_unknown_place_is_named(country: str, subdivision: str | None, named: str) -> None:
    with pytest.raises(ConfigError, match=f"known for {named}: use an ISO 3166 code such as DE or US-CA"):
        public_holidays(country, subdivision)


def test_the_library_is_loaded_when_first_asked() -> None:
    program = "import sys, bot.playbook.load, bot.playbook.public_holidays; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
