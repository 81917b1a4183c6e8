"""The page that describes every rule, made from the rules themselves and the thresholds of a policy."""

from collections.abc import Iterator

from bot.domain.rules import portfolio
from bot.domain.rules.case import Rule, filled
from bot.domain.rules.catalogue import RULES
from bot.domain.rules.thresholds import RulePolicy
from bot.messages.findings.measures import readable

HEAD = """# The rules

Made from the rules by `python -m tests.rules_page`; a test compares the two. Thresholds are the defaults of the policy.
A finding is Red, Amber or info; info colours nothing. What is not recorded never counts against an initiative.
Amber clears after one clean close of a cycle, Red after two; what clears at once rests on a yes or no.

| rule | name | colours | clears | finds |
|---|---|---|---|---|
"""


def page(policy: RulePolicy) -> str:
    """Return `docs/rules.md` for a policy."""
    return HEAD + "\n".join([*_rows(policy), *_portfolio_rows(policy)]) + "\n"


def _rows(policy: RulePolicy) -> Iterator[str]:
    for rule in sorted(RULES.values(), key=lambda one: one.id):
        yield f"| {rule.id} | {rule.name} | {_colours(rule)} | {_clears(rule)} | {rule.definition(policy)} |"


def _colours(rule: Rule) -> str:
    return "governance for G4, else delivery" if rule.id.startswith("GT") else readable(rule.dimension)


def _clears(rule: Rule) -> str:
    return "at once" if rule.at_once else "by closes"


def _portfolio_rows(policy: RulePolicy) -> Iterator[str]:
    people = portfolio.own_03.__doc__ or ""
    yield f"| OWN-03 | Overload | a person, no initiative | at once | {filled(people, policy)} |"
    for rule in portfolio.RULES:
        yield f"| {rule.id} | {rule.name} | the portfolio | at once | {filled(rule.judge.__doc__ or '', policy)} |"
