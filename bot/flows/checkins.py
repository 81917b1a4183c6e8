"""Being asked: the list, the form, a snooze; and keeping the messages that list a check-in up to date."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.cadence import opens_next
from bot.domain.checkins import ANSWERED, OPEN, Prompt, PromptState, unchanged_refusal
from bot.domain.deliveries import DeliveryKind, planned
from bot.domain.events import Event
from bot.domain.ids import stable_id
from bot.domain.initiatives import Initiative, Lifecycle
from bot.domain.ownership import AssignmentState
from bot.domain.people import Person
from bot.domain.questions import Purpose, ValuesDue
from bot.errors import UserError
from bot.flows.calendars import organisation_calendar, the_organisation, zone_of
from bot.flows.escalations.settling import settle_closed
from bot.flows.loading import CheckIn, asking, event, load, possible_questions
from bot.flows.measuring.asking import values_due
from bot.flows.outgoing import UPDATED_WITHIN
from bot.messages import checkin_list as lists
from bot.messages import checkins as words
from bot.messages.words import sentence
from bot.ports import ActionPressed, OpenForm, Ports, Replace, Reply, Say
from bot.stores import UnitOfWork


async def show_form(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form of a check-in, saying so when somebody else has answered it."""
    return await _form(await load(pressed.value, asker, uow, ports), uow, ports)


