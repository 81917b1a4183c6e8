"""What other parts of the product record and gates rest on, as far as it is recorded."""

from bot.domain.gates.measured import Measured
from bot.domain.initiatives import Initiative
from bot.domain.raid import RaidKind, Severity
from bot.stores import UnitOfWork


async def measured_of(initiative: Initiative, uow: UnitOfWork) -> Measured:
    """Return what is recorded of an initiative besides its gates: so far its risks and blockers."""
    raids = await uow.raids.open_of(initiative.id)
    critical = [one for one in raids if one.severity is Severity.CRITICAL and one.kind is RaidKind.RISK]
    return Measured(critical_risks=len(critical))
