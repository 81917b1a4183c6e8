"""One sentence for each finding: what was counted, against what."""

from collections.abc import Callable, Mapping

from bot.domain.rules.findings import Finding
from bot.messages.findings import of_delivery, of_metrics, of_people

Sentence = Callable[[Finding], str]
SENTENCES: Mapping[str, Sentence] = {**of_people.SENTENCES, **of_delivery.SENTENCES, **of_metrics.SENTENCES}


def finding_words(finding: Finding) -> str:
    """Return a finding as a sentence with its numbers, without the rule's id and without a full stop."""
    return SENTENCES[finding.rule](finding)
