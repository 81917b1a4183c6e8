"""A gate on every platform: charter, a criterion agreed, evidence shown and signed, submitted and decided."""

from bot.domain.initiatives import Stage
from bot.domain.ownership import Role
from storage.unit_of_work import SqlUnitOfWork
from tests.builders import a_portfolio, an_assignment, an_initiative, store
from tests.e2e.harness import World
from tests.e2e.people import ANA, BEN, MEI, RUTH, SAM

WARD = an_initiative("WARD", name="Ward alerts", stage=Stage.INTAKE)
CHARTER = {
    "use_case": "Nurses are warned and act",
    "user_group": "nurses of ward 3",
    "user_group_size": "120",
    "stop_rule": "Recall below 60% in two samples",
    "risk_tier": "limited",
}
REST = {"timebox_start": "2026-12-07", "timebox_end": "2027-02-26", "users": "120", "decision_type": "", "fallback": ""}
FIRST = {
    "statement": "Alerts are right",
    "category": "accuracy",
    "mode": "guardrail",
    "limit": ">= 80 %",
    "target": "90",
}
SECOND = {
    "baseline_value": "85",
    "method": "weekly chart review",
    "measure_by": "2027-02-19",
    "owner_role": "technical_lead",
    "priority": "must",
}
SHOWN = {"kind": "link", "title": "Use case", "url": "https://wiki.example/ward", "valid_until": ""}


async def given(world: World) -> None:
    """Store WARD in intake with its owners, and Ben as gatekeeper."""
    channels = ((world.leaders.platform, world.leaders.conversation),)
    await store(world.database, a_portfolio(lead_id=RUTH.id, gatekeeper_ids=(BEN.id,), digest_channels=channels))
    roles = {SAM: Role.BUSINESS_SPONSOR, ANA: Role.TECHNICAL_LEAD, MEI: Role.OPERATIONS_LEADER}
    await store(world.database, WARD, *(an_assignment(WARD.id, role, person.id) for person, role in roles.items()))


async def first_criterion(world: World) -> str:
    """Return the id of G1.1."""
    async with SqlUnitOfWork(world.database) as uow:
        gates = {gate.id: gate.code for gate in await uow.gates.gates.of(WARD.id)}
        found = [one for one in await uow.gates.criteria.of(WARD.id) if gates[one.gate_id] == "G1" and one.number == 1]
    return found[0].id


async def agree(world: World) -> None:
    """Let the sponsor start and write the charter and propose a criterion, and Ana approve it."""
    assert "no gate is open" in await world.command(SAM, "/ai gate WARD")
    assert "The charter is started" in await world.press_told(SAM, "Start the charter")
    world.skim()
    await world.command(SAM, "/ai gate WARD")
    await world.press_told(SAM, "Charter")
    await world.fill(SAM, CHARTER)
    assert world.form(SAM).title == "Charter, 2 of 2"
    assert "The charter is noted" in await world.fill(SAM, REST)

    await world.command(SAM, "/ai gate WARD")
    await world.press_told(SAM, "Success criteria")
    await world.press_told(SAM, "Propose a criterion")
    await world.fill(SAM, {**FIRST, "limit": "eighty"})
    assert "Write the limit with its direction and unit" in world.form(SAM).words
    await world.fill(SAM, FIRST)
    assert "The criterion is proposed" in await world.fill(SAM, SECOND)
    await world.command(ANA, "/ai gate WARD")
    await world.press_told(ANA, "Success criteria")
    assert "others approve it too" in await world.press_told(ANA, "Approve")


async def test_a_gate_from_its_charter_to_its_decision(world: World) -> None:
    await given(world)
    await agree(world)
    await world.command(SAM, "/ai gate WARD G1")
    await world.press_told(SAM, "Show evidence")
    which = {"criterion": await first_criterion(world)}
    await world.fill(SAM, {**SHOWN, **which, "url": "wiki"})
    assert "A link begins with https://" in world.form(SAM).words
    assert world.form(SAM).values["title"] == "Use case"
    assert "Noted: evidence for 1." in await world.fill(SAM, {**SHOWN, **which})
    await world.command(SAM, "/ai gate WARD G1")
    await world.press_told(SAM, "Sign")
    assert "You signed 1 as met." in await world.fill(SAM, {**which, "verdict": "met", "comment": ""})
    await world.command(SAM, "/ai gate WARD G1")
    assert "It is before the gatekeeper now" in await world.press_told(SAM, "Submit for decision")

    await world.command(BEN, "/ai gate WARD G1")
    await world.press_told(BEN, "Rework")
    typed = {"rationale": "The baseline is an estimate, measure it first.", "redo": "3", "new_due": "2027-01-15"}
    told = await world.fill(BEN, {**typed, "rationale": "No."})
    assert "at least 20 characters" in world.form(BEN).words + told
    assert "Decided: Rework" in await world.fill(BEN, typed)
    world.expect_message(MEI, "WARD: G1 Rework", "Decided by Ben Okafor", "The baseline is an estimate")
    world.skim()
    assert "attempt 2" in await world.command(SAM, "/ai gate WARD G1")
