"""One flow, one transaction: the stores of a unit of work share a connection and are committed together."""

from types import TracebackType
from typing import Self

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import projection
from storage.engine import Database, hold_schema
from storage.failures import translated
from storage.stores.check_ins import SqlCheckIns
from storage.stores.commitments import SqlCommitments
from storage.stores.deliveries import SqlDeliveries
from storage.stores.digests import SqlDigests, SqlInbox
from storage.stores.erasure import SqlErasures
from storage.stores.escalations import SqlEscalations
from storage.stores.events import SqlEvents
from storage.stores.gates.gates import SqlGates
from storage.stores.initiatives import SqlInitiatives, SqlOwnership
from storage.stores.people import SqlPeople
from storage.stores.raids import SqlRaids
from storage.stores.replicas import SqlReplicas
from storage.stores.unit import Unit


class SqlUnitOfWork:
    """The unit of work over SQL; enter it, use its stores, commit; leaving without commit undoes everything."""

    people: SqlPeople
    initiatives: SqlInitiatives
    ownership: SqlOwnership
    check_ins: SqlCheckIns
    commitments: SqlCommitments
    raids: SqlRaids
    gates: SqlGates
    escalations: SqlEscalations
    deliveries: SqlDeliveries
    digests: SqlDigests
    events: SqlEvents
    inbox: SqlInbox
    erasures: SqlErasures
    replicas: SqlReplicas

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection

    async def __aenter__(self) -> Self:
        """Begin the transaction."""
        with translated():
            self._connection = await self._database.writer.connect()
            try:
                await self._connection.begin()
                await hold_schema(self._connection)
            except BaseException:
                await self._connection.close()
                raise
        self._unit = Unit(self._connection)
        self.people = SqlPeople(self._unit)
        self.initiatives = SqlInitiatives(self._unit)
        self.ownership = SqlOwnership(self._unit)
        self.check_ins = SqlCheckIns(self._unit)
        self.commitments = SqlCommitments(self._unit)
        self.raids = SqlRaids(self._unit)
        self.gates = SqlGates(self._unit)
        self.escalations = SqlEscalations(self._unit)
        self.deliveries = SqlDeliveries(self._unit)
        self.digests = SqlDigests(self._unit)
        self.events = SqlEvents(self._unit)
        self.inbox = SqlInbox(self._unit)
        self.erasures = SqlErasures(self._unit)
        self.replicas = SqlReplicas(self._unit)
        return self

    async def commit(self) -> None:
        """Chain the events, refresh the status rows of the initiatives touched, and commit."""
        with translated():
            await self.events.chain()
            await projection.refresh(self._unit)
            await self._connection.commit()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Undo what was not committed and give the connection back; raise Unavailable when the database was lost."""
        with translated():
            try:
                await self._connection.rollback()
            finally:
                await self._connection.close()
            if isinstance(error, DBAPIError):
                raise error
