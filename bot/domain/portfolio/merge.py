"""One pure function: a book and a file's content in, the book as the file wants it out, or what is wrong with it."""

from bot.domain.portfolio.book import Book
from bot.domain.portfolio.content import Content, Problem
from bot.domain.portfolio.gating import KINDS, merge_gates
from bot.domain.portfolio.history import merge_check_ins, merge_commitments, merge_cycles, merge_raids
from bot.domain.portfolio.holders import merge_holders
from bot.domain.portfolio.merging import Merge, Rules
from bot.domain.portfolio.structure import (
    merge_absences,
    merge_initiatives,
    merge_organisation,
    merge_people,
    merge_portfolios,
)


def merged(before: Book, content: Content, rules: Rules) -> tuple[Book, list[Problem]]:
    """
    Return `before` with what the content gives taken over, and every problem found on the way, in order of lines.

    With any problem the book is not fit to be stored. Merging the same content again changes nothing.
    """
    merge = Merge(before.copy(), rules, content.broken)
    merge_organisation(merge, content.organisation)
    merge_people(merge, content.people)
    merge_portfolios(merge, content.portfolios)
    merge_initiatives(merge, content.initiatives)
    merge_holders(merge, content.initiatives, content.assignments)
    merge_absences(merge, content.absences)
    merge_cycles(merge, content.cycles)
    merge_check_ins(merge, content.check_ins)
    merge_commitments(merge, content.commitments)
    merge_raids(merge, content.raids)
    merge_gates(merge, {name: getattr(content, name) for name in KINDS})
    return merge.book, sorted(set(merge.problems))
