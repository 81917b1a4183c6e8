"""The words of the weekly digest: a card one can read in a minute, and its details for the thread below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.calendar import monday_of
from bot.domain.checkins import Rag
from bot.domain.digest import ClosedRow, Decision, Digest, EscalatedRow, Red, WeekRow
from bot.domain.initiatives import Lifecycle
from bot.domain.ownership import Role
from bot.domain.policy import DigestPolicy
from bot.domain.standing import Cause
from bot.messages import pages
from bot.messages.model import LONGEST_TITLE, Message, clip
from bot.messages.pages import Line, Page, Section, Written
from bot.messages.words import MONTHS, ROLE_WORDS, SHORT_ROLES, counted, day_words, sentence

LONGEST_WORDS, LONGEST_NAME = 110, 40
IN_FULL = 1000
MOST_NAMED = 12
KEYS_A_LINE = 100
TRUST = "TRUST: "


@dataclass(frozen=True, slots=True)
class Room:
    """How many of each part the card may name, and how many of a person's words it may quote."""

    decisions: int
    new_reds: int = MOST_NAMED
    old_reds: int = MOST_NAMED
    closed: int = MOST_NAMED
    words: int = 16

    def smaller(self) -> "Room":
        """Return less room: what changed least gives way first, decisions last."""
        if self.old_reds > 2:
            return replace(self, old_reds=self.old_reds - 1)
        if self.closed > 1:
            return replace(self, closed=self.closed - 1)
        if self.new_reds > 2:
            return replace(self, new_reds=self.new_reds - 1)
        if self.words > 6:
            return replace(self, words=self.words - 2)
        return Room(max(1, self.decisions - 1), max(0, self.new_reds - 1), max(0, self.old_reds - 1), 0, self.words)


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a digest the card names and what it only counts; a Red under a named decision is `joined` to it."""

    decisions: Sequence[Decision]
    more_decisions: Sequence[Decision]
    new: Sequence[Red]
    old: Sequence[Red]
    more_reds: Sequence[Red]
    joined: Sequence[Red]


def choose(digest: Digest, room: Room) -> Choice:
    """Return what the card names in this room; of each initiative at most its first decision."""
    shown = [decision for decision in digest.decisions if not decision.again][: room.decisions]
    decided = {decision.ask.initiative_id for decision in shown}
    free = [red for red in digest.reds if red.initiative_id not in decided]
    new, old = [red for red in free if red.new], [red for red in free if not red.new]
    return Choice(
        decisions=shown,
        more_decisions=[decision for decision in digest.decisions if decision not in shown],
        new=new[: room.new_reds],
        old=old[: room.old_reds],
        more_reds=[*new[room.new_reds :], *old[room.old_reds :]],
        joined=[red for red in digest.reds if red.initiative_id in decided],
    )


def write(digest: Digest, policy: DigestPolicy) -> Written:
    """Return a digest in words, its card within the policy's budget however much there is to say (I-27)."""
    room = Room(policy.most_decisions)
    card = _card(digest, room)
    while pages.words(card) > policy.most_words and room != room.smaller():
        room = room.smaller()
        card = _card(digest, room)
    return Written(card, _replies(digest, room))


def _card(digest: Digest, room: Room) -> Page:
    headline = Section("", (_headline(digest),))
    if digest.quiet:
        return Page(_title(digest), (headline,))
    choice = choose(digest, room)
    parts = [headline, _decisions(choice, room), _reds(choice), _closed(digest, room), Section("", (_trust(digest),))]
    return Page(_title(digest), tuple(section for section in parts if section.lines))


def _title(digest: Digest) -> str:
    facts = digest.facts
    monday = monday_of(facts.week)
    sunday = monday + timedelta(days=6)
    first = f"{monday.day}" if monday.month == sunday.month else f"{monday.day} {MONTHS[monday.month - 1]}"
    first = first if monday.year == sunday.year else day_words(monday)
    whose = _short(facts.organisation, 6, LONGEST_NAME)
    if facts.portfolio.casefold() not in facts.organisation.casefold():
        whose += f", {_short(facts.portfolio, 6, LONGEST_NAME)}"
    return clip(f"AI PORTFOLIO | {whose} | week {_number(digest)}, {first}-{day_words(sunday)}", LONGEST_TITLE)


def _number(digest: Digest) -> int:
    return int(digest.facts.week.rpartition("W")[2])


