"""Whether the decisions stored lead where initiatives stand, and are those the audit chain tells of (I-09, I-10)."""

from collections.abc import Iterable, Mapping

from bot.domain.events import Link
from bot.domain.gates.decisions import GateDecision
from bot.domain.gates.replay import doubts
from bot.messages.gates.replay import doubt_words, not_in_the_chain
from bot.stores import UnitOfWork

AT_ONCE = 1000
ENTITY = "gate_decision"


async def doubted(uow: UnitOfWork) -> list[str]:
    """Return what is wrong, a clause each: places decisions do not lead to, and decisions that were altered."""
    decisions = await uow.gates.decisions.all()
    by_initiative: dict[str, list[GateDecision]] = {}
    for one in decisions:
        by_initiative.setdefault(one.initiative_id, []).append(one)
    initiatives = await uow.initiatives.many(by_initiative)
    found = [
        doubt_words(initiatives[id].key, doubt)
        for id in sorted(by_initiative)
        for doubt in doubts(initiatives[id], by_initiative[id])
    ]
    told = await _told(uow)
    altered = [one for one in decisions if not _agrees(one, told.get(one.id))]
    gone = sorted(set(told) - {one.id for one in decisions})
    return (
        found
        + [not_in_the_chain(initiatives[one.initiative_id].key, one.id) for one in altered]
        + [not_in_the_chain("", id) for id in gone]
    )


async def _told(uow: UnitOfWork) -> Mapping[str, Link]:
    """Return the links of the chain that tell of decisions taken here, by decision."""
    found: dict[str, Link] = {}
    after = 0
    while links := await uow.events.links(after, AT_ONCE):
        found |= {link.entity_id: link for link in links if link.entity == ENTITY}
        after = links[-1].seq
    return found


def _agrees(decision: GateDecision, link: Link | None) -> bool:
    """Return whether a decision is what the chain tells of it; one that came with a file has no link of its own."""
    if link is None:
        return decision.imported
    stages = [decision.stage_from, decision.stage_to]
    lives = [decision.lifecycle_from, decision.lifecycle_to]
    told = (link.facts.get("decision"), link.facts.get("stage"), link.facts.get("lifecycle"), link.actor_id)
    return told == (decision.decision, _values(stages), _values(lives), decision.decided_by)


def _values(members: Iterable[str]) -> list[str]:
    return [str(member) for member in members]
