"""A row of the federal inventory as an initiative: what is repaired, what is recognised, what gets a key."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.initiatives import Initiative, Lifecycle, RiskTier, Stage
from bot.domain.portfolio.book import ORGANISATION, Book, differences
from bot.domain.portfolio.inventory import Row, describe, fields_of
from bot.domain.portfolio.matching import merge_inventory
from bot.errors import UserError
from tests.builders import a_portfolio, an_initiative, an_organisation
from tests.domain.portfolio_files import RULES

WHOLE = {
    "agency": "DHS",
    "id": "DHS-2705",
    "use_case_name": "Forensics triage",
    "agency_bureau": "CBP",
    "development_stage": "Deployed",
    "is_high_impact": "High-impact",
    "operational_date": "10/1/2023",
}


def row(line: int = 2, /, **cells: str) -> Row:
    """Return a usable row with some other cells; an empty one is left out."""
    return Row(line, {name: cell for name, cell in {**WHOLE, **cells}.items() if cell})


def a_book(**initiatives: Initiative) -> Book:
    """Return a book with an organisation, its portfolio and these initiatives."""
    return Book(
        organisation={ORGANISATION: an_organisation()},
        portfolios={"CARE": a_portfolio()},
        initiatives=dict(initiatives),
    )


def taken_over(before: Book, *rows: Row) -> Book:
    """Return the book after importing the rows."""
    return merge_inventory(before, describe(rows), RULES)


def kinds(*rows: Row) -> list[tuple[int, str, str]]:
    """Return the line, field and kind of every repair."""
    return [(repair.line, repair.field, repair.kind) for one in describe(rows) for repair in one.repairs]


def test_a_whole_row_needs_no_repair() -> None:
    assert kinds(row()) == []
    assert fields_of(row().cells) == {
        "name": "Forensics triage",
        "aliases": ("DHS-2705",),
        "stage": Stage.PRODUCTION,
        "lifecycle": Lifecycle.ACTIVE,
        "problem": "",
        "risk_tier": RiskTier.HIGH,
        "golive_on": date(2023, 10, 1),
        "imported": True,
    }


@pytest.mark.parametrize(
    ("written", "stage", "lifecycle", "repairs"),
    [
        ("Pre-deployment", Stage.PILOT_DEFINITION, Lifecycle.ACTIVE, []),
        ("Pilot", Stage.PILOT, Lifecycle.ACTIVE, []),
        (" deployed ", Stage.PRODUCTION, Lifecycle.ACTIVE, []),
        ("Retired", Stage.PRODUCTION, Lifecycle.RETIRED, []),
        ("", Stage.INTAKE, Lifecycle.ACTIVE, [(2, "development_stage", "no stage")]),
        ("Paused", Stage.INTAKE, Lifecycle.ACTIVE, [(2, "development_stage", "unknown stage")]),
    ],
)
def test_stages_are_mapped(
    written: str, stage: Stage, lifecycle: Lifecycle, repairs: list[tuple[int, str, str]]
) -> None:
    told = row(development_stage=written)
    assert (fields_of(told.cells)["stage"], fields_of(told.cells)["lifecycle"]) == (stage, lifecycle)
    assert kinds(told) == repairs


@pytest.mark.parametrize(
    ("written", "tier", "repairs"),
    [
        ("High-impact", RiskTier.HIGH, 0),
        ("Presumed High-Impact, but Not High-impact", RiskTier.LIMITED, 0),
        ("Not High-impact", RiskTier.LIMITED, 0),
        ("", RiskTier.LIMITED, 0),
        ("Enormous", RiskTier.LIMITED, 1),
    ],
)
def test_impact_becomes_risk(written: str, tier: RiskTier, repairs: int) -> None:
    assert fields_of(row(is_high_impact=written).cells)["risk_tier"] is tier
    assert len(kinds(row(is_high_impact=written))) == repairs


@pytest.mark.parametrize(
    ("written", "day", "kind"),
    [
        ("", None, ""),
        ("2025-09-08 00:00:00", date(2025, 9, 8), ""),
        ("2025-09-08", date(2025, 9, 8), ""),
        ("01/01/2018 00:00:00", date(2018, 1, 1), ""),
        ("09/24/2024 12:00:00 AM", date(2024, 9, 24), ""),
        ("9/1/2019 0:00", date(2019, 9, 1), ""),
        ("1/30/2026", date(2026, 1, 30), ""),
        ("01/2024", date(2024, 1, 1), "date without a day"),
        ("Jul-25", date(2025, 7, 1), "date without a day"),
        ("Jan-03", date(2003, 1, 1), "date without a day"),
        ("Dec-98", date(1998, 12, 1), "date without a day"),
        ("March 2024", date(2024, 3, 1), "date without a day"),
        ("2020", None, "date without a month"),
        ("13/45/2024", None, "unreadable date"),
        ("2/30/2024", None, "unreadable date"),
        ("Foo-24", None, "unreadable date"),
        ("0001-01-01", None, "unreadable date"),
        ("soon", None, "unreadable date"),
        ("1/1/24", None, "unreadable date"),
    ],
)
def test_dates_are_read_as_they_are_written_there(written: str, day: date | None, kind: str) -> None:
    told = row(operational_date=written)
    assert fields_of(told.cells)["golive_on"] == day
    assert kinds(told) == ([(2, "operational_date", kind)] if kind else [])


@given(st.text(max_size=24))
def test_no_date_breaks_the_import(written: str) -> None:
    fields_of(row(operational_date=written).cells)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), st.text(max_size=30)))
def test_no_cell_breaks_the_import(cells: dict[str, str]) -> None:
    taken_over(a_book(), row(**cells | {"agency": "DHS"}))


def test_a_row_without_a_name_is_called_after_agency_bureau_and_id() -> None:
    assert fields_of(row(use_case_name="").cells)["name"] == "DHS CBP DHS-2705"
    assert kinds(row(use_case_name="")) == [(2, "use_case_name", "no name")]


@pytest.mark.parametrize(
    ("written", "name", "kind"),
    [
        ("Machine Translation\n(Previously)", "Machine Translation (Previously)", "name tidied"),
        ("Using \u00a0ML", "Using ML", "name tidied"),
        ("Zero\u200bwidth", "Zerowidth", "name tidied"),
        ("x" * 310, "x" * 300, "name cut"),
        ("don\u00e2\u20ac\u2122t", "don’t", "mangled characters"),
    ],
)
def test_names_are_tidied(written: str, name: str, kind: str) -> None:
    told = row(use_case_name=written)
    assert fields_of(told.cells)["name"] == name
    assert (2, "use_case_name", kind) in kinds(told)


@pytest.mark.parametrize("text", ["193-Å filter", "Straße", "naïve Bâle", "x̂"])
def test_letters_that_only_look_mangled_stay(text: str) -> None:
    assert fields_of(row(use_case_name=text).cells)["name"] == text


def test_a_blank_id_gives_no_alias() -> None:
    assert fields_of(row(id="").cells)["aliases"] == ()
    assert kinds(row(id="")) == [(2, "id", "no id")]


def test_a_governance_value_nobody_knows_is_told() -> None:
    told = row(hi_training_established="b) Development is in-progess", hi_independent_review="CAIO Review")
    assert kinds(told) == [(2, "hi_training_established", "unknown governance value")]


def test_what_is_there_twice_is_kept_twice_and_told() -> None:
    rows = [row(2), row(3), row(4, use_case_name="Other"), row(5, id="X-1"), row(6, id="", agency="VA")]
    assert kinds(*rows) == [
        (3, "row", "repeated row"),
        (4, "id", "repeated id"),
        (5, "use_case_name", "repeated name"),
        (6, "id", "no id"),
        (6, "use_case_name", "repeated name"),
    ]
    assert len(taken_over(a_book(), *rows).initiatives) == 5


# Keys


def test_keys_are_the_agency_and_a_number_that_nobody_has() -> None:
    before = a_book(DHS0002=an_initiative("DHS0002"))
    after = taken_over(before, row(2), row(3, id="b"), row(4, agency="Treas. & co"))
    assert sorted(set(after.initiatives) - set(before.initiatives)) == ["DHS0001", "DHS0003", "TREASCO0001"]


def test_a_long_agency_leaves_room_for_the_number() -> None:
    assert list(taken_over(a_book(), row(agency="Interior Dept")).initiatives) == ["INTERIOR0001"]


def test_the_source_row_is_kept_as_it_was() -> None:
    told = row(use_case_name="two\nlines", contact_email="ai@dhs.example")
    (initiative,) = taken_over(a_book(), told).initiatives.values()
    assert initiative.source == told.cells
    assert initiative.imported


# A second time


def test_the_same_rows_again_change_nothing() -> None:
    rows = [row(2), row(3), row(4, id="", use_case_name="Chatbot"), row(5, id="", use_case_name="Chatbot")]
    once = taken_over(a_book(), *rows)
    assert differences(once, taken_over(once, *rows)) == {}
    assert differences(once, taken_over(once, *reversed(rows))) == {}


def test_a_changed_row_is_recognised_by_its_id() -> None:
    once = taken_over(a_book(), row(), row(3, id="other"))
    again = taken_over(once, row(use_case_name="Triage of phones", development_stage="Retired"), row(3, id="other"))
    assert again.initiatives.keys() == once.initiatives.keys()
    changed = again.initiatives["DHS0001"]
    assert (changed.name, changed.lifecycle) == ("Triage of phones", Lifecycle.RETIRED)


def test_a_changed_row_without_an_id_is_recognised_by_name_and_bureau() -> None:
    once = taken_over(a_book(), row(id=""))
    again = taken_over(once, row(id="", development_stage="Retired"))
    assert again.initiatives["DHS0001"].lifecycle is Lifecycle.RETIRED


def test_what_people_changed_since_stays() -> None:
    once = taken_over(a_book(), row())
    renamed = replace(once.initiatives["DHS0001"], name="Phones", stage=Stage.SCALED)
    once.initiatives["DHS0001"] = renamed
    again = taken_over(once, row(use_case_name="Triage", is_high_impact="Not High-impact"))
    changed = again.initiatives["DHS0001"]
    assert (changed.name, changed.stage, changed.risk_tier) == ("Phones", Stage.SCALED, RiskTier.LIMITED)
    assert changed.source["use_case_name"] == "Triage"


def test_what_was_retired_is_not_revived() -> None:
    once = taken_over(a_book(), row(development_stage="Retired"))
    again = taken_over(once, row(development_stage="Pilot"))
    assert again.initiatives["DHS0001"].lifecycle is Lifecycle.RETIRED


def test_there_must_be_an_organisation() -> None:
    with pytest.raises(UserError, match="There is no organisation yet"):
        taken_over(Book(), row())


def test_rows_keep_their_order_by_id() -> None:
    after = taken_over(a_book(), *(row(n, id=str(n)) for n in range(2, 40)))
    by_id = sorted(after.initiatives.values(), key=lambda each: each.id)
    assert [each.aliases for each in by_id] == [(str(n),) for n in range(2, 40)]
    assert RULES.at == datetime(2026, 11, 24, 9, tzinfo=UTC)
