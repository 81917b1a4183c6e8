"""Taking an answer: stored with all that follows from it, or shown again as typed with what is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.domain import answers as reading
from bot.domain.calendar import local_date
from bot.domain.checkins import AnswerValue, Rag, Response, Submission, record_answer
from bot.domain.deliveries import Address, DeliveryKind, planned
from bot.domain.people import Person
from bot.domain.questions import Purpose, QuestionKind, is_of_a_metric
from bot.errors import Overtaken, UserError
from bot.flows.calendars import zone_of
from bot.flows.checkins import listing_with, refresh_message, repeat_refusal, who_answered
from bot.flows.consequences import (
    RAID_OF,
    Answers,
    Taking,
    answer_unkept,
    category_of,
    detail_raid,
    make_promise,
    own_raids,
    raise_or_clear,
    record_values,
    settle_promises,
)
from bot.flows.escalations.settling import settle_answered
from bot.flows.loading import OF_ITS_WEEK, CheckIn, asked, asking, event, load, possible_questions, state_for, state_of
from bot.flows.people import resolve_person
from bot.messages import checkin_list
from bot.messages import checkins as words
from bot.messages.forms import ChoiceField, Form, TextField
from bot.ports import ActionPressed, Done, FormErrors, FormSubmitted, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork

TOLD_WITHIN = timedelta(days=1)
"""How long the reply under a digest may be tried."""
NO_CHANGE = "no"
DAYS = (words.PATH_BY, words.NEEDS_BY, words.HOLD_UNTIL)
TEXTS = (words.PATH, words.NEEDS_WHAT, words.CHANGE)


async def answer(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Take the first form; what is wrong is said at its field, and what was typed stays."""
    prompt_id, revision, confirmed = state_of(sent.state)
    try:
        taking = await _taking(await load(prompt_id, asker, uow, ports), uow, ports)
    except UserError as refused:
        return Say(words.kept_words(str(refused), _written(sent, ports)))
    check_in = taking.check_in
    answers, errors, waiting = reading.read(taking.questions, sent.values, confirmed, ports.policy.measuring)
    errors |= _too_far(taking, answers)
    if errors or revision != check_in.prompt.revision:
        form = words.form(asking(check_in, ports, typed=sent.values))
        meanwhile = {} if errors else {_place(taking): await who_answered(check_in, uow)}
        state = state_for(
            replace(check_in.prompt, revision=revision) if errors else check_in.prompt, confirmed | waiting
        )
        return FormErrors(replace(form, state=state), errors or meanwhile)
    answers = _own_ticks(taking, answers)
    follow = _follow_up(taking, answers)
    fields = words.follow_up(follow).fields
    known = {field.name: follow.typed[field.name] for field in fields if follow.typed.get(field.name)}
    complete = all(field.optional or field.name in known for field in fields)
    answered = await _store(taking, {**answers, **known}, complete=complete)
    return OpenForm(words.follow_up(replace(follow, asking=asking(answered, ports)))) if fields else Done()


async def _taking(check_in: CheckIn, uow: UnitOfWork, ports: Ports) -> Taking:
    now = ports.clock.now()
    return Taking(
        check_in=check_in,
        questions=asked(check_in, ports),
        raids=await own_raids(check_in.prompt, uow),
        now=now,
        today=local_date(now, zone_of(check_in.organisation)),
        uow=uow,
        ports=ports,
    )


def _written(sent: FormSubmitted, ports: Ports) -> list[str]:
    """Return the texts of a form that somebody took the time to write."""
    found = []
    for name, value in sent.values.items():
        question = ports.questions.get(name)
        if name in TEXTS or (question and question.kind is QuestionKind.TEXT):
            found.append(reading.typed_in(value))
    return [text for text in found if text]


def _place(taking: Taking) -> str:
    """Return the field beside which a remark on the whole form stands."""
    question = taking.one(Purpose.RAG) or taking.questions[0]
    return question.key


def _own_ticks(taking: Taking, answers: Answers) -> dict[str, AnswerValue]:
    """Return the answers without ticks at promises this form did not list."""
    listed = {commitment.id for commitment in taking.check_in.commitments}
    return {
        key: [each for each in value if each in listed] if isinstance(value, list) else value
        for key, value in answers.items()
    }


