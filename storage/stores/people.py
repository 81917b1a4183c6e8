"""The organisation, its people, their accounts and absences, its portfolios."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import and_, bindparam, delete, func, or_, select

from bot.domain.ids import PersonId
from bot.domain.people import Absence, Handle, HandleStatus, LinkCode, Organisation, Person, Portfolio
from storage.mapping import from_row, to_row
from storage.stores.unit import Unit, table_of
from storage.tables.initiatives import RoleAssignmentRow
from storage.tables.people import AbsenceRow, HandleRow, LinkCodeRow, OrganisationRow, PersonRow, PortfolioRow

ORGANISATION, PERSON, HANDLE = table_of(OrganisationRow), table_of(PersonRow), table_of(HandleRow)
LINK_CODE = table_of(LinkCodeRow)
ABSENCE, PORTFOLIO, ASSIGNMENT = table_of(AbsenceRow), table_of(PortfolioRow), table_of(RoleAssignmentRow)
BY_ID = select(PERSON).where(PERSON.c.id == bindparam("person"))


class SqlPeople:
    """`bot.stores.People` over SQL."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._organisation: Organisation | None = None

    async def organisation(self) -> Organisation | None:
        """Return the organisation, None before it is set up; read once in a unit of work."""
        if self._organisation is None:
            self._organisation = await self._unit.one(Organisation, select(ORGANISATION))
        return self._organisation

    async def save_organisation(self, organisation: Organisation) -> None:
        """Store the organisation."""
        self._organisation = None
        if not await self._unit.change(ORGANISATION, ORGANISATION.c.id == 1, **to_row(organisation)):
            await self._unit.execute(ORGANISATION.insert().values(id=1, **to_row(organisation)))

        self._unit.catalogue_changed = True

    async def get(self, person_id: PersonId) -> Person | None:
        """Return a person."""
        row = (await self._unit.connection.execute(BY_ID, {"person": person_id})).mappings().first()
        return from_row(Person, row) if row else None

    async def all(self) -> list[Person]:
        """Return everybody, by name."""
        return await self._unit.every(Person, select(PERSON).order_by(PERSON.c.name, PERSON.c.id))

    async def by_email(self, email: str) -> Person | None:
        """Return the person with this address, whatever its case."""
        return await self._unit.one(Person, select(PERSON).where(PERSON.c.email == email.lower()))

    async def by_handle(self, platform: str, tenant: str, user: str) -> Person | None:
        """Return whose account this is."""
        mine = (HANDLE.c.platform == platform) & (HANDLE.c.tenant == tenant) & (HANDLE.c.user == user)
        return await self._unit.one(Person, select(PERSON).join(HANDLE, HANDLE.c.person_id == PERSON.c.id).where(mine))

    async def save(self, people: Iterable[Person]) -> None:
        """Store people, their addresses in lower case, so that one address is one person."""
        given = [replace(person, email=person.email.lower()) if person.email else person for person in people]
        await self._unit.upsert(PERSON, given)
        ids = [person.id for person in given]
        if len(ids) <= 100:  # a large set is an import, which touches its initiatives itself
            held = select(ASSIGNMENT.c.initiative_id).where(ASSIGNMENT.c.person_id.in_(ids))
            self._unit.touched.update((await self._unit.execute(held)).scalars())
        self._unit.catalogue_changed = True

    async def handles(self, person_ids: Iterable[PersonId]) -> list[Handle]:
        """Return the accounts of some people."""
        return await self._unit.every_in(Handle, HANDLE, HANDLE.c.person_id, person_ids)

    async def save_handle(self, handle: Handle) -> None:
        """Store an account."""
        await self._unit.upsert(HANDLE, [handle])

    async def count_handles(self, platforms: Iterable[str]) -> int:
        """Return how many accounts there are on some platforms."""
        counted = select(func.count()).select_from(HANDLE).where(HANDLE.c.platform.in_(list(platforms)))
        return int((await self._unit.execute(counted)).scalar_one())

    async def take_unchecked(self, on: Iterable[str], before: datetime, at: datetime, limit: int) -> list[Handle]:
        """
        Return accounts on some platforms not looked for since `before`, longest ago first; marks them as looked for.

        They are those of active people, and those found deactivated, which may come back.
        """
        h = HANDLE.c
        mine = (
            select(HANDLE)
            .join(PERSON, PERSON.c.id == h.person_id)
            .where(
                h.platform.in_(list(on)),
                or_(h.checked_at.is_(None), h.checked_at < before),
                or_(PERSON.c.active, h.status == HandleStatus.DEACTIVATED.value),
            )
        )
        ordered = mine.order_by(h.checked_at.is_not(None), h.checked_at, h.platform, h.tenant, h.user).limit(limit)
        found = await self._unit.every(Handle, ordered.with_for_update(skip_locked=True, of=HANDLE))
        for handle in found:
            one = and_(h.platform == handle.platform, h.tenant == handle.tenant, h.user == handle.user)
            await self._unit.change(HANDLE, one, checked_at=at)
        return found

    async def save_link_code(self, code: LinkCode) -> None:
        """Store a code in the place of an earlier one of the same person."""
        await self._unit.execute(delete(LINK_CODE).where(LINK_CODE.c.person_id == code.person_id))
        await self._unit.add_records_once(LINK_CODE, [code])

    async def take_link_code(self, hash: str) -> LinkCode | None:
        """Return the code with this hash and forget it; of two who take it at once only one gets it."""
        mine = LINK_CODE.c.hash == hash
        found = await self._unit.one(LinkCode, select(LINK_CODE).where(mine).with_for_update())
        taken = (await self._unit.execute(delete(LINK_CODE).where(mine))).rowcount
        return found if taken else None

    async def forget_link_codes(self, expired_before: datetime) -> int:
        """Delete the codes that expired before an instant; return how many."""
        return (await self._unit.execute(delete(LINK_CODE).where(LINK_CODE.c.expires_at < expired_before))).rowcount

    async def absences(self, person_ids: Iterable[PersonId], first: date, last: date) -> list[Absence]:
        """Return the absences of some people that touch the days from `first` to `last`."""
        found = await self._unit.every_in(Absence, ABSENCE, ABSENCE.c.person_id, person_ids)
        return [absence for absence in found if absence.first <= last and first <= absence.last]

    async def absence(self, absence_id: str) -> Absence | None:
        """Return an absence."""
        return await self._unit.one(Absence, select(ABSENCE).where(ABSENCE.c.id == absence_id))

    async def save_absences(self, absences: Iterable[Absence]) -> None:
        """Store absences."""
        await self._unit.upsert(ABSENCE, absences)

    async def remove_absences(self, absence_ids: Iterable[str]) -> None:
        """Delete absences that are not to be."""
        await self._unit.execute(delete(ABSENCE).where(ABSENCE.c.id.in_(list(absence_ids))))

    async def portfolios(self) -> list[Portfolio]:
        """Return every portfolio, by key."""
        return await self._unit.every(Portfolio, select(PORTFOLIO).order_by(PORTFOLIO.c.key))

    async def save_portfolio(self, portfolio: Portfolio) -> None:
        """Store a portfolio."""
        await self._unit.upsert(PORTFOLIO, [portfolio])
        self._unit.catalogue_changed = True
