"""What a portfolio file changes in what is stored, and what it cannot mean."""

from dataclasses import replace
from datetime import date, time

from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.portfolio.book import Book, differences
from bot.domain.portfolio.content import Content
from bot.domain.portfolio.merge import merged
from tests.domain.portfolio_files import (
    AT,
    ORGANISATION,
    RULES,
    TL,
    content,
    entry,
    imported,
    owner,
    refused,
)


def test_a_second_file_changes_only_what_it_gives() -> None:
    first = imported(
        content(initiatives=(entry(key="SEPSIS", name="Sepsis", stage=Stage.PILOT, problem="late alerts"),))
    )
    told = Content(initiatives=(entry(key="SEPSIS", stage=Stage.LAUNCH),))
    changed = imported(told, first).initiatives["SEPSIS"]
    assert changed == replace(first.initiatives["SEPSIS"], stage=Stage.LAUNCH)


def test_a_field_given_as_empty_is_emptied() -> None:
    first = imported(content(initiatives=(entry(key="SEPSIS", name="Sepsis", golive_on=date(2026, 5, 4)),)))
    told = Content(initiatives=(entry(key="SEPSIS", golive_on=None),))
    assert imported(told, first).initiatives["SEPSIS"].golive_on is None


def test_the_same_file_twice_changes_nothing() -> None:
    told = content(
        initiatives=(
            entry(key="SEPSIS", name="Sepsis", owners={TL: owner("ana@x.example", delegates=(owner("Ben Cole"),))}),
        ),
        check_ins=(entry(cycle="2026-W47", initiative="SEPSIS", role=TL, person="ana@x.example"),),
        commitments=(
            entry(
                initiative="SEPSIS", role=TL, person="ana@x.example", text="retrain", due=date(2026, 11, 20), made_at=AT
            ),
        ),
    )
    once = imported(told)
    assert differences(once, imported(told, once)) == {}


def test_a_person_is_recognised_by_address_whatever_its_case_and_may_change_name() -> None:
    first = imported(content())
    told = Content(people=(entry(email="ana@x.example", name="Ana Ortiz-Lee"),))
    after = imported(told, first)
    assert [person.name for person in after.people.values()] == ["Ana Ortiz-Lee", "Ben Cole", "Cleo Diaz"]


# What cannot be


def test_without_an_organisation_nothing_can_be_imported() -> None:
    assert refused(Content()) == [
        "line 1, organisation: is missing, and none is stored yet: add it or run steward init"
    ]


def test_new_things_need_a_name() -> None:
    told = content(
        people=(entry(4, "people[1]", email="a@x.example"),), initiatives=(entry(7, "initiatives[1]", key="AB"),)
    )
    assert refused(told) == [
        "line 4, people[1].name: is missing, and there is nothing stored to take it from",
        "line 7, initiatives[1].name: is missing, and there is nothing stored to take it from",
    ]


def test_who_is_named_must_be_known() -> None:
    told = content(portfolios=(entry(6, "portfolios[1]", key="MAIN", name="Main", lead="nobody@x.example"),))
    assert refused(told) == ['line 6, portfolios[1].lead: "nobody@x.example" is nobody in this file or stored']


def test_a_name_two_people_share_is_not_enough() -> None:
    people = (entry(name="Ana", email="a@x.example"), entry(name="Ana", email="b@x.example"))
    told = content(people=people, portfolios=(entry(6, "portfolios[1]", key="MAIN", name="Main", lead="Ana"),))
    assert refused(told) == ['line 6, portfolios[1].lead: "Ana" names several people, write the e-mail address']


def test_the_same_key_or_address_twice_is_a_mistake() -> None:
    told = content(
        people=(
            entry(3, "people[1]", name="A", email="a@x.example"),
            entry(4, "people[2]", name="B", email="A@x.example"),
        ),
        initiatives=(
            entry(7, "initiatives[1]", key="SEPSIS", name="Sepsis"),
            entry(9, "initiatives[2]", key="SEPSIS", name="Other"),
        ),
    )
    assert refused(told) == [
        'line 4, people[2].email: "a@x.example" is there already on line 3',
        'line 9, initiatives[2].key: "SEPSIS" is there already on line 7',
    ]


def test_a_file_with_one_portfolio_means_that_one_though_others_are_stored() -> None:
    before = imported(content(initiatives=(entry(key="OTHER", name="Other"),)))
    after = imported(content(portfolios=(entry(key="LAB", name="Lab"),)), before)
    assert after.initiatives["SEPSIS"].portfolio_id == after.portfolios["LAB"].id
    assert after.initiatives["OTHER"].portfolio_id == after.portfolios["MAIN"].id