def _follow_up(taking: Taking, answers: Answers) -> words.FollowUp:
    """Return what these answers call for in a second form, filled in with what is known of it."""
    check_in = taking.check_in
    rag, before = _rag(taking, answers), check_in.before[0][0].rag if check_in.before else None
    done = taking.done(answers)
    listed = taking.one(Purpose.COMMITMENTS) is not None
    change = str(answers.get("data_change", NO_CHANGE))
    wanted = words.FollowUp(
        asking=asking(check_in, taking.ports),
        path=bool(rag and before and rag.badness > before.badness),
        ask=taking.named(answers, Purpose.ASK),
        blocker=taking.named(answers, Purpose.BLOCKER),
        hold=any(question.on_hold and question.key in answers for question in taking.questions),
        change="" if change == NO_CHANGE else change,
        unkept=tuple(
            each
            for each in check_in.commitments
            if listed and each.id not in done and each.due <= check_in.cycle.due_on
        ),
    )
    return replace(wanted, typed=_known(taking, wanted))


def _known(taking: Taking, wanted: words.FollowUp) -> dict[str, str]:
    """Return what the second form begins with: this answer's own details, else those of the open blocker or ask."""
    known: dict[str, str] = {}
    purpose, what = (Purpose.ASK, wanted.ask) if wanted.ask else (Purpose.BLOCKER, wanted.blocker)
    raid = taking.open_raid(RAID_OF[purpose], category_of(purpose, what)) if what else None
    if raid:
        titled = raid.title != words.raid_title(what, asked=purpose is Purpose.ASK)
        known[words.NEEDS_WHAT] = raid.title if titled else ""
        known[words.NEEDS_FROM] = raid.needs_from_id or ""
        known[words.NEEDS_BY] = raid.due.isoformat() if raid.due else ""
    current = taking.check_in.current
    own = current.answers if current and not current.unchanged else {}
    return known | {key: value for key, value in own.items() if isinstance(value, str) and _is_detail(key)}


def _is_detail(key: str) -> bool:
    return key in words.RESERVED_KEYS or key.startswith(words.COMMITMENT_PREFIX)


def _rag(taking: Taking, answers: Answers) -> Rag | None:
    value = taking.value(answers, Purpose.RAG)
    return Rag(str(value)) if value else None


async def _store(taking: Taking, answers: Answers, *, complete: bool) -> CheckIn:
    """Store one revision with everything that follows from it; return the check-in with it."""
    check_in, ports = taking.check_in, taking.ports
    confidence = taking.value(answers, Purpose.CONFIDENCE)
    possible = possible_questions(check_in.prompt, check_in.initiative, check_in.values, ports)
    given = Submission(
        responder_id=check_in.asker.id,
        at=taking.now,
        answers=answers,
        asked={question.key: question in taking.questions for question in possible},
        rag=_rag(taking, answers),
        confidence=int(str(confidence)) if confidence is not None else None,
        complete=complete,
    )
    answered = await _record(taking, given, "checkin.answered")
    await record_values(taking, answers)
    await settle_promises(taking, answers)
    await make_promise(taking, answers)
    for purpose in RAID_OF:
        await raise_or_clear(taking, answers, purpose)
    return answered


async def _record(taking: Taking, given: Submission, action: str) -> CheckIn:
    check_in, uow, ports = taking.check_in, taking.uow, taking.ports
    prompt, response = record_answer(check_in.prompt, given, check_in.cycle.closes_at)
    if not await uow.check_ins.add_response(response):
        raise Overtaken(words.SAME_MOMENT)
    await uow.check_ins.save_prompts([prompt])
    await settle_answered(prompt, uow, ports)
    await refresh_message(prompt, f"r{response.revision}", uow, ports)
    if response.late:
        await _tell_late(taking, response)
    free = {key: value for key, value in given.answers.items() if isinstance(value, str) and _is_free(key, ports)}
    noted = event(
        check_in,
        action,
        ports,
        revision=response.revision,
        rag=given.rag,
        confidence=given.confidence,
        late=response.late,
        on_behalf_of=response.on_behalf_of,
    )
    uow.events.record(replace(noted, personal=free))
    return replace(check_in, prompt=prompt, current=response)


def _is_free(key: str, ports: Ports) -> bool:
    question = ports.questions.get(key)
    return question.kind is QuestionKind.TEXT if question else key in TEXTS


async def _tell_late(taking: Taking, response: Response) -> None:
    """Plan a reply under the digest that has been posted without this answer."""
    initiative, cycle = taking.check_in.initiative, taking.check_in.cycle
    if not await taking.uow.digests.find(initiative.portfolio_id, "weekly", cycle.key):
        return
    portfolios = {portfolio.id: portfolio for portfolio in await taking.uow.people.portfolios()}
    rows = [
        planned(
            DeliveryKind.DIGEST_LATE,
            response.prompt_id,
            platform,
            conversation,
            to=Address(platform, conversation),
            not_before=taking.now,
            expires_at=taking.now + TOLD_WITHIN,
        )
        for platform, conversation in portfolios[initiative.portfolio_id].digest_channels
    ]
    await taking.uow.deliveries.add_once(rows)