def _headline(digest: Digest) -> Line:
    parts = []
    if digest.low_confidence:
        parts.append(f"Low confidence: only {digest.answered} of {_check_ins(digest, ' answered')}.")
    now, before = digest.counts, digest.before
    reported = f"{now.green} Green, {now.amber} Amber, {now.red} Red"
    reported += f", {now.silent} silent" if now.silent else ""
    reported += f", {digest.unreached} not reached" if digest.unreached else ""
    reported += f", {digest.unasked} not asked" if digest.unasked else ""
    parts.append(f"{digest.active} active: reported {reported} (last week {before.green}/{before.amber}/{before.red}).")
    rest = [(digest.on_hold, "on hold"), (digest.stopped, "stopped"), (digest.intake, "in intake")]
    if any(number for number, _ in rest):
        parts.append(", ".join(f"{number} {what}" for number, what in rest if number) + ".")
    if digest.quiet:
        parts.append(f"No decision waits, nothing is Red. {_trust(digest).text.removeprefix(TRUST)}.")
    return Line("", " ".join(parts), digest.source_ids)


def _decisions(choice: Choice, room: Room) -> Section:
    lines = [
        Line(f"{n} {decision.ask.key}", _decision(decision, room.words), decision.source_ids)
        for n, decision in enumerate(choice.decisions, start=1)
    ]
    return Section("DECISIONS NEEDED", (*lines, *_more(choice.more_decisions)))


def _decision(decision: Decision, words: int) -> str:
    ask = decision.ask
    if isinstance(ask, EscalatedRow):
        return _escalated(ask)
    asked = f"{_short(ask.asked_by, 3, LONGEST_NAME)}, {day_words(ask.asked_on, year=False)}"
    who = _short(ask.needs_from, 3, LONGEST_NAME) or "nobody named"
    by = f"by {day_words(ask.due, year=False)}" if ask.due else "no date"
    late = ", overdue" if decision.overdue else ""
    longest = IN_FULL if words == IN_FULL else LONGEST_WORDS
    return f": “{_short(ask.title, words, longest)}” ({asked}). {who}, {by}{late}"


def _escalated(row: EscalatedRow) -> str:
    """Return what is to be decided of a role after its whole ladder, why in numbers, who decides and by when."""
    role = ROLE_WORDS[row.role]
    name = f"name {'an' if role[0] in 'aeiou' else 'a'} {role}"
    days = counted(row.days, "working day")
    what = {
        Cause.UNANSWERED: f"decide who answers as {role}, {row.missed} check-ins missed",
        Cause.VACANT: f"{name}, vacant {days}",
        Cause.UNACCEPTED: f"{name}, not accepted for {days}",
        Cause.DEPARTED: f"{name}, the last one has left, {days}",
        Cause.UNREACHABLE: f"{name}, the present one cannot be reached, {days}",
    }[row.cause]
    by = f", by {day_words(row.due, year=False)}" if row.due else ""
    return f": {what}. {_short(row.needs_from, 3, LONGEST_NAME)}{by}"


def _reds(choice: Choice) -> Section:
    lines = [Line(f"{red.key}*", f": {_before(red)}", red.source_ids) for red in choice.new]
    if choice.old:
        named = ", ".join(f"{red.key} {counted(red.weeks, 'week')}" for red in choice.old)
        lines.append(Line("", f"unchanged: {named}", _sources(choice.old)))
    if choice.joined:
        named = ", ".join(map(_starred, choice.joined))
        lines.append(Line("", f"{named}: see decisions", _sources(choice.joined)))
    return Section("RED, as reported (new = *)", (*lines, *_more(choice.more_reds)))


def _before(red: Red) -> str:
    return f"{red.before.value} the week before" if red.before else "no answer the week before"


def _starred(red: Red) -> str:
    return f"{red.key}*" if red.new else red.key


def _closed(digest: Digest, room: Room) -> Section:
    rows = digest.facts.closed
    lines = [Line(row.key, f" {_closing(row, room.words)}", (row.source_id,)) for row in rows[: room.closed]]
    if hidden := rows[room.closed :]:
        lines.append(Line("", f"+{len(hidden)} more", tuple(row.source_id for row in hidden)))
    return Section("CLOSED (stops count as wins)", tuple(lines))


def _closing(row: ClosedRow, words: int) -> str:
    what = "stopped" if row.lifecycle is Lifecycle.STOPPED else "retired"
    note = f": “{_short(row.note, words, LONGEST_WORDS)}”" if row.note else ""
    return f"{what} {day_words(row.closed_on, year=False)}{note}"


def _trust(digest: Digest) -> Line:
    rate = digest.facts.promises.rate
    kept = "no promise was due" if rate is None else f"promises kept {rate:.0%}"
    parts = [f"{digest.answered} of {_check_ins(digest)}", kept]
    if digest.vacant:
        parts.append(f"{counted(digest.vacant, 'owner role')} vacant or not accepted")
    return Line("", TRUST + ", ".join(parts), digest.source_ids)


def _check_ins(digest: Digest, verb: str = "") -> str:
    """Return how many check-ins there were to answer, and how many of them nobody was shown."""
    lost = f" ({digest.undelivered} not delivered)" if digest.undelivered else ""
    return counted(digest.due, "check-in") + verb + lost


