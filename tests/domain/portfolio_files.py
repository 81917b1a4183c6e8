"""A portfolio file in a few words, for the tests of merging it."""

from datetime import UTC, datetime

from bot.domain.calendar import Calendar
from bot.domain.ownership import Role
from bot.domain.portfolio.book import Book
from bot.domain.portfolio.content import Content, Entry
from bot.domain.portfolio.merge import merged
from bot.domain.portfolio.merging import Rules
from bot.domain.questions import Option, Purpose, Question, QuestionKind, QuestionSet

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
RAG = Question(key="rag_model", purpose=Purpose.RAG, kind=QuestionKind.RAG, text="Does it hold?")
SURE = Question(
    key="confidence",
    purpose=Purpose.CONFIDENCE,
    kind=QuestionKind.CHOICE,
    text="How sure?",
    options=(Option("8", "8"),),
)
RULES = Rules(
    at=AT,
    calendar_of=lambda organisation: Calendar(organisation.workdays, organisation.holidays),
    questions=QuestionSet(3, (RAG, SURE)),
)
ORGANISATION = {"name": "Northlake", "timezone": "America/Chicago"}
PEOPLE = (
    {"name": "Ana Ortiz", "email": "ana@x.example"},
    {"name": "Ben Cole", "email": "ben@x.example"},
    {"name": "Cleo Diaz", "email": "cleo@x.example"},
)
TL = Role.TECHNICAL_LEAD


def entry(line: int = 1, path: str = "", **given: object) -> Entry:
    """Return an entry as the reader makes it."""
    return Entry(line, path, given, dict.fromkeys(given, line))


def owner(person: str, **more: object) -> Entry:
    """Return the holder of a role."""
    return entry(7, "owners", person=person, **more)


def content(**sections: object) -> Content:
    """Return a file with an organisation, three people, a portfolio and what is named."""
    given: dict[str, object] = {
        "organisation": entry(2, "organisation", **ORGANISATION),
        "people": tuple(entry(3 + n, f"people[{n + 1}]", **person) for n, person in enumerate(PEOPLE)),
        "portfolios": (entry(6, "portfolios[1]", key="MAIN", name="Main"),),
        "initiatives": (entry(7, "initiatives[1]", key="SEPSIS", name="Sepsis"),),
    }
    return Content(**{**given, **sections})  # type: ignore[arg-type]


def imported(told: Content, before: Book | None = None) -> Book:
    """Return the book after importing what is told, which must have nothing wrong."""
    after, problems = merged(before or Book(), told, RULES)
    assert problems == []
    return after


def refused(told: Content, before: Book | None = None) -> list[str]:
    """Return the sentences against a file."""
    return [str(problem) for problem in merged(before or Book(), told, RULES)[1]]


def with_owner(*named: tuple[Role, Entry | None], before: Book | None = None) -> Book:
    """Return the book after SEPSIS got these owners."""
    told = content(initiatives=(entry(7, "initiatives[1]", key="SEPSIS", name="Sepsis", owners=dict(named)),))
    return imported(told, before)


def roles(book: Book) -> list[tuple[str, str, str]]:
    """Return who has which role how, in order of people."""
    found = [
        (book.people[each.person_id].name, each.kind.value, each.state.value) for each in book.assignments.values()
    ]
    return sorted(found)
