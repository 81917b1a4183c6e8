"""The page of the rules says what the rules do."""

from bot.domain.rules.thresholds import RulePolicy
from bot.messages.findings.rules_page import page
from tests.rules_page import PAGE


def test_the_page_of_the_rules_is_made_from_them() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(RulePolicy()), "run python -m tests.rules_page"
