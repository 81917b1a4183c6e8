"""A typed name finds what is meant, suggests what is near, and is silent about what the asker may not see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.names import Catalogue, Closest, Entry, Found, Resolution, Several, Unknown, decide, normalised
from bot.domain.people import OPERATOR, Access, Viewer, Visibility
from bot.domain.policy import NamePolicy

POLICY = NamePolicy()
ANYONE = Viewer(person_id="anyone")


def an_entry(
    key: str,
    name: str,
    *aliases: str,
    lifecycle: Lifecycle = Lifecycle.ACTIVE,
    visibility: Visibility = Visibility.ORG,
) -> Entry:
    access = Access(initiative_id=f"id-{key}", portfolio_id="P", visibility=visibility)
    return Entry(key=key, name=name, aliases=aliases, stage=Stage.PILOT, lifecycle=lifecycle, access=access)


SEPSIS = an_entry("SEPSIS", "Sepsis early warning", "ICU watch")
FLOOD = an_entry("FLOOD", "Flood-risk alerts")
PRICE = an_entry("PRICE", "The price anomaly alerts pilot")
NOSHOW = an_entry("NOSHOW", "No-show prediction")
NOTES = an_entry("NOTES", "Visit notes, Café edition", lifecycle=Lifecycle.RETIRED)
SECRET = an_entry("MERGER", "Merger target screening", visibility=Visibility.RESTRICTED)
ALL = (SEPSIS, FLOOD, PRICE, NOSHOW, NOTES, SECRET)
CATALOGUE = Catalogue(ALL)


def resolved(query: str, viewer: Viewer = ANYONE, catalogue: Catalogue = CATALOGUE) -> Resolution:
    direct = catalogue.exactly(query, viewer, POLICY)
    return direct or decide([pair for part in catalogue.scored(query, POLICY) for pair in part], viewer, POLICY)


@pytest.mark.parametrize(
    ("query", "entry"),
    [
        ("SEPSIS", SEPSIS),
        ("sepsis", SEPSIS),
        ("  Sepsis  ", SEPSIS),
        ("the SEPSIS project", SEPSIS),
        ("sepsis early warning", SEPSIS),
        ("Sepsis, early-warning!", SEPSIS),
        ("icu watch", SEPSIS),
        ("warning sepsis", SEPSIS),
        ("sep", SEPSIS),
        ("price anomaly alerts", PRICE),
        ("AI price anomaly alerts initiative", PRICE),
        ("no show", NOSHOW),
        ("NO-SHOW PREDICTION", NOSHOW),
        ("visit notes cafe edition", NOTES),
        ("ＳＥＰＳＩＳ", SEPSIS),
        ("sepsis early warnin", SEPSIS),
        ("no-show predicton", NOSHOW),
    ],
)
def test_a_name_finds_its_initiative(query: str, entry: Entry) -> None:
    assert resolved(query) == Found(entry)


def test_a_word_that_two_names_have_offers_both() -> None:
    assert resolved("alerts") == Several((FLOOD, PRICE))


def test_the_example_of_the_specification_scores_060_and_is_suggested_not_accepted() -> None:
    catalogue = Catalogue((SEPSIS, NOSHOW))
    scores = [pair for part in catalogue.scored("sepsys alerts", POLICY) for pair in part]
    assert [(round(score, 2), entry) for score, entry in scores] == [(0.60, SEPSIS)]
    assert resolved("sepsys alerts", catalogue=catalogue) == Closest((SEPSIS,))


@pytest.mark.parametrize("query", ["zzzz", "", "   ", "?!", "—", "\u202e", "xq"])
def test_what_comes_near_nothing_is_unknown(query: str) -> None:
    assert resolved(query) == Unknown()


def test_a_prefix_needs_three_characters_and_one_owner() -> None:
    twins = Catalogue((an_entry("CLAIMA", "First"), an_entry("CLAIMB", "Second"), an_entry("XYZ", "Third")))
    assert resolved("xyz", catalogue=twins) == Found(twins.entries[2])
    assert not isinstance(resolved("cl", catalogue=twins), Found)
    assert not isinstance(resolved("claim", catalogue=twins), Found)


def test_two_near_names_are_not_accepted_without_a_margin() -> None:
    twins = Catalogue((an_entry("AAA", "Invoice matching north"), an_entry("BBB", "Invoice matching south")))
    found = resolved("invoice matchin", catalogue=twins)
    assert isinstance(found, Closest)
    assert len(found.entries) == 2


def test_at_most_five_are_shown_and_the_rest_counted() -> None:
    many = Catalogue([an_entry(f"K{n:02}", f"Claims triage {n}") for n in range(12)])
    several, closest = resolved("claims", catalogue=many), resolved("clams triag", catalogue=many)
    assert isinstance(several, Several)
    assert (len(several.entries), several.more) == (5, 7)
    assert isinstance(closest, Closest)
    assert (len(closest.entries), closest.more) == (5, 7)


def test_what_was_stopped_is_found_and_listed_last() -> None:
    stopped = an_entry("AOLD", "Claims", lifecycle=Lifecycle.STOPPED)
    both = Catalogue((stopped, an_entry("ZNEW", "Claims triage for regions")))
    assert resolved("claims for region", catalogue=both) != Unknown()
    listed = resolved("clams", catalogue=both)
    assert isinstance(listed, Closest)
    assert listed.entries[-1] == stopped
    assert resolved("AOLD", catalogue=both) == Found(stopped)


def test_equal_names_are_a_choice() -> None:
    twins = Catalogue((an_entry("AAA", "Chat assistant"), an_entry("BBB", "Chat Assistant")))
    assert resolved("chat assistant", catalogue=twins) == Several(tuple(twins.entries))


def test_blank_names_do_no_harm() -> None:
    blank = Catalogue((an_entry("AAA", ""), an_entry("BBB", "???"), SEPSIS))
    assert resolved("sepsis", catalogue=blank) == Found(SEPSIS)
    assert resolved("??", catalogue=blank) == Unknown()
    assert resolved("aaa", catalogue=blank) == Found(blank.entries[0])


def test_an_empty_catalogue_knows_nothing() -> None:
    assert resolved("sepsis", catalogue=Catalogue(())) == Unknown()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The AI Pilot: Sepsis!", "sepsis"),
        ("Straße", "strasse"),
        ("Café", "cafe"),
        ("a_b-c", "a b c"),
        ("the pilot", "the pilot"),
    ],
)
def test_normalising_folds_case_marks_punctuation_and_words_every_name_has(text: str, plain: str) -> None:
    assert normalised(text) == plain


WORDS = ["merger", "target", "screening", "MERGER", "merg", "alerts", "sepsys", "ai", "the"]
QUERIES = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join))


@given(QUERIES)
def test_any_text_has_an_answer(query: str) -> None:
    assert isinstance(resolved(query), Found | Several | Closest | Unknown)


@given(QUERIES)
def test_I_34_what_the_asker_may_not_read_resolves_as_if_it_did_not_exist(query: str) -> None:  # noqa: N802
    without = Catalogue([entry for entry in ALL if entry is not SECRET])
    assert resolved(query) == resolved(query, catalogue=without)


# What begins like that


@pytest.mark.parametrize(
    ("typed", "entries"),
    [
        ("SEPSIS", [SEPSIS]),
        ("sep", [SEPSIS]),
        ("icu wat", [SEPSIS]),
        ("warn ear", [SEPSIS]),
        ("alerts", [FLOOD, PRICE]),
        ("a", [FLOOD, PRICE]),
        ("no", [NOSHOW, NOTES]),
        ("notes", [NOTES]),
        ("the pri", [PRICE]),
        ("caf\u00e9", [NOTES]),
        ("merger", []),
        ("zzz", []),
        ("!?", []),
        ("", [FLOOD, NOSHOW, PRICE, SEPSIS, NOTES]),
    ],
)
def test_the_beginning_of_a_name_finds_the_nearest_first_and_nothing_restricted(
    typed: str, entries: list[Entry]
) -> None:
    for viewer in (ANYONE, OPERATOR):
        assert CATALOGUE.beginning(typed, viewer, POLICY) == entries


def test_a_whole_key_and_a_whole_name_come_before_longer_ones() -> None:
    names = [an_entry("AB", "Zebra"), an_entry("ABC", "Alerts"), an_entry("X1", "Abacus"), an_entry("X2", "Ab")]
    catalogue = Catalogue(names)
    assert [entry.key for entry in catalogue.beginning("ab", ANYONE, POLICY)] == ["AB", "X2", "ABC", "X1"]


def test_no_more_are_offered_than_a_menu_shows() -> None:
    many = Catalogue([an_entry(f"K{n}", f"Alert number {n}") for n in range(4000)])
    assert len(many.beginning("a", ANYONE, POLICY)) == POLICY.most_found == 15
    assert len(many.beginning("", ANYONE, POLICY)) == 15


@given(st.text(max_size=40))
def test_no_letters_break_the_search(typed: str) -> None:
    assert SECRET not in CATALOGUE.beginning(typed, OPERATOR, POLICY)
