"""`/ai-status`: names resolved in memory, one statement for who asks and what is stored, rights before words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.cadence import open_window, opens_next
from bot.domain.calendar import local_date, week_of
from bot.domain.checkins import Rag
from bot.domain.events import ActorKind, Event
from bot.domain.initiatives import Lifecycle
from bot.domain.names import CLOSED, Closest, Entry, Found, Several, nearest
from bot.domain.ownership import OWNER_ROLES
from bot.domain.people import Access, Data, OrgRole, Person, Viewer, Visibility, leads, readable
from bot.domain.status import InitiativeStatus, seen_in
from bot.errors import Unavailable, UserError
from bot.flows import checkins
from bot.flows.calendars import organisation_calendar, zone_of
from bot.flows.lookups import Question, question_of, resolve, scored
from bot.messages import names as name_words
from bot.messages import status as words
from bot.messages.model import Action, Message
from bot.messages.words import sentence
from bot.ports import (
    ActionPressed,
    Audience,
    Command,
    FormErrors,
    FormSubmitted,
    Match,
    Matches,
    OpenForm,
    Ports,
    Replace,
    Reply,
    Say,
    Searched,
    WhoAreYou,
)
from bot.stores import UnitOfWork

LIST = re.compile(rf"(?P<which>{'|'.join(name_words.TITLES)})(?: (?P<page>[1-9][0-9]{{0,3}}))?", re.IGNORECASE)
ABOUT = re.compile(r"(?P<name>.+?) (?P<part>history|gate(?: g[0-9]+)?)", re.IGNORECASE)
OWNERS = frozenset(role.value for role in OWNER_ROLES)
SEES_ALL = frozenset({OrgRole.PORTFOLIO_LEAD, OrgRole.EXECUTIVE})
MOST_UNRECORDED = 1000


@dataclass(frozen=True, slots=True)
class Opened:
    """An initiative its viewer may read: the status, what of it they may read, and when it was read in an outage."""

    status: InitiativeStatus
    rights: frozenset[Data]
    read_at: datetime | None = None


async def show(asked: Command, ports: Ports) -> Reply:
    """Answer `/ai-status` with whatever follows it: to all who read along only what anybody may know of one name."""
    question = await question_of(asked.sender, asked.text, ports)
    if question is None:
        return WhoAreYou()
    shared = await _for_everyone(question, ports) if asked.public and _is_a_name(question) else None
    return shared or Say(await describe(question, ports))


def _is_a_name(question: Question) -> bool:
    """Return whether the words can only be an initiative's, not those of a list, of help or of a part of it."""
    text = question.text
    return bool(text) and text.casefold() != "help" and not LIST.fullmatch(text) and not ABOUT.fullmatch(text)


async def _for_everyone(question: Question, ports: Ports) -> Say | None:
    """Return what anybody may know of the initiative named, None where the answer is for the asker alone."""
    resolution = await resolve(question.text, question.viewer, await ports.reads.catalogue(), ports)
    if not isinstance(resolution, Found) or resolution.entry.access.visibility is Visibility.RESTRICTED:
        return None
    shared = replace(question, shared=True)
    opened = await _opened(resolution.entry, shared, ports)
    return Say(words.initiative(await _shown(opened, shared, ports)), Audience.EVERYONE) if opened else None


async def ask_name(_pressed: ActionPressed, _ports: Ports) -> Reply:
    """Open the form that looks an initiative up."""
    return OpenForm(name_words.look_up_form())


async def look_up(sent: FormSubmitted, ports: Ports) -> Reply:
    """Answer the form that looks an initiative up, as `/ai-status` answers the same words."""
    question = await question_of(sent.sender, str(sent.values.get(name_words.INITIATIVE, "")), ports)
    if question is None:
        return WhoAreYou()
    if not question.text:
        return FormErrors(name_words.look_up_form(), {name_words.INITIATIVE: name_words.NAME_NEEDED})
    return Say(await describe(question, ports))


async def search(typed: Searched, ports: Ports) -> Reply:
    """Return the initiatives that match the beginning of a name, those that the asker may see and show to others."""
    question = await question_of(typed.sender, typed.text, ports)
    if question is None:
        return WhoAreYou()
    catalogue, policy = await ports.reads.catalogue(), ports.policy.names
    found = catalogue.beginning(question.text, question.viewer, policy)
    if not found:
        found = nearest(await scored(question.text, catalogue, ports), question.viewer, policy)
    return Matches(tuple(Match(entry.key, entry.name, name_words.about(entry)) for entry in found))


async def press(pressed: ActionPressed, ports: Ports) -> Reply:
    """Answer a button under a status: another initiative, its history, a list, or sharing it with the channel."""
    question = await question_of(pressed.sender, pressed.value, ports)
    if question is None:
        return WhoAreYou()
    match pressed.action:
        case Action.STATUS_SHARE:
            return await _share(replace(question, shared=True), ports)
        case Action.STATUS_HISTORY:
            return Say(await _named(question, ports, history=True))
        case Action.STATUS_LIST if " " in question.text:
            return Replace(await describe(question, ports))
        case _:
            return Say(await describe(question, ports))