def _more(hidden: Sequence[Decision | Red]) -> tuple[Line, ...]:
    return (Line("", f"+{len(hidden)} more in the thread", _sources(hidden)),) if hidden else ()


def _sources(parts: Iterable[Decision | Red]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for part in parts for source in part.source_ids))


def _replies(digest: Digest, room: Room) -> tuple[Page, ...]:
    choice = choose(digest, room)
    sections = [*_not_named(choice), _in_full(digest, choice, room), _initiatives(digest)]
    found = pages.paged([section for section in sections if section.lines])
    title = f"Details of week {_number(digest)}"
    return tuple(Page(f"{title} ({n} of {len(found)})", page) for n, page in enumerate(found, start=1))


def _not_named(choice: Choice) -> list[Section]:
    """Return the keys of every decision and Red the card only counted: they open the first reply (I-27)."""
    red = {one.key for one in choice.more_reds}
    asks = dict.fromkeys(decision.ask.key for decision in choice.more_decisions)
    others = [_starred(one) for one in choice.more_reds if one.key not in asks]
    return [
        _keys(
            "More decisions needed (+ is Red as well)",
            [f"{key}+" if key in red else key for key in asks],
            _sources(choice.more_decisions),
        ),
        _keys("More Red (new = *)", others, _sources(choice.more_reds)),
    ]


def _keys(heading: str, keys: Sequence[str], sources: tuple[str, ...]) -> Section:
    rows = [keys[n : n + KEYS_A_LINE] for n in range(0, len(keys), KEYS_A_LINE)]
    return Section(heading, tuple(Line("", ", ".join(row), sources) for row in rows))


def _in_full(digest: Digest, choice: Choice, room: Room) -> Section:
    """Return every decision in its full words, where the card left one out or cut one short."""
    cut = any(_decision(decision, room.words) != _decision(decision, IN_FULL) for decision in choice.decisions)
    shown = digest.decisions if choice.more_decisions or cut else ()
    lines = (Line(one.ask.key, _decision(one, IN_FULL), one.source_ids) for one in shown)
    return Section("Decisions needed, in full", tuple(lines))


def _initiatives(digest: Digest) -> Section:
    lines = [Line(row.key, f" | {_row(row)}", (row.initiative_id, *row.source_ids)) for row in digest.listed]
    if lines and (left := len(digest.facts.rows) - len(lines)):
        verb = "is" if left == 1 else "are"
        lines.append(Line("", f"{left} more, without an owner or closed, {verb} not listed", digest.source_ids))
    return Section("Initiatives: stage, reported, who is silent", tuple(lines))


def _row(row: WeekRow) -> str:
    stage = row.stage.value if row.lifecycle is Lifecycle.ACTIVE else row.lifecycle.value
    missing = (("silent", row.silent), ("not delivered", row.undelivered))
    named = [f"{what}: {_roles(roles)}" for what, roles in missing if roles]
    who = "; ".join(named) or ("all answered" if row.expected else "not asked")
    return f"{stage} | {row.declared.value if row.declared else 'none'} | {who}"


def _roles(roles: Iterable[str]) -> str:
    return ", ".join(short for role, short in SHORT_ROLES.items() if role in roles)


def printed(written: Written) -> str:
    """Return a whole digest for a terminal: the card, then what stands in the thread."""
    return "\n\n".join([pages.text(written.card), *(f"--- {pages.text(page)}" for page in written.replies)])


def late(key: str, role: Role, rag: Rag | None) -> Message:
    """Return the reply about an answer that came after the digest."""
    return sentence(f"Late: {key}, {ROLE_WORDS[role]} reported {rag.value if rag else 'an update'} after the digest.")


def added(portfolios: Sequence[str]) -> Message:
    """Return what the lead reads who had the digest posted in a channel."""
    names = " and ".join(_short(name, 8, LONGEST_NAME) for name in portfolios)
    return sentence(f"The weekly digest of {names} is posted in this channel from now on.")


def _short(words: str, most: int, longest: int) -> str:
    """Return a person's text on one line, at most `most` words and `longest` characters, an ellipsis for the rest."""
    parts = words.split()
    return clip(" ".join(parts[:most]) + ("…" if len(parts) > most else ""), longest)


def not_begun(week: str, newest: str) -> str:
    """Return the refusal of a week that lies ahead of the instant a digest is asked for."""
    return f"{week} has not begun: the newest week there can be a digest of is {newest}."


LOOKING_BACK = "As of then: answers, promises and asks. The stages and the owners are today's."
NOT_YOURS = "Only the portfolio lead or an admin can have the digest posted in a channel."
NOT_HERE = "Write this in the channel where the digest is to be posted; this is a direct chat."
HOW = "Write `/ai digest here` in the channel where the digest is to be posted."
NO_PORTFOLIO = "There is no portfolio yet: import a portfolio file first."
