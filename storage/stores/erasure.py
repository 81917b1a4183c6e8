"""Taking one person out of every table; rows stay where they count, names and words go."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, and_, delete, func, or_, select, type_coerce

from bot.domain.deliveries import WAITING, DeliveryState
from bot.domain.ids import PersonId
from storage.stores.gates.words import ABOUT_GATES, OWN_AT_GATES
from storage.stores.unit import Unit, table_of
from storage.tables.check_ins import CommitmentRow, PromptRow, RaidRow, ResponseRow
from storage.tables.deliveries import DeliveryRow, DigestRow, PacingRow
from storage.tables.events import AuditPersonalRow, AuditRow
from storage.tables.initiatives import InitiativeRow
from storage.tables.people import AbsenceRow, HandleRow, LinkCodeRow

RESPONSE, PROMPT, COMMITMENT, RAID = (table_of(row) for row in (ResponseRow, PromptRow, CommitmentRow, RaidRow))
DELIVERY, DIGEST, PACING = table_of(DeliveryRow), table_of(DigestRow), table_of(PacingRow)
AUDIT, PERSONAL, INITIATIVE = table_of(AuditRow), table_of(AuditPersonalRow), table_of(InitiativeRow)
HANDLE, LINK_CODE, ABSENCE = table_of(HandleRow), table_of(LinkCodeRow), table_of(AbsenceRow)
OTHERS_WORDS: tuple["Column[Any]", ...] = (
    RESPONSE.c.answers,
    COMMITMENT.c.text,
    RAID.c.title,
    *(INITIATIVE.c[name] for name in ("problem", "use_case", "user_group", "closing_note", "source")),
    *ABOUT_GATES,
)
"""Columns in which others may have named somebody."""
Change = Callable[[Any], Any]


class SqlErasures:
    """`bot.stores.Erasures` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def texts_of(self, person_id: PersonId) -> list[str]:
        """Return the promises a person made and the blockers and asks they raised."""
        mine = (
            select(COMMITMENT.c.text).where(COMMITMENT.c.person_id == person_id),
            select(RAID.c.title).where(RAID.c.owner_id == person_id),
            select(INITIATIVE.c.closing_note).where(INITIATIVE.c.closed_by == person_id),
        )
        found = [text for statement in mine for text in (await self._unit.execute(statement)).scalars()]
        return list(dict.fromkeys(text for text in found if text))

    async def answers_of(self, person_id: PersonId) -> dict[str, Mapping[str, Any]]:
        """Return the answers a person gave, by response."""
        mine = select(RESPONSE.c.id, RESPONSE.c.answers).where(RESPONSE.c.responder_id == person_id)
        return {row.id: row.answers for row in await self._unit.execute(mine)}

    async def put_answers(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        """Store changed answers, by response."""
        for response_id, given in answers.items():
            await self._unit.change(RESPONSE, RESPONSE.c.id == response_id, answers=dict(given))

    async def blank_texts(self, person_id: PersonId, word: str) -> int:
        """Put `word` in the place of a person's promises, blockers, asks and closing notes; return how many."""
        changed = 0
        for owner, text in (
            (COMMITMENT.c.person_id, COMMITMENT.c.text),
            (RAID.c.owner_id, RAID.c.title),
            (INITIATIVE.c.closed_by, INITIATIVE.c.closing_note),
            *OWN_AT_GATES,
        ):
            mine = and_(owner == person_id, text.not_in(["", word]))
            touched = text.table.c.get("initiative_id", INITIATIVE.c.id)
            self._unit.touched.update((await self._unit.execute(select(touched).where(mine))).scalars())
            changed += await self._unit.change(text.table, mine, **{text.name: word})
        return changed

    async def drop_accounts(self, person_id: PersonId) -> int:
        """Delete a person's accounts with the pacing of their conversations, codes and absences; return how many."""
        handles = (await self._unit.execute(select(HANDLE).where(HANDLE.c.person_id == person_id))).all()
        keys = [f"{handle.platform}:{handle.conversation}" for handle in handles]
        await self._unit.execute(delete(PACING).where(PACING.c.key.in_(keys)))
        await self._unit.change(ABSENCE, ABSENCE.c.delegate_id == person_id, delegate_id=None)
        gone = 0
        for table in (HANDLE, LINK_CODE, ABSENCE):
            gone += (await self._unit.execute(delete(table).where(table.c.person_id == person_id))).rowcount
        return gone

    async def drop_messages(self, person_id: PersonId, reason: str) -> int:
        """Drop what waits to be sent to a person, and forget where messages to them stand; return how many waited."""
        mine = DELIVERY.c.person_id == person_id
        waiting = and_(mine, DELIVERY.c.state.in_([state.value for state in WAITING]))
        superseded = DeliveryState.SUPERSEDED.value
        dropped = await self._unit.change(DELIVERY, waiting, state=superseded, reason=reason, lease_owner="")
        await self._unit.change(DELIVERY, mine, ref=None, address=None)
        return dropped

    async def drop_audit_words(self, person_id: PersonId, names: tuple[str, ...]) -> int:
        """Delete the words beside the audit chain that are a person's or name them; the chain stays whole."""
        a, words = AUDIT.c, type_coerce(PERSONAL.c.words, Text)
        theirs = select(a.seq).where(or_(a.actor_id == person_id, and_(a.entity == "person", a.entity_id == person_id)))
        naming = [words.contains(_in_json(name), autoescape=True) for name in names]
        return (await self._unit.execute(delete(PERSONAL).where(or_(PERSONAL.c.seq.in_(theirs), *naming)))).rowcount

    async def rename_in_words(self, names: tuple[str, ...], former: str) -> int:
        """Put `former` in the place of a person's names in what others wrote; return how many texts changed."""
        changed = 0
        for column in OTHERS_WORDS:
            for name in names:
                changed += await self._rename(column, name, former)
        return changed

    async def _rename(self, column: "Column[Any]", name: str, former: str) -> int:
        table = column.table
        is_json = not isinstance(column.type, Text) and column.name in ("answers", "source")
        said: ColumnElement[str] = type_coerce(column, Text)
        written = _in_json(name) if is_json else name
        naming = said.contains(written, autoescape=True)
        touched = table.c.get("initiative_id")
        if touched is not None or table is INITIATIVE:
            ids = select(INITIATIVE.c.id if touched is None else touched).where(naming)
            self._unit.touched.update((await self._unit.execute(ids)).scalars())
        return await self._unit.change(table, naming, **{column.name: func.replace(said, written, former)})

    async def change_digests(self, change: Change) -> int:
        """Let `change` rewrite the content of every digest; return how many changed."""
        changed = 0
        for row in (await self._unit.execute(select(DIGEST.c.id, DIGEST.c.content))).all():
            content = json.loads(row.content)
            if (after := change(content)) != content:
                words = json.dumps(after, ensure_ascii=False)
                changed += await self._unit.change(DIGEST, DIGEST.c.id == row.id, content=words)
        return changed


def _in_json(text: str) -> str:
    """Return a text as it stands within a string of stored JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
