"""Being away: the days people say in words, whether that covers a check-in round, and who stands in meanwhile."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.calendar import DAY, Calendar, days_between
from bot.domain.ids import PersonId
from bot.domain.people import Absence

SELF = "self"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST_OPEN = 183
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
_DAY = (
    r"\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s+\d{{4}})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    rf"|today|tomorrow|{_WEEKDAY}"
)
_RANGE = r"\s*(?:\.{2,}|…|–|—|\s-\s|\s(?:to|until|till)\s)\s*"
DAYS = re.compile(
    rf"(?P<first>{_DAY}|\d{{1,2}}(?={_RANGE}))(?:{_RANGE}(?P<last>{_DAY}))?(?:,?\s+(?P<who>\S.*))?", re.IGNORECASE
)
_PARTS = re.compile(rf"(?P<month>{_MONTH})|(?P<year>\d{{4}})|(?P<day>\d{{1,2}})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Away:
    """What somebody says of being away: the days, both included, and who stands in, as typed."""

    first: date
    last: date
    who: str = ""


def read_away(text: str, today: date) -> Away | None:
    """
    Return what `FROM..TO [delegate]` means on `today` (the speaker's own), None when it is no such thing.

    A day without a year is the one that makes the absence end soonest, but not before today; a day of the week is the
    next one, today included. One day alone is an absence of that day.
    """
    found = DAYS.fullmatch(text.strip())
    if found is None:
        return None
    first, last = found["first"], found["last"]
    if first.isdecimal():  # `1..5 Dec`
        parts = {part.lastgroup: part[0] for part in _PARTS.finditer(last)}
        first = " ".join([first, str(parts.get("month", "")), str(parts.get("year", ""))])
    spans = list(_spans(first, last, today))
    begins, ends = next((span for span in spans if span[1] >= today), spans[0] if spans else (None, None))
    return Away(begins, ends, (found["who"] or "").strip()) if begins and ends else None


def _spans(first: str, last: str | None, today: date) -> Iterator[tuple[date, date]]:
    """Yield the spans two days may mean, soonest first; with the year left open none is longer than half a year."""
    for begins in _meant(first, today, today):
        if last is None:
            yield begins, begins
            continue
        ends = next((day for day in _meant(last, today, begins) if day >= begins), None)
        if ends and (not _leaves_the_year_open(first) or (ends - begins).days <= LONGEST_OPEN):
            yield begins, ends


def _leaves_the_year_open(words: str) -> bool:
    return re.search(_MONTH, words, re.IGNORECASE) is not None and re.search(r"\d{4}", words) is None


def _meant(words: str, today: date, after: date) -> Iterator[date]:
    """Yield the days some words may mean, soonest first; weekdays count from `after`, open years from a year ago."""
    low = words.casefold()
    if low in ("today", "tomorrow"):
        yield today + DAY * (low == "tomorrow")
    elif low[:3] in WEEKDAYS:
        yield after + DAY * ((WEEKDAYS.index(low[:3]) - after.weekday()) % 7)
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", low):
        yield from _dates([(int(low[:4]), int(low[5:7]), int(low[8:]))])
    else:
        parts = {part.lastgroup: part[0] for part in _PARTS.finditer(low)}
        month, day = MONTHS.index(str(parts["month"])[:3]) + 1, int(parts["day"])
        years = [int(parts["year"])] if "year" in parts else [today.year + n for n in (-1, 0, 1)]
        yield from _dates((year, month, day) for year in years)


def _dates(parts: Iterable[tuple[int, int, int]]) -> Iterator[date]:
    for year, month, day in parts:
        try:
            yield date(year, month, day)
        except ValueError:
            continue  # 29 February, or no day of any calendar


def away_throughout(
    first: date, last: date, absences: Sequence[Absence], calendar: Calendar, *, told_on: date | None = None
) -> Absence | None:
    """
    Return the absence under which a person is away on all days from `first` to `last` that they would work.

    Of several the one that names a delegate. On the day they tell it they are still there, unless it is the last one:
    `told_on` counts only if it is covered, or if nothing comes after it.
    """
    worked = [day for day in days_between(first, last) if calendar.is_working(day)]
    if told_on in worked and worked[-1] != told_on and not _covering(told_on, absences):
        worked.remove(told_on)
    found = [_covering(day, absences) for day in worked]
    if not found or not all(found):
        return None
    ordered = [absence for covering in reversed(found) for absence in covering]
    return next((absence for absence in ordered if absence.delegate_id), ordered[0])


def _covering(day: date | None, absences: Sequence[Absence]) -> list[Absence]:
    return [absence for absence in absences if day and absence.covers(day)]


def stand_in(
    absence: Absence | None, delegates: Iterable[PersonId], available: Callable[[PersonId], bool]
) -> PersonId | None:
    """Return who answers for a role whose holder is away: whom they named, else a delegate of the role, else None."""
    named = [absence.delegate_id] if absence and absence.delegate_id else []
    return next((person_id for person_id in [*named, *delegates] if available(person_id)), None)


def ended(absence: Absence, today: date) -> Absence | None:
    """Return an absence whose person is back today: over since yesterday, or None when nothing of it is left."""
    return replace(absence, last=today - DAY) if absence.first < today else None
