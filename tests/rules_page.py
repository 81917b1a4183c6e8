"""`python -m tests.rules_page`: writes docs/rules.md anew from the rules."""

from bot.domain.rules.thresholds import RulePolicy
from bot.messages.findings.rules_page import page
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "rules.md"

if __name__ == "__main__":
    PAGE.write_text(page(RulePolicy()), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written")
