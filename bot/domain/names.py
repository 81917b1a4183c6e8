"""Which initiative a typed name means (domain.md 6.2)."""

import heapq
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile

from rapidfuzz import fuzz, process

from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.people import Access, Viewer, Visibility, readable
from bot.domain.policy import NamePolicy

IGNORED = frozenset({"ai", "the", "project", "pilot", "initiative"})
CLOSED = frozenset({Lifecycle.STOPPED, Lifecycle.RETIRED})
SHORTEST_PREFIX = 3
LONGEST_SCORED = 120
MOST_WORDS_SCORED = 12
DEFAULT = NamePolicy()
CHUNK = 1000
CANDIDATES = 100
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One initiative as name resolution and lists see it."""

    key: str
    name: str
    stage: Stage
    lifecycle: Lifecycle
    access: Access
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The one initiative that is meant."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Several:
    """Initiatives the name fits equally; `more` were left out."""

    entries: tuple[Entry, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Closest:
    """No initiative has this name; these come nearest."""

    entries: tuple[Entry, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing comes near."""


Resolution = Found | Several | Closest | Unknown


def normalised(text: str) -> str:
    """Return a name for comparison: case folded, NFKD, without marks, punctuation and the words every name has."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    words = re.sub(r"[^\w]+|_", " ", bare).split()
    return " ".join(word for word in words if word not in IGNORED) or " ".join(words)


class Catalogue:
    """Every initiative, indexed once so that a name resolves without looking at all of them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self._keys = {entry.key.casefold(): entry for entry in entries}
        self._sorted_keys = sorted(self._keys)
        self._exact: dict[str, list[Entry]] = defaultdict(list)
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._spelled: list[str] = []
        self._spelled_by: list[int] = []
        self._names: list[tuple[str, ...]] = []
        self._words: list[tuple[int, ...]] = []
        users: dict[str, list[int]] = defaultdict(list)
        numbers: dict[str, int] = {}
        for n, entry in enumerate(entries):
            names = tuple(dict.fromkeys(normalised(name) for name in (entry.name, *entry.aliases)))
            self._names.append(names)
            for name in names:
                self._exact[name].append(entry)
            words = dict.fromkeys(word for name in names for word in name.split())
            for word in words:
                users[word].append(n)
            for word in (entry.key.casefold(), *words):
                self._by_word[word].add(n)
            self._spelled += (entry.key.casefold(), *names)
            self._spelled_by += [n] * (1 + len(names))
            self._words.append(tuple(numbers.setdefault(word, len(numbers)) for word in words))
        self._vocabulary, self._users = list(users), list(users.values())
        self._sorted_words = sorted(self._by_word)

    def seen_by(self, viewer: Viewer) -> list[Entry]:
        """Return the initiatives that `viewer` may read, by key as given."""
        return _visible(self.entries, viewer)

    def has_name(self, query: str, viewer: Viewer) -> bool:
        """Return whether this is the whole key, name or alias of an initiative that `viewer` may read."""
        return any(_visible(entries, viewer) for entries in self._called(query))

    def exactly(self, query: str, viewer: Viewer, policy: NamePolicy = DEFAULT) -> Resolution | None:
        """Return what a name means by key, name, alias, prefix or set of words; None when only closeness is left."""
        for entries in self._called(query):
            if hits := _visible(entries, viewer):
                return _one_or_several(hits, policy)
        prefixed = _visible(self._by_prefix(query.strip().casefold()), viewer)
        if len(prefixed) == 1:
            return Found(prefixed[0])
        containing = _visible(self._containing(normalised(query).split()), viewer)
        return _one_or_several(containing, policy) if containing else None

    def _called(self, query: str) -> Iterator[list[Entry]]:
        """Yield the initiatives with this key, then those with this name or alias."""
        key = query.strip().casefold()
        if key in self._keys:
            yield [self._keys[key]]
        if wanted := normalised(query):
            yield self._exact.get(wanted, [])

    def beginning(self, query: str, viewer: Viewer, policy: NamePolicy = DEFAULT) -> list[Entry]:
        """
        Return what `viewer` may read and show to others, the nearest first, where each word typed begins a word of it.

        Nothing typed yet finds their own first. Restricted initiatives are left out, whoever asks.
        """
        typed = normalised(query[:LONGEST_SCORED])
        found: set[int] | None = None
        for word in typed.split()[:MOST_WORDS_SCORED]:
            begun = self._begun_by(word)
            found = begun if found is None else found & begun
        if found is None:
            found = set() if query.strip() else set(range(len(self.entries)))
        shown = [n for n in found if _may_share(viewer, self.entries[n])]
        key = query.strip().casefold()
        best = heapq.nsmallest(policy.most_found, shown, key=lambda n: self._rank(n, key, typed, viewer))
        return [self.entries[n] for n in best]

    def _begun_by(self, start: str) -> set[int]:
        first = bisect_left(self._sorted_words, start)
        words = takewhile(lambda word: word.startswith(start), islice(self._sorted_words, first, None))
        return set().union(*(self._by_word[word] for word in words))

    def _rank(self, n: int, key: str, typed: str, viewer: Viewer) -> tuple[object, ...]:
        """Return how near an initiative is to what is typed: less is nearer, what is closed goes last."""
        entry, names = self.entries[n], self._names[n]
        own = entry.key.casefold()
        fit = (
            own != key, typed not in names, not own.startswith(key), not any(name.startswith(typed) for name in names),
        )  # fmt: skip
        theirs = bool(typed) or viewer.person_id not in entry.access.roles
        return entry.lifecycle in CLOSED, theirs, *fit, len(entry.name) if typed else 0, entry.key

    def scored(self, query: str, policy: NamePolicy = DEFAULT) -> Iterator[list[tuple[float, Entry]]]:
        """
        Yield the initiatives whose closeness to the name, 0 to 1, is worth a suggestion, in many short steps.

        Closeness is the better of the whole name's and the mean over the words typed of the nearest word's (6.2).
        """
        wanted = normalised(query)[:LONGEST_SCORED]
        whole: dict[int, float] = {}
        least = 100 * policy.suggest_at
        for start in range(0, len(self._spelled) if wanted else 0, CHUNK):
            part = self._spelled[start : start + CHUNK]
            for _, score, n in process.extract(wanted, part, scorer=fuzz.ratio, score_cutoff=least, limit=None):
                owner = self._spelled_by[start + n]
                whole[owner] = max(score, whole.get(owner, 0.0))
            yield []
        nearest = []
        near = set(whole)
        for word in wanted.split()[:MOST_WORDS_SCORED]:
            scores = list(map(partial(fuzz.ratio, word), self._vocabulary))
            near.update(*(users for score, users in zip(scores, self._users, strict=True) if score >= least))
            nearest.append(scores)
            yield []
        candidates = sorted(near)
        for start in range(0, len(candidates), CANDIDATES):
            part_of = candidates[start : start + CANDIDATES]
            means = self._means(part_of, nearest, least)
            scored = ((max(whole.get(n, 0.0), means.get(n, 0.0)), n) for n in part_of)
            yield [(score / 100, self.entries[n]) for score, n in scored if score >= least]

    def _means(self, candidates: Sequence[int], nearest: Sequence[Sequence[float]], least: float) -> dict[int, float]:
        """
        Return the mean, 0 to 100, over the words typed of how close the nearest of an initiative's own words comes.

        One whose mean can no longer reach `least` is left out at once, as most are.
        """
        count = len(nearest)
        alive = [(0.0, n) for n in candidates if self._words[n]]
        for done, scores in enumerate(nearest, start=1):
            enough, score_of = least * count - 100 * (count - done) - ROUNDING, scores.__getitem__
            alive = [
                (total, n) for so_far, n in alive if (total := so_far + max(map(score_of, self._words[n]))) >= enough
            ]
        return {n: total / count for total, n in alive} if count else {}

    def _by_prefix(self, key: str) -> list[Entry]:
        if len(key) < SHORTEST_PREFIX or not key.isalnum():
            return []
        first = bisect_left(self._sorted_keys, key)
        return [self._keys[own] for own in takewhile(lambda own: own.startswith(key), self._sorted_keys[first:])]

    def _containing(self, words: list[str]) -> list[Entry]:
        """Return the initiatives whose name has all the words typed, such as "alerts" in two of them."""
        if not words:
            return []
        common = set.intersection(*(self._by_word.get(word, set()) for word in words))
        return [self.entries[n] for n in sorted(common)]


