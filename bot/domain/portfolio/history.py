"""Merging the past of a portfolio file: cycles, check-ins with their answers, commitments, blockers and asks."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.domain.cadence import Cycle
from bot.domain.calendar import local_instant
from bot.domain.checkins import ANSWERED, RAG_WORDS, Commitment, Prompt, PromptState, Rag, Response, prompt_id
from bot.domain.ids import InitiativeId, PersonId, PromptId, stable_id
from bot.domain.ownership import Role
from bot.domain.portfolio.content import Entry
from bot.domain.portfolio.merging import Merge
from bot.domain.portfolio.structure import own_fields
from bot.domain.questions import Purpose
from bot.domain.raid import Raid

FIRST_REVISION = 1


def merge_cycles(merge: Merge, entries: Iterable[Entry]) -> None:
    """Add cycles told in full; one that is stored stays as it is."""
    for entry in entries:
        merge.book.cycles.setdefault(entry.get("key"), Cycle(**own_fields(Cycle, entry.given)))


def merge_check_ins(merge: Merge, entries: Iterable[Entry]) -> None:
    """
    Add past check-ins; answers that are stored stay, unless the file's were sent in later (then they are a revision).

    What the file leaves out of a check-in follows from its cycle: when it was due, whether it came late or never.
    """
    for entry in entries:
        initiative_id, person_id = merge.initiative(entry), merge.person(entry, "person")
        cycle = _cycle(merge, entry)
        if initiative_id and person_id and cycle and _plausible(merge, entry):
            _merge_check_in(merge, entry, cycle, (initiative_id, person_id))


def _cycle(merge: Merge, entry: Entry) -> Cycle | None:
    week = entry.get("cycle")
    cycle = merge.book.cycles.get(week) or merge.planned_cycle(week)
    if cycle is None:
        if merge.organisation:
            merge.wrong(entry, "cycle", f"{week} has no check-in: too few days of it are worked")
        return None
    if cycle.opens_on > merge.today():
        merge.wrong(entry, "cycle", f"{week} has not begun: only what is past can be imported")
        return None
    merge.book.cycles[week] = cycle
    return cycle


def _plausible(merge: Merge, entry: Entry) -> bool:
    submitted_at, state = entry.get("submitted_at"), entry.get("state")
    if submitted_at is not None and submitted_at > merge.rules.at:
        merge.wrong(entry, "submitted_at", "lies in the future")
    elif submitted_at is None and (state in ANSWERED or entry.get("answers")):
        merge.wrong(entry, "submitted_at", "is missing: answers have a time at which they were sent in")
    elif submitted_at is not None and state is not None and state not in ANSWERED:
        merge.wrong(entry, "state", f"is {state}, and yet there is a time at which it was answered")
    else:
        return True
    return False


def _merge_check_in(merge: Merge, entry: Entry, cycle: Cycle, about: tuple[InitiativeId, PersonId]) -> None:
    initiative_id, person_id = about
    role: Role = entry.get("role")
    key = prompt_id(cycle.key, initiative_id, role)
    stored, answer = merge.book.prompts.get(key), merge.book.responses.get(key)
    submitted_at = entry.get("submitted_at")
    if answer and (submitted_at is None or submitted_at <= answer.submitted_at):
        return
    given = own_fields(Prompt, entry.given) | {"person_id": person_id}
    if entry.has("on_behalf_of"):
        given["on_behalf_of"] = merge.person(entry, "on_behalf_of")
    prompt = stored or _unanswered(merge, cycle, key, about, role)
    if submitted_at:
        next_revision = answer.revision + 1 if answer else FIRST_REVISION
        given = _answered(merge, entry, cycle) | given
        given["revision"] = max(next_revision, given.get("revision") or 0)
    prompt = replace(prompt, **given)
    merge.book.prompts[key] = prompt
    if submitted_at:
        merge.book.responses[key] = _response(merge, entry, cycle, prompt)


def _unanswered(merge: Merge, cycle: Cycle, key: PromptId, about: tuple[InitiativeId, PersonId], role: Role) -> Prompt:
    initiative_id, person_id = about
    zone, cadence = merge.zone(person_id), merge.rules.cadence
    return Prompt(
        id=key,
        cycle=cycle.key,
        initiative_id=initiative_id,
        role=role,
        person_id=person_id,
        due_at=local_instant(cycle.due_on, cadence.due_at, zone),
        sent_at=local_instant(cycle.opens_on, cadence.opens_at, zone),
        question_set=merge.rules.questions.version,
        state=PromptState.MISSED,
    )


def _answered(merge: Merge, entry: Entry, cycle: Cycle) -> dict[str, Any]:
    """Return what follows for a prompt from the answers to it."""
    submitted_at = entry.get("submitted_at")
    late = submitted_at >= cycle.closes_at
    found: dict[str, Any] = {
        "state": PromptState.ANSWERED_LATE if late else PromptState.ANSWERED,
        "answered_at": submitted_at,
    }
    for name, value in (entry.get("answers") or {}).items():
        question = merge.rules.questions.get(name)
        if question and question.purpose is Purpose.RAG and (rag := _rag(value)):
            found["rag"] = rag
        elif question and question.purpose is Purpose.CONFIDENCE and str(value).isdecimal():
            found["confidence"] = int(str(value))
    return found


def _rag(value: object) -> Rag | None:
    return RAG_WORDS.get(value.casefold()) if isinstance(value, str) else None


def _response(merge: Merge, entry: Entry, cycle: Cycle, prompt: Prompt) -> Response:
    submitted_at = entry.get("submitted_at")
    responder_id = merge.person(entry, "responder") or prompt.person_id
    holder_id = prompt.on_behalf_of or prompt.person_id
    return Response(
        id=stable_id(prompt.id, str(prompt.revision)),
        prompt_id=prompt.id,
        revision=prompt.revision,
        responder_id=responder_id,
        submitted_at=submitted_at,
        answers=dict(entry.get("answers") or {}),
        asked=dict(entry.get("asked") or {}),
        on_behalf_of=holder_id if holder_id != responder_id else None,
        late=submitted_at >= cycle.closes_at,
        unchanged=prompt.unchanged,
    )


def merge_commitments(merge: Merge, entries: Iterable[Entry]) -> None:
    """Add and change commitments, recognised by id, else by what was promised about which initiative and when."""
    known = {entry.get("id") for entry in entries} | set(merge.book.commitments)
    for entry in entries:
        initiative_id, person_id = merge.initiative(entry), merge.person(entry, "person")
        if initiative_id is None or person_id is None:
            continue
        role, made_at = entry.get("role"), entry.get("made_at")
        words = (str(role), entry.get("text"), str(entry.get("due")), made_at.isoformat())
        key = entry.get("id") or stable_id("commitment", initiative_id, *words)
        given = own_fields(Commitment, entry.given) | {"person_id": person_id}
        if entry.has("cycle"):
            given["prompt_id"] = made_in(merge, entry, initiative_id)
        if entry.has("rolled_from"):
            given["rolled_from_id"] = entry.get("rolled_from")
            if entry.get("rolled_from") not in known:
                merge.wrong(entry, "rolled_from", "is no commitment of this file or stored")
        stored = merge.book.commitments.get(key)
        fresh: dict[str, Any] = {"id": key, "initiative_id": initiative_id} | given
        merge.book.commitments[key] = replace(stored, **given) if stored else Commitment(**fresh)


def made_in(merge: Merge, entry: Entry, initiative_id: InitiativeId) -> PromptId | None:
    """Return the check-in an entry was made in, by its cycle and role."""
    cycle, role = entry.get("cycle"), entry.get("role")
    if cycle is None or role is None:
        return None
    key = prompt_id(cycle, initiative_id, role)
    if key not in merge.book.prompts and "check_ins" not in merge.broken:
        merge.wrong(entry, "cycle", f"there is no check-in of {cycle} for this role, neither in this file nor stored")
        return None
    return key


def merge_raids(merge: Merge, entries: Iterable[Entry]) -> None:
    """Add and change blockers and asks, recognised by id, else by title and when they were raised."""
    for entry in entries:
        initiative_id, owner_id = merge.initiative(entry), merge.person(entry, "owner")
        if initiative_id is None or owner_id is None:
            continue
        raised_at = entry.get("raised_at")
        key = entry.get("id") or stable_id("raid", initiative_id, entry.get("title"), raised_at.isoformat())
        given = own_fields(Raid, entry.given) | {"owner_id": owner_id}
        if entry.has("needs_from"):
            given["needs_from_id"] = merge.person(entry, "needs_from")
        if entry.has("cycle"):
            given["prompt_id"] = made_in(merge, entry, initiative_id)
        stored = merge.book.raids.get(key)
        fresh: dict[str, Any] = {"id": key, "initiative_id": initiative_id} | given
        merge.book.raids[key] = replace(stored, **given) if stored else Raid(**fresh)
