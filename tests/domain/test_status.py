"""What is settled counts as it ended, and what was read of late is kept for an outage, the oldest going first."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkins import CommitmentState, Promises
from bot.domain.people import Access, Viewer, Visibility
from bot.domain.status import InitiativeStatus, LastKnown
from tests.builders import an_initiative

FIRST = date(2026, 10, 1)


def a_status(key: str = "SEPSIS", promises: tuple[tuple[date, str], ...] = ()) -> InitiativeStatus:
    one = an_initiative(key)
    access = Access(initiative_id=one.id, portfolio_id=one.portfolio_id, visibility=Visibility.ORG)
    return InitiativeStatus(initiative=one, access=access, owners=(), promises=promises)


SETTLED = st.tuples(st.integers(-30, 30).map(lambda n: FIRST + timedelta(days=n)), st.sampled_from(CommitmentState))


@given(st.lists(SETTLED))
def test_I_37_promises_kept_is_kept_of_kept_late_and_missed(settled: list[tuple[date, str]]) -> None:  # noqa: N802
    promises = a_status(promises=tuple(settled)).promises_since(FIRST)
    ends = [state for due, state in settled if due >= FIRST]
    counted = {name: ends.count(CommitmentState(name)) for name in ("kept", "late", "missed")}
    assert promises == Promises(**counted)
    assert promises.rate == (counted["kept"] / sum(counted.values()) if any(counted.values()) else None)


def test_what_was_read_is_kept_with_its_time_and_the_oldest_goes_first() -> None:
    known, at = LastKnown(most=2), datetime(2026, 11, 23, tzinfo=UTC)
    for n, key in enumerate(("A1", "B2", "A1", "C3", "D4")):
        known.remember_status(a_status(key), at + timedelta(hours=n))
        known.remember_viewer(("slack", "T", key), Viewer(person_id=key))
    assert list(known.statuses) == ["initiative-c3", "initiative-d4"]
    assert known.statuses["initiative-d4"][0] == at + timedelta(hours=4)
    assert [viewer.person_id for viewer in known.viewers.values()] == ["C3", "D4"]