async def follow_up(sent: FormSubmitted, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Take the second form, as a further revision of the same answer."""
    prompt_id, revision, _ = state_of(sent.state)
    try:
        taking = await _taking(await load(prompt_id, asker, uow, ports), uow, ports)
    except UserError as refused:
        return Say(words.kept_words(str(refused), _written(sent, ports)))
    check_in = taking.check_in
    current = check_in.current
    if current is None:
        raise UserError(words.UNKNOWN)
    typed = {name: reading.typed_in(value) for name, value in sent.values.items() if _is_detail(name)}
    wanted = _follow_up(taking, current.answers)
    shown = words.follow_up(replace(wanted, typed=typed))
    if revision != check_in.prompt.revision:
        return await _overtaken(sent, shown, check_in, uow, ports)
    helper, errors = await _checked(shown, typed, sent, taking)
    if errors:
        return FormErrors(shown, errors)
    await detail_raid(taking, wanted, typed, helper)
    await answer_unkept(taking, wanted.unkept, typed)
    details: dict[str, AnswerValue] = {each.name: typed.get(each.name) for each in shown.fields if each.name in typed}
    if helper:
        details[words.NEEDS_FROM] = helper.id
    given = Submission(
        responder_id=asker.id,
        at=taking.now,
        answers={**{k: v for k, v in current.answers.items() if not _is_detail(k)}, **details},
        asked=current.asked,
        rag=check_in.prompt.rag,
        confidence=check_in.prompt.confidence,
    )
    await _record(taking, given, "checkin.completed")
    return Done()


async def _overtaken(sent: FormSubmitted, shown: Form, check_in: CheckIn, uow: UnitOfWork, ports: Ports) -> Reply:
    """Ask again after the answer these details belong to was replaced; keep the words when nothing is left to ask."""
    remark = await who_answered(check_in, uow)
    if not shown.fields:
        return Say(words.kept_words(remark, _written(sent, ports)))
    return FormErrors(shown, {shown.fields[0].name: remark})


async def _checked(
    shown: Form, typed: Mapping[str, str], sent: FormSubmitted, taking: Taking
) -> tuple[Person | None, dict[str, str]]:
    """Return who was named, and the sentences for what is wrong in the second form."""
    errors: dict[str, str] = {}
    helper = None
    for each in shown.fields:
        text = typed.get(each.name, "")
        try:
            if not text and not each.optional:
                raise UserError(words.NEEDED)
            if text and each.name == words.NEEDS_FROM:
                helper = await resolve_person(text, sent, taking.uow, taking.ports)
            elif text and each.name in DAYS:
                _check_ahead(reading.day(text), taking)
            elif isinstance(each, TextField) and len(text) > each.longest:
                raise UserError(words.too_long(len(text), each.longest))
            elif isinstance(each, ChoiceField) and text not in dict(each.options):
                raise UserError(words.CHOOSE)
        except UserError as error:
            errors[each.name] = str(error)
    return helper, errors


def _check_ahead(day: date, taking: Taking) -> None:
    """Raise UserError unless a day is to come, and within reach."""
    if day < taking.today:
        raise UserError(words.PAST_DAY)
    if day > taking.today + taking.ports.policy.check_ins.furthest:
        raise UserError(words.too_far(day))


def _too_far(taking: Taking, answers: Answers) -> dict[str, str]:
    """Return what is wrong with the days of a form, each read already."""
    last = taking.today + taking.ports.policy.check_ins.furthest
    asked_days = [question.key for question in taking.questions if question.kind is QuestionKind.DATE]
    days = {key: date.fromisoformat(str(answers[key])) for key in asked_days if answers.get(key)}
    return {key: words.too_far(day) for key, day in days.items() if day > last}


async def unchanged(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Answer with last week's answer in one tap, where that is allowed."""
    check_in = await load(pressed.value, asker, uow, ports)
    past = [answered for answered, _ in check_in.before]
    refusal = repeat_refusal(check_in.prompt, past, check_in.initiative, check_in.values, ports)
    if refusal:
        raise UserError(refusal)
    last = check_in.before[0][1]
    given = Submission(
        responder_id=asker.id,
        at=ports.clock.now(),
        answers={key: value for key, value in last.answers.items() if _carries_over(key, ports)},
        asked=last.asked,
        rag=past[0].rag,
        confidence=past[0].confidence,
        unchanged=True,
    )
    answered = await _record(await _taking(check_in, uow, ports), given, "checkin.unchanged")
    return Replace(checkin_list.listing(await listing_with(answered, uow, ports)))


def _carries_over(key: str, ports: Ports) -> bool:
    question = ports.questions.get(key)
    return question is not None and question.purpose not in OF_ITS_WEEK and not is_of_a_metric(key)
