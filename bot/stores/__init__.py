"""What the flows need stored: one protocol per aggregate, and the unit of work that holds them together."""

from bot.stores.check_ins import CheckIns, Commitments, Expected, Raids
from bot.stores.gates import Gates, Ledger, Shelf
from bot.stores.operating import Erasures, Replicas
from bot.stores.outbox import Deliveries, Digests, Escalations, Events, Inbox, StoredDigest
from bot.stores.people import Initiatives, Ownership, People
from bot.stores.unit import UnitOfWork

__all__ = [
    "CheckIns",
    "Commitments",
    "Deliveries",
    "Digests",
    "Erasures",
    "Escalations",
    "Events",
    "Expected",
    "Gates",
    "Inbox",
    "Initiatives",
    "Ledger",
    "Ownership",
    "People",
    "Raids",
    "Replicas",
    "Shelf",
    "StoredDigest",
    "UnitOfWork",
]
