"""Which person a typed name means."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from bot.domain.names import normalised
from bot.domain.people import Person

CLOSE = 85.0
SHORTEST_WORD = 2


def people_named(typed: str, people: Sequence[Person]) -> list[Person]:
    """
    Return the people a typed name may mean: by the whole name, else by parts of it, else by closeness.

    Somebody who has left is found by the whole name only, and only when nobody active has it.
    """
    wanted = normalised(typed)
    words = wanted.split()
    if not words:
        return []
    names = [(person, normalised(person.name)) for person in people]
    exact = [person for person, name in names if sorted(name.split()) == sorted(words)]
    active = [(person, name) for person, name in names if person.active]
    return (
        [person for person in exact if person.active]
        or exact
        or [person for person, name in active if _has_parts(name.split(), words)]
        or [person for person, name in active if fuzz.ratio(name, wanted) >= CLOSE]
    )


def _has_parts(name: list[str], words: list[str]) -> bool:
    return all(len(word) >= SHORTEST_WORD and any(part.startswith(word) for part in name) for word in words)