async def form_for(initiative_id: str, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the form of the newest check-in about an initiative that `asker` may answer, those without answer first."""
    newest = await uow.check_ins.newest_prompts_about(initiative_id)
    for prompt in sorted(newest, key=lambda each: (each.cycle, each.state not in ANSWERED), reverse=True):
        try:
            check_in = await load(prompt.id, asker, uow, ports)
        except UserError:
            continue  # another role's prompt, or one of a closed cycle
        return await _form(check_in, uow, ports)
    raise UserError(await _none_open(uow, ports))


async def _form(check_in: CheckIn, uow: UnitOfWork, ports: Ports) -> Reply:
    current = check_in.current
    other = current and current.responder_id != check_in.asker.id
    notice = await who_answered(check_in, uow) if other else ""
    return OpenForm(words.form(asking(check_in, ports, notice)))


async def who_answered(check_in: CheckIn, uow: UnitOfWork) -> str:
    """Return the remark that somebody has answered already, by name and time."""
    current = check_in.current
    if current is None:
        return ""
    other = await uow.people.get(current.responder_id)
    zone = zone_of(check_in.organisation, check_in.asker)
    return words.answered_meanwhile(other.name if other else words.SOMEBODY, current.submitted_at, zone)


async def list_open(asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Return the list of `asker`'s check-ins in the newest cycle they are asked in."""
    now = ports.clock.now()
    for cycle in await uow.check_ins.newest_cycles(2):
        if now < cycle.answers_until:
            shown = await listing(asker, cycle.key, uow, ports)
            if shown.items:
                return Say(lists.listing(shown))
    return Say(sentence(await _none_open(uow, ports)))


async def _none_open(uow: UnitOfWork, ports: Ports) -> str:
    organisation = await the_organisation(uow)
    zone, policy = zone_of(organisation), ports.policy.cadence
    calendar = organisation_calendar(organisation, ports.holidays)
    return words.none_open(opens_next(ports.clock.now(), calendar, zone, policy), zone)


async def listing(person: Person, cycle: str, uow: UnitOfWork, ports: Ports, page: int = 0) -> lists.Listing:
    """Return every check-in of a person and cycle as the message lists them, but cancelled and excused ones."""
    return await _list(await _listed(person, cycle, uow), await _blank(person, cycle, uow, ports, page), uow, ports)


async def reminder(person: Person, cycle: str, number: int, uow: UnitOfWork, ports: Ports) -> lists.Listing:
    """Return what reminder `number` (1 or 2) lists: every check-in still open, at the first those not snoozed."""
    waiting = [
        prompt
        for prompt in await _listed(person, cycle, uow)
        if prompt.state in OPEN and not (prompt.snoozed and number == 1)
    ]
    blank = await _blank(person, cycle, uow, ports, 0)
    return await _list(waiting, replace(blank, reminder=number), uow, ports)


async def _blank(person: Person, cycle: str, uow: UnitOfWork, ports: Ports, page: int) -> lists.Listing:
    zone = zone_of(await the_organisation(uow), person)
    per_page = ports.policy.check_ins.shown_per_page
    stored = await uow.check_ins.cycle(cycle)
    closed = stored is not None and ports.clock.now() >= stored.answers_until
    return lists.Listing(cycle=cycle, items=(), zone=zone, page=page, per_page=per_page, closed=closed)


async def _list(prompts: Sequence[Prompt], blank: lists.Listing, uow: UnitOfWork, ports: Ports) -> lists.Listing:
    """Return the listing with its items, of which only those on the page know their past."""
    initiatives = await uow.initiatives.many(prompt.initiative_id for prompt in prompts)
    page = min(max(blank.page, 0), max(0, (len(prompts) - 1) // blank.per_page))
    items = [lists.Item(p, initiatives[p.initiative_id].key, initiatives[p.initiative_id].name) for p in prompts]
    first = page * blank.per_page
    shown = prompts[first : first + blank.per_page]
    values, offered = await values_due(shown, initiatives, uow, ports), await _offered(shown, uow)
    for n, prompt in enumerate(shown, first):
        item = await _item(prompt, initiatives[prompt.initiative_id], values[prompt.id], uow, ports)
        items[n] = replace(item, offered_to=offered.get(prompt.id, ""))
    return replace(blank, items=tuple(items), page=page)


async def _offered(prompts: Sequence[Prompt], uow: UnitOfWork) -> dict[str, str]:
    """Return, by prompt, the name of whom its holder has proposed the role to and who has not answered."""
    names = {}
    assignments = await uow.ownership.of({prompt.initiative_id for prompt in prompts})
    for each in assignments:
        if each.state is AssignmentState.PROPOSED and each.handover_from:
            place = (each.initiative_id, each.role, each.handover_from)
            nominee = await uow.people.get(each.person_id)
            names[place] = nominee.name if nominee else ""
    return {p.id: names.get((p.initiative_id, p.role, p.person_id), "") for p in prompts}


async def _listed(person: Person, cycle: str, uow: UnitOfWork) -> Sequence[Prompt]:
    states = OPEN | ANSWERED
    return [prompt for prompt in await uow.check_ins.prompts_of(person.id, cycle) if prompt.state in states]


async def listing_with(check_in: CheckIn, uow: UnitOfWork, ports: Ports) -> lists.Listing:
    """Return the page of the asker's list that shows this check-in."""
    ids = [prompt.id for prompt in await _listed(check_in.asker, check_in.cycle.key, uow)]
    place = ids.index(check_in.prompt.id) if check_in.prompt.id in ids else 0
    page = place // ports.policy.check_ins.shown_per_page
    return await listing(check_in.asker, check_in.cycle.key, uow, ports, page)


async def _item(prompt: Prompt, initiative: Initiative, values: ValuesDue, uow: UnitOfWork, ports: Ports) -> lists.Item:
    most = ports.policy.check_ins.most_unchanged_in_a_row
    before = await uow.check_ins.answers_before(prompt.initiative_id, prompt.role, prompt.cycle, most)
    past = [answered for answered, _ in before]
    return lists.Item(
        prompt=prompt,
        key=initiative.key,
        name=initiative.name,
        last=past[0].rag if past else None,
        may_repeat=repeat_refusal(prompt, past, initiative, values, ports) is None,
    )


def repeat_refusal(
    prompt: Prompt, before: Sequence[Prompt], initiative: Initiative, values: ValuesDue, ports: Ports
) -> str | None:
    """Return why “No material change” cannot be the answer here, None when it can."""
    possible = possible_questions(prompt, initiative, values, ports)
    value_due = any(question.purpose is Purpose.VALUE for question in possible)
    on_hold = initiative.lifecycle is Lifecycle.ON_HOLD
    most = ports.policy.check_ins.most_unchanged_in_a_row
    return unchanged_refusal(prompt, before, most, value_due=value_due or on_hold)


async def turn_page(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Show another page of the list in the same message."""
    cycle, _, page = pressed.value.partition(":")
    shown = await listing(asker, cycle, uow, ports, int(page) if page.isdecimal() and len(page) < 6 else 0)
    if not shown.items:
        raise UserError(words.UNKNOWN)
    return Replace(lists.listing(shown))


async def snooze(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Leave a check-in out of the first reminder, once."""
    check_in = await load(pressed.value, asker, uow, ports)
    prompt = check_in.prompt
    if prompt.state in ANSWERED:
        raise UserError(words.ANSWERED_BEFORE)
    if prompt.snoozed:
        raise UserError(words.SNOOZED_BEFORE)
    if ports.clock.now() >= prompt.due_at:
        raise UserError(words.DUE_NOW)
    await uow.check_ins.save_prompts([replace(prompt, snoozed=True)])
    uow.events.record(event(check_in, "checkin.snoozed", ports))
    await refresh_message(prompt, "snoozed", uow, ports)
    return Replace(lists.listing(await listing_with(check_in, uow, ports)))


async def refresh_message(prompt: Prompt, key: str, uow: UnitOfWork, ports: Ports) -> None:
    """Plan the update in place of the messages that list this prompt; what they say is composed when it is sent."""
    now = ports.clock.now()
    row = planned(
        DeliveryKind.CHECKIN_UPDATE,
        prompt.cycle,
        prompt.person_id,
        prompt.id,
        key,
        to=prompt.person_id,
        not_before=now,
        expires_at=now + UPDATED_WITHIN,
    )
    await uow.deliveries.add_once([row])


async def cancel_open(initiative_id: str, reason: str, uow: UnitOfWork, ports: Ports) -> int:
    """Cancel what still asks about an initiative that is closed or on hold (I-30), not the misses; return how many."""
    waiting = (PromptState.SCHEDULED, PromptState.SENT)
    await settle_closed(initiative_id, uow, ports)
    prompts = [each for each in await uow.check_ins.open_prompts_about(initiative_id) if each.state in waiting]
    if not prompts:
        return 0
    now = ports.clock.now()
    await uow.check_ins.save_prompts(replace(p, state=PromptState.CANCELLED, excused_reason=reason) for p in prompts)
    for prompt in prompts:
        await refresh_message(prompt, f"cancelled:{now.isoformat()}", uow, ports)
    uow.events.record(
        Event(
            at=now,
            action="checkins.cancelled",
            entity="initiative",
            entity_id=initiative_id,
            facts={"count": len(prompts), "ids": stable_id(*sorted(prompt.id for prompt in prompts)), "reason": reason},
        )
    )
    return len(prompts)
