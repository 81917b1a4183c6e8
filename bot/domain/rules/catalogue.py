"""Every rule about one initiative, found by its id."""

from bot.domain.rules import (
    adoption,
    blockers,
    dates,
    gates,
    governance,
    honesty,
    infrastructure,
    leadership,
    metrics,
    ownership,
    pilots,
    updates,
)
from bot.domain.rules.case import Rule

FAMILIES = (
    ownership, updates, dates, gates, pilots, blockers,
    governance, infrastructure, metrics, adoption, leadership, honesty,
)  # fmt: skip
RULES: dict[str, Rule] = {rule.id: rule for family in FAMILIES for rule in family.RULES}