async def _share(question: Question, ports: Ports) -> Reply:
    """Show everybody in the conversation what anybody may know of an initiative that the asker may read."""
    resolution = await resolve(question.text, question.viewer, await ports.reads.catalogue(), ports)
    opened = await _opened(resolution.entry, question, ports) if isinstance(resolution, Found) else None
    if opened is None:
        return Say(name_words.unknown(question.text))
    if opened.status.access.visibility is Visibility.RESTRICTED:
        return Say(sentence(words.NOT_SHARED))
    return Say(words.initiative(await _shown(opened, question, ports)), Audience.EVERYONE)


async def describe(question: Question, ports: Ports) -> Message:
    """Return the answer to a question as its viewer may see it."""
    text, catalogue = question.text, await ports.reads.catalogue()
    if not text:
        mine = await _listed("mine", question, ports)
        return await _list("mine" if mine else "portfolio", 0, question, ports)
    if catalogue.has_name(text, question.viewer):
        return await _named(question, ports)
    if asked := LIST.fullmatch(text):
        return await _list(asked["which"].casefold(), int(asked["page"] or 1) - 1, question, ports)
    if text.casefold() == "help":
        return name_words.usage()
    if about := ABOUT.fullmatch(text):
        history = about["part"].casefold() == "history"
        return await _named(replace(question, text=about["name"]), ports, history=history, gates=not history)
    return await _named(question, ports)


async def _named(question: Question, ports: Ports, *, history: bool = False, gates: bool = False) -> Message:
    catalogue = await ports.reads.catalogue()
    resolution = await resolve(question.text, question.viewer, catalogue, ports)
    if isinstance(resolution, Several):
        return await _several(resolution, question, ports)
    if isinstance(resolution, Closest):
        record_restricted((entry.access for entry in resolution.entries), question, ports)
        return name_words.closest(question.text, resolution)
    opened = await _opened(resolution.entry, question, ports) if isinstance(resolution, Found) else None
    if opened is None:
        return name_words.unknown(question.text)
    zone = zone_of(await ports.reads.organisation())
    if not opened.status.existed:
        return sentence(words.not_registered(opened.status.initiative.key, question.as_of or question.now, zone))
    if gates:
        return sentence(words.NO_GATES)
    if history:
        return words.history(opened.status, question.as_of or question.now, zone)
    return words.initiative(await _shown(opened, question, ports))


async def _several(found: Several, question: Question, ports: Ports) -> Message:
    record_restricted((entry.access for entry in found.entries), question, ports)
    if question.outage:
        return name_words.several(question.text, found, {})
    statuses = await _statuses([entry.access.initiative_id for entry in found.entries], question, ports)
    return name_words.several(question.text, found, {status.initiative.id: status for status in statuses})


async def _opened(entry: Entry, question: Question, ports: Ports) -> Opened | None:
    """Return an initiative if its viewer may read it, the reading recorded where that is asked for."""
    read_at = None
    initiative_id = entry.access.initiative_id
    if question.outage:
        if initiative_id not in ports.last_known.statuses:
            raise Unavailable(words.UNAVAILABLE)
        read_at, status = ports.last_known.statuses[initiative_id]
        found = [status]
    elif question.known and question.known.initiative.id == initiative_id and question.as_of is None:
        found = [question.known]
    else:
        found = await ports.reads.statuses([initiative_id], question.as_of)
    rights = readable(question.viewer, found[0].access) if found else frozenset()
    if Data.SUMMARY not in rights:
        return None
    record_restricted([found[0].access], question, ports)
    if question.as_of is None and not question.outage:
        ports.last_known.remember_status(found[0], question.now)
    week = await _week(question, ports)
    return Opened(_seen(found[0], week, question), rights, read_at)


async def _week(question: Question, ports: Ports) -> str:
    return week_of(local_date(question.as_of or question.now, zone_of(await ports.reads.organisation())))


def _seen(status: InitiativeStatus, week: str, question: Question) -> InitiativeStatus:
    return seen_in(status, week, by_owner=question.shared or _owns(question.viewer, status.access))


def _owns(viewer: Viewer, access: Access) -> bool:
    return not OWNERS.isdisjoint(access.roles.get(viewer.person_id, ()))