def decide(scores: Sequence[tuple[float, Entry]], viewer: Viewer, policy: NamePolicy) -> Resolution:
    """Return what the closest names amount to: one that is clearly meant, some to suggest, or nothing."""
    near = [(score, entry) for score, entry in scores if score >= policy.suggest_at and _may_see(viewer, entry)]
    if not near:
        return Unknown()
    best_first = heapq.nsmallest(2, near, key=lambda s: (-s[0], s[1].key))
    best, meant = best_first[0]
    runner_up = best_first[1][0] if len(best_first) > 1 else 0.0
    if best >= policy.accept_at and best - runner_up >= policy.accept_margin:
        return Found(meant)
    ranked = heapq.nsmallest(policy.most_shown, near, key=lambda s: (s[1].lifecycle in CLOSED, -s[0], s[1].key))
    return Closest(tuple(entry for _, entry in ranked), len(near) - len(ranked))


def nearest(scores: Sequence[tuple[float, Entry]], viewer: Viewer, policy: NamePolicy) -> list[Entry]:
    """Return the initiatives with the closest names that `viewer` may read and show to others, the closest first."""
    near = [(score, entry) for score, entry in scores if score >= policy.suggest_at and _may_share(viewer, entry)]
    best = heapq.nsmallest(policy.most_found, near, key=lambda s: (s[1].lifecycle in CLOSED, -s[0], s[1].key))
    return [entry for _, entry in best]


def _visible(entries: Sequence[Entry], viewer: Viewer) -> list[Entry]:
    return list({entry.key: entry for entry in entries if _may_see(viewer, entry)}.values())


def _may_see(viewer: Viewer, entry: Entry) -> bool:
    # Most initiatives are open to everybody, and there may be thousands of them to go through.
    return entry.access.visibility is Visibility.ORG or bool(readable(viewer, entry.access))


def _may_share(viewer: Viewer, entry: Entry) -> bool:
    return entry.access.visibility is not Visibility.RESTRICTED and _may_see(viewer, entry)


def _one_or_several(entries: list[Entry], policy: NamePolicy) -> Resolution:
    if len(entries) == 1:
        return Found(entries[0])
    # All fit alike; the shorter the name, the more of it was typed.
    ordered = sorted(entries, key=lambda entry: (entry.lifecycle in CLOSED, len(entry.name), entry.key))
    return Several(tuple(ordered[: policy.most_shown]), max(0, len(ordered) - policy.most_shown))
