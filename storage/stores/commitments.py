"""Promises."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import and_, select

from bot.domain.checkins import Commitment, CommitmentState
from bot.domain.ids import InitiativeId, PromptId
from bot.domain.ownership import Role
from storage.stores.unit import Unit, table_of
from storage.tables.check_ins import CommitmentRow

COMMITMENT = table_of(CommitmentRow)
OPEN = COMMITMENT.c.state == CommitmentState.OPEN.value


class SqlCommitments:
    """`bot.stores.Commitments` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, commitment_id: str) -> Commitment | None:
        """Return a promise."""
        return await self._unit.one(Commitment, select(COMMITMENT).where(COMMITMENT.c.id == commitment_id))

    async def open_of(self, initiative_id: InitiativeId, role: Role) -> list[Commitment]:
        """Return the open promises of a role, the one due first leading."""
        mine = and_(COMMITMENT.c.initiative_id == initiative_id, COMMITMENT.c.role == role.value, OPEN)
        ordered = select(COMMITMENT).where(mine).order_by(COMMITMENT.c.due, COMMITMENT.c.id)
        return await self._unit.every(Commitment, ordered)

    async def made_in(self, prompt_id: PromptId) -> list[Commitment]:
        """Return the promises made in one check-in."""
        return await self._unit.every(Commitment, select(COMMITMENT).where(COMMITMENT.c.prompt_id == prompt_id))

    async def save(self, commitments: Iterable[Commitment]) -> None:
        """Store promises."""
        given = list(commitments)
        await self._unit.upsert(COMMITMENT, given)
        self._unit.touched.update(commitment.initiative_id for commitment in given)

    async def miss_due(self, until: date, at: datetime) -> int:
        """Mark every open promise due on or before `until` as missed; return how many."""
        due = and_(OPEN, COMMITMENT.c.due <= until)
        about = await self._unit.execute(select(COMMITMENT.c.initiative_id).where(due).distinct())
        self._unit.touched.update(about.scalars())
        return await self._unit.change(COMMITMENT, due, state=CommitmentState.MISSED.value, closed_at=at)

    async def erase_words(self, before: datetime) -> int:
        """Empty the words of promises closed before an instant; return how many."""
        return await self._unit.change(
            COMMITMENT, and_(COMMITMENT.c.closed_at < before, COMMITMENT.c.text != ""), text=""
        )

    async def all(self) -> list[Commitment]:
        """Return every promise."""
        return await self._unit.every(Commitment, select(COMMITMENT).order_by(COMMITMENT.c.due, COMMITMENT.c.id))