async def _shown(opened: Opened, question: Question, ports: Ports) -> words.Shown:
    organisation = await ports.reads.organisation()
    zone = zone_of(organisation)
    now = question.as_of or question.now
    opens_at, window = None, None
    if opened.status.initiative.lifecycle is Lifecycle.ACTIVE:
        when = (now, organisation_calendar(organisation, ports.holidays), zone, ports.policy.cadence)
        window, opens_at = open_window(*when), opens_next(*when)
    viewer, access = question.viewer, opened.status.access
    owns = _owns(viewer, access)
    return words.Shown(
        status=opened.status,
        rights=frozenset({Data.SUMMARY}) if question.shared else opened.rights,
        now=now,
        zone=zone,
        opens_at=opens_at,
        window=window,
        viewer_id="" if question.shared else viewer.person_id,
        mine=owns,
        answerable=owns and await _answerable(question, access, ports),
        may_resolve=owns or leads(viewer, access.portfolio_id),
        shared=question.shared,
        read_at=opened.read_at,
        asked_at=question.now if question.as_of else None,
    )


async def _answerable(question: Question, access: Access, ports: Ports) -> bool:
    """Return whether one who owns a part of an initiative has a check-in of it to answer, or still to change."""
    if question.shared or question.outage or question.as_of:
        return False
    roles = access.roles.get(question.viewer.person_id, frozenset())
    return await ports.reads.answerable(access.initiative_id, roles, question.now)


def record_restricted(accesses: Iterable[Access], question: Question, ports: Ports) -> None:
    """Queue an audit event for each restricted initiative that is read; refuse the reading when the queue is full."""
    restricted = [access.initiative_id for access in accesses if access.visibility is Visibility.RESTRICTED]
    if len(ports.read_audit) + len(restricted) > MOST_UNRECORDED:
        raise UserError(words.AUDIT_FULL)
    kind = ActorKind.SYSTEM if question.viewer.operator else ActorKind.PERSON
    ports.read_audit.extend(
        Event(
            at=question.now,
            action="status.read",
            entity="initiative",
            entity_id=initiative_id,
            actor_kind=kind,
            actor_id=question.viewer.person_id,
        )
        for initiative_id in restricted
    )


async def _list(which: str, page: int, question: Question, ports: Ports) -> Message:
    if question.outage:
        raise Unavailable(words.UNAVAILABLE)
    ids = await _listed(which, question, ports)
    if question.as_of is not None:
        ids = [status.initiative.id for status in await _statuses(ids, question, ports)]
    most = name_words.SHOWN_PER_PAGE
    page = max(0, min(page, (len(ids) - 1) // most))
    statuses = await _statuses(ids[page * most : (page + 1) * most], question, ports)
    record_restricted((status.access for status in statuses), question, ports)
    title = name_words.TITLES[which]
    back = question.as_of is not None
    return name_words.listing(
        name_words.Listing(title=title, which=which, statuses=statuses, total=len(ids), page=page, looking_back=back)
    )


async def _statuses(ids: list[str], question: Question, ports: Ports) -> list[InitiativeStatus]:
    """Return the statuses of some initiatives in the order asked for, each as the viewer may see it."""
    week = await _week(question, ports)
    found = {status.initiative.id: status for status in await ports.reads.statuses(ids, question.as_of)}
    return [
        _seen(status, week, question)
        for one in ids
        if (status := found.get(one)) and status.existed and readable(question.viewer, status.access)
    ]


async def _listed(which: str, question: Question, ports: Ports) -> list[str]:
    """Return the ids on a list, those stopped and retired last."""
    viewer, catalogue = question.viewer, await ports.reads.catalogue()
    if which == "mine":
        mine = [entry for entry in catalogue.entries if viewer.person_id in entry.access.roles]
        return [entry.access.initiative_id for entry in sorted(mine, key=lambda entry: entry.lifecycle in CLOSED)]
    seen = [entry for entry in catalogue.seen_by(viewer) if entry.lifecycle not in CLOSED]
    ids = [entry.access.initiative_id for entry in seen]
    if which == "portfolio":
        return ids
    if which == "red":
        wanted = await _reported_red([entry.access for entry in seen], question, ports)
    else:
        everybody = viewer.operator or viewer.leads or viewer.executive_of or not SEES_ALL.isdisjoint(viewer.org_roles)
        wanted = await ports.reads.waiting("" if everybody else viewer.person_id)
    return [one for one in ids if one in wanted]


async def _reported_red(seen: Iterable[Access], question: Question, ports: Ports) -> set[str]:
    """Return the initiatives of which the viewer may know that they were reported Red: owners not yet of their own."""
    now = question.as_of is None
    in_doubt = [access.initiative_id for access in seen if not now or _owns(question.viewer, access)]
    statuses = await _statuses(in_doubt, question, ports)
    red = {each.initiative.id for each in statuses if each.declared and each.declared[-1][1] is Rag.RED}
    return red | (await ports.reads.reported(Rag.RED) - set(in_doubt)) if now else red


async def update_now(pressed: ActionPressed, asker: Person, uow: UnitOfWork, ports: Ports) -> Reply:
    """Open the asker's check-in about an initiative."""
    initiative = await uow.initiatives.by_key(pressed.value)
    return await checkins.form_for(initiative.id if initiative else "", asker, uow, ports)
