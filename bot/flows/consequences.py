"""What follows from an answer: promises settled, made, rolled or dropped, and blockers and asks raised or cleared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain import answers as reading
from bot.domain.cadence import next_due
from bot.domain.checkins import (
    AnswerValue,
    Commitment,
    CommitmentState,
    DropReason,
    Prompt,
    drop,
    reopen,
    roll,
    rolled_id,
    settle,
)
from bot.domain.ids import PersonId, stable_id
from bot.domain.people import Person
from bot.domain.questions import NONE, Purpose, Question
from bot.domain.raid import ASK_CATEGORIES, Raid, RaidCategory, RaidKind, RaidState
from bot.flows.calendars import organisation_calendar
from bot.flows.loading import CheckIn
from bot.flows.measuring.recording import Hand, record_of_week
from bot.messages import checkins as words
from bot.ports import Ports
from bot.stores import UnitOfWork

RAID_OF = {Purpose.ASK: RaidKind.DECISION_NEEDED, Purpose.BLOCKER: RaidKind.BLOCKER}
DONE = frozenset({CommitmentState.KEPT, CommitmentState.LATE})
Answers = Mapping[str, AnswerValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """
    An answer being taken: the check-in, its questions, and when and on which day of the organisation it came.

    `raids` are the blockers and asks that are open from earlier answers of this role.
    """

    check_in: CheckIn
    questions: tuple[Question, ...]
    raids: tuple[Raid, ...]
    now: datetime
    today: date
    uow: UnitOfWork
    ports: Ports

    def one(self, purpose: Purpose) -> Question | None:
        """Return the question of this form with a purpose, if it was asked."""
        return next((question for question in self.questions if question.purpose is purpose), None)

    def value(self, answers: Answers, purpose: Purpose) -> AnswerValue:
        """Return the answer to the question of a purpose, None without one."""
        question = self.one(purpose)
        return answers.get(question.key) if question else None

    def named(self, answers: Answers, purpose: Purpose) -> str:
        """Return what kind of help an answer names, empty for none."""
        value = str(self.value(answers, purpose) or NONE)
        return "" if value == NONE else value

    def done(self, answers: Answers) -> frozenset[str]:
        """Return the promises an answer ticks."""
        ticked = self.value(answers, Purpose.COMMITMENTS)
        return frozenset(ticked) if isinstance(ticked, list) else frozenset()

    def open_raid(self, kind: RaidKind, category: RaidCategory) -> Raid | None:
        """Return the open blocker or ask of a kind and category."""
        return next((raid for raid in self.raids if (raid.kind, raid.category) == (kind, category)), None)


def holder_of(prompt: Prompt) -> PersonId:
    """Return who is accountable for what is promised or raised in a check-in."""
    return prompt.on_behalf_of or prompt.person_id


def category_of(purpose: Purpose, what: str) -> RaidCategory:
    """Return where the trouble comes from that an answer names."""
    return ASK_CATEGORIES[what] if purpose is Purpose.ASK else RaidCategory(what)


async def own_raids(prompt: Prompt, uow: UnitOfWork) -> tuple[Raid, ...]:
    """Return the open blockers and asks that earlier answers of the same role raised."""
    found = []
    for raid in await uow.raids.open_of(prompt.initiative_id):
        raised_in = await uow.check_ins.prompt(raid.prompt_id) if raid.prompt_id else None
        if raised_in and raised_in.role is prompt.role:
            found.append(raid)
    return tuple(found)


async def settle_promises(taking: Taking, answers: Answers) -> None:
    """Tick off the promises marked done, and take back ticks that an edit removed."""
    if taking.one(Purpose.COMMITMENTS) is None:
        return
    done = taking.done(answers)
    changed: list[Commitment] = []
    for commitment in taking.check_in.commitments:
        if commitment.id in done and commitment.state not in DONE:
            changed.append(settle(commitment, taking.today, taking.now))
            changed += await _without_successor(commitment, taking)
        elif commitment.id not in done and commitment.state in DONE:
            changed.append(reopen(commitment))
    await taking.uow.commitments.save(changed)


async def _without_successor(commitment: Commitment, taking: Taking) -> list[Commitment]:
    """Return the promise that this check-in made of an unfinished one, withdrawn."""
    again = await taking.uow.commitments.get(rolled_id(commitment.id))
    if again is None or again.state is not CommitmentState.OPEN or again.prompt_id != taking.check_in.prompt.id:
        return []
    return [drop(again, DropReason.OTHER, taking.today, taking.now)]


async def make_promise(taking: Taking, answers: Answers) -> None:
    """Keep the next commitment: an edit changes its words, emptying it withdraws it."""
    if taking.one(Purpose.NEXT_COMMITMENT) is None:
        return
    text = str(taking.value(answers, Purpose.NEXT_COMMITMENT) or "")
    commitment_id = stable_id(taking.check_in.prompt.id, "next")
    before = await taking.uow.commitments.get(commitment_id)
    if before is None and text:
        await taking.uow.commitments.save([_promise(commitment_id, text, taking)])
    elif before and text:
        state = CommitmentState.OPEN if before.state is CommitmentState.DROPPED else before.state
        closed_at = before.closed_at if state is not CommitmentState.OPEN else None
        await taking.uow.commitments.save(
            [replace(before, text=text, state=state, closed_at=closed_at, drop_reason=None)]
        )
    elif before and before.state is CommitmentState.OPEN:
        await taking.uow.commitments.save([drop(before, DropReason.OTHER, taking.today, taking.now)])


def _promise(commitment_id: str, text: str, taking: Taking) -> Commitment:
    prompt = taking.check_in.prompt
    return Commitment(
        id=commitment_id,
        initiative_id=prompt.initiative_id,
        role=prompt.role,
        person_id=holder_of(prompt),
        text=text,
        due=_next_due(taking),
        made_at=taking.now,
        prompt_id=prompt.id,
    )


def _next_due(taking: Taking) -> date:
    calendar = organisation_calendar(taking.check_in.organisation, taking.ports.holidays)
    return next_due(taking.check_in.prompt.cycle, calendar, taking.ports.policy.cadence)


async def record_values(taking: Taking, answers: Answers) -> None:
    """Store the values given for metrics; an edit corrects its own, and one that empties a field withdraws it."""
    prompt = taking.check_in.prompt
    given = {
        question.metric.id: (question.metric, reading.measured(question.metric, str(answers[question.key])))
        for question in taking.questions
        if question.metric and question.key in answers
    }
    emptied = [q.metric for q in taking.questions if q.metric and q.key not in answers]
    by = Hand(at=taking.now, person_id=taking.check_in.asker.id, prompt=prompt)
    await record_of_week(given.values(), emptied, by, taking.uow)


async def raise_or_clear(taking: Taking, answers: Answers, purpose: Purpose) -> None:
    """
    Raise the blocker or ask of this answer, keep the one already open, or clear it when the answer is none.

    Without an answer nothing is cleared but what an earlier revision of this very answer had raised.
    """
    question = taking.one(purpose)
    if question is None:
        return
    what, kind, prompt = taking.named(answers, purpose), RAID_OF[purpose], taking.check_in.prompt
    category = category_of(purpose, what) if what else None
    said = question.key in answers
    mine = [raid for raid in taking.raids if raid.kind is kind and (said or raid.prompt_id == prompt.id)]
    changed = [
        replace(raid, state=RaidState.RESOLVED, closed_at=taking.now) for raid in mine if raid.category is not category
    ]
    if category and not any(raid.category is category for raid in mine):
        changed.append(_raid(kind, category, words.raid_title(what, asked=purpose is Purpose.ASK), taking))
    await taking.uow.raids.save(changed)


def _raid(kind: RaidKind, category: RaidCategory, title: str, taking: Taking) -> Raid:
    prompt = taking.check_in.prompt
    return Raid(
        id=stable_id(prompt.id, kind, category),
        initiative_id=prompt.initiative_id,
        kind=kind,
        title=title,
        category=category,
        owner_id=holder_of(prompt),
        raised_at=taking.now,
        prompt_id=prompt.id,
    )


async def detail_raid(taking: Taking, wanted: words.FollowUp, typed: Mapping[str, str], helper: Person | None) -> None:
    """Give the blocker or ask of this answer its words, who can help, and by when."""
    purpose = Purpose.ASK if wanted.ask else Purpose.BLOCKER
    what = wanted.ask or wanted.blocker
    raid = taking.open_raid(RAID_OF[purpose], category_of(purpose, what)) if what else None
    if raid is None:
        return
    due = reading.day(typed[words.NEEDS_BY]) if typed.get(words.NEEDS_BY) else None
    detailed = replace(
        raid, title=typed.get(words.NEEDS_WHAT) or raid.title, needs_from_id=helper.id if helper else None, due=due
    )
    await taking.uow.raids.save([detailed])


async def answer_unkept(taking: Taking, unkept: Sequence[Commitment], typed: Mapping[str, str]) -> None:
    """Roll or drop the promises that were not ticked, as their owner says."""
    due, changed = _next_due(taking), list[Commitment]()
    for commitment in unkept:
        said = typed.get(words.COMMITMENT_PREFIX + commitment.id)
        if said == words.STILL:
            changed += roll(commitment, due, taking.now, taking.check_in.prompt.id)
        elif said in list(DropReason):
            changed.append(drop(commitment, DropReason(said), taking.today, taking.now))
            changed += await _without_successor(commitment, taking)
    await taking.uow.commitments.save(changed)
