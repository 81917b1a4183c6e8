"""Whose calendar applies: the organisation's for cycles, a person's own for when they are written to."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.calendar import Calendar, Hours
from bot.domain.people import Organisation, Person
from bot.errors import UserError
from bot.ports import HolidayLookup
from bot.stores import UnitOfWork


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Public holidays and the organisation's own days off together."""

    public: Container[date]
    own: frozenset[date]

    def __contains__(self, day: object) -> bool:
        return day in self.public or day in self.own


async def the_organisation(uow: UnitOfWork) -> Organisation:
    """Return the organisation; raises UserError before it is set up."""
    organisation = await uow.people.organisation()
    if organisation is None:
        raise UserError("There is no organisation yet: run `steward init` or import a portfolio file.")
    return organisation


def organisation_calendar(organisation: Organisation, holidays: HolidayLookup) -> Calendar:
    """Return the calendar that cycles and working days are counted on."""
    public = holidays(organisation.country, organisation.subdivision)
    return Calendar(organisation.workdays, DaysOff(public, organisation.holidays))


def zone_of(organisation: Organisation, person: Person | None = None) -> ZoneInfo:
    """Return a person's zone, or the organisation's where theirs is not known here."""
    try:
        return ZoneInfo((person and person.timezone) or organisation.timezone)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return ZoneInfo(organisation.timezone)


def hours_of(person: Person, organisation: Organisation, holidays: HolidayLookup) -> Hours:
    """Return when a person may be written to: their working week and public holidays, the organisation's days off."""
    country = person.country or organisation.country
    subdivision = person.subdivision if person.country else person.subdivision or organisation.subdivision
    workdays = organisation.workdays if person.workdays is None else person.workdays
    return Hours(
        zone_of(organisation, person),
        Calendar(workdays, DaysOff(holidays(country, subdivision), organisation.holidays)),
        organisation.quiet_start,
        organisation.quiet_end,
    )


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, such as a portfolio's."""
    return ZoneInfo(name)
