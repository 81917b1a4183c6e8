"""What is written out reads back as the same: importing an export changes nothing, anywhere."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.domain.checkins import Commitment
from bot.domain.portfolio.book import Book, differences
from bot.domain.portfolio.collect import content_of
from bot.domain.portfolio.merge import merged
from bot.formats import portfolio
from bot.formats.nodes import parse
from tests.formats.books import RULES, books

VALIDATOR = Draft202012Validator(json.loads(portfolio.SCHEMA_FILE.read_text(encoding="utf-8")))
fewer = settings(max_examples=settings().max_examples // 2)
"""A book is large: half as many are drawn as of other things."""


def taken_in(before: Book, text: str, *, is_json: bool) -> Book:
    """Return the book after importing a text, which must have nothing wrong."""
    content, problems = portfolio.read(text, is_json=is_json)
    assert problems == []
    after, problems = merged(before, content, RULES)
    assert problems == []
    return after


@fewer
@given(books(), st.booleans())
def test_importing_an_export_changes_nothing_and_elsewhere_gives_the_same(book: Book, is_json: bool) -> None:
    text = portfolio.write(content_of(book), as_json=is_json)
    assert differences(book, taken_in(book, text, is_json=is_json)) == {}
    elsewhere = taken_in(Book(), text, is_json=is_json)
    assert portfolio.write(content_of(elsewhere), as_json=is_json) == text
    assert differences(elsewhere, taken_in(elsewhere, text, is_json=is_json)) == {}
    assert elsewhere.people == book.people
    assert [_bare(each) for each in elsewhere.commitments.values()] == [
        _bare(each) for each in book.commitments.values()
    ]


def _bare(commitment: Commitment) -> Commitment:
    """Return a commitment without what has another id in another database."""
    return replace(commitment, prompt_id=None, initiative_id="")


@fewer
@given(books())
def test_both_notations_say_the_same_and_are_valid_by_the_published_schema(book: Book) -> None:
    content = content_of(book)
    as_yaml = parse(portfolio.write(content), is_json=False)[0].plain()
    as_json = json.loads(portfolio.write(content, as_json=True))
    assert as_yaml == as_json
    VALIDATOR.validate(as_json)