def test_the_portfolio_an_organisation_begins_with_becomes_the_only_one_of_its_first_file() -> None:
    empty = imported(content(initiatives=()))
    after = imported(content(portfolios=(entry(key="LAB", name="Lab"),)), empty)
    assert {key: (one.id, one.name) for key, one in after.portfolios.items()} == {
        "LAB": (empty.portfolios["MAIN"].id, "Lab")
    }
    assert imported(content(portfolios=(entry(key="LAB", name="Lab"),)), after) == after


def test_an_initiative_with_which_something_is_wrong_is_wrong_once() -> None:
    told = content(
        initiatives=(entry(7, "initiatives[1]", key="SEPSIS", name="Sepsis", portfolio="NONE"),),
        check_ins=(entry(8, cycle="2026-W47", initiative="SEPSIS", role=TL, person="ana@x.example"),),
    )
    assert refused(told) == ['line 7, initiatives[1].portfolio: "NONE" is no portfolio of this file or stored']


def test_a_portfolio_with_which_something_is_wrong_is_wrong_once() -> None:
    told = content(portfolios=(entry(6, "portfolios[1]", key="LAB"),))
    assert refused(told) == ["line 6, portfolios[1].name: is missing, and there is nothing stored to take it from"]


def test_an_initiative_names_its_portfolio_once_there_are_several() -> None:
    portfolios = (entry(key="MAIN", name="Main"), entry(key="LAB", name="Lab"))
    assert refused(content(portfolios=portfolios)) == [
        "line 7, initiatives[1].portfolio: is missing: there are several to choose from"
    ]
    assert refused(content(initiatives=(entry(7, "initiatives[1]", key="AB", name="A", portfolio="LAB"),))) == [
        'line 7, initiatives[1].portfolio: "LAB" is no portfolio of this file or stored'
    ]


def test_what_is_on_hold_has_a_review_within_90_days() -> None:
    held = {"key": "FALLS", "name": "Falls", "lifecycle": Lifecycle.ON_HOLD}
    assert refused(content(initiatives=(entry(7, "initiatives[1]", **held),))) == [
        "line 7, initiatives[1].hold_review_on: is missing: what is on hold has a day of review"
    ]
    far = entry(7, "initiatives[1]", **held, hold_review_on=date(2027, 6, 1))
    assert refused(content(initiatives=(far,))) == ["line 7, initiatives[1].hold_review_on: is more than 90 days ahead"]


def test_what_is_stopped_stays_stopped() -> None:
    before = imported(content(initiatives=(entry(key="SEPSIS", name="Sepsis", lifecycle=Lifecycle.STOPPED),)))
    told = Content(initiatives=(entry(7, "initiatives[1]", key="SEPSIS", lifecycle=Lifecycle.ACTIVE),))
    assert refused(told, before) == [
        "line 7, initiatives[1].lifecycle: it was stopped, which is final: register a new initiative"
    ]


def test_an_organisation_without_a_working_hour_is_refused() -> None:
    told = content(organisation=entry(2, "organisation", **ORGANISATION, quiet_end=time(19)))
    assert refused(told) == ["line 2, organisation.quiet_end: leaves no hour: it is quiet from 18:00 to 19:00"]


def test_an_absence_ends_after_it_begins_and_has_another_as_delegate() -> None:
    away = entry(
        8, "absences[1]", person="Ana Ortiz", first=date(2026, 12, 2), last=date(2026, 12, 1), delegate="Ana Ortiz"
    )
    assert refused(content(absences=(away,))) == [
        "line 8, absences[1].delegate: is the absent person",
        "line 8, absences[1].last: 2026-12-01 is before the first day, 2026-12-02",
    ]


def test_a_mistake_elsewhere_in_a_section_does_not_make_its_people_unknown() -> None:
    told = replace(content(), people=(), broken=frozenset({"people"}))
    told = replace(told, portfolios=(entry(6, "portfolios[1]", key="MAIN", name="Main", lead="Ana Ortiz"),))
    assert refused(told) == []


def test_problems_come_in_the_order_of_lines() -> None:
    told = content(
        portfolios=(entry(6, "portfolios[1]", key="MAIN", name="Main", lead="x"),),
        people=(entry(3, "people[1]", name="A", manager="y"),),
    )
    problems = merged(Book(), told, RULES)[1]
    assert problems == sorted(problems)
    assert [each.line for each in problems] == [3, 6]
