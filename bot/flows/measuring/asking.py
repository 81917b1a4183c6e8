"""Which values a check-in asks for: those of its role's metrics that are due and come from nowhere else."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain.checkins import Prompt
from bot.domain.ids import InitiativeId, PromptId
from bot.domain.initiatives import Initiative, Lifecycle
from bot.domain.measuring.measurements import Measurement
from bot.domain.measuring.metrics import FED, Metric, MetricId
from bot.domain.measuring.periods import due_in
from bot.domain.questions import Question, ValuesDue, replaced_by
from bot.messages import metrics as words
from bot.ports import Ports
from bot.stores import UnitOfWork

Past = Mapping[MetricId, Sequence[Measurement]]


async def values_due(
    prompts: Sequence[Prompt], initiatives: Mapping[InitiativeId, Initiative], uow: UnitOfWork, ports: Ports
) -> dict[PromptId, ValuesDue]:
    """Return for each of some prompts the questions about values that are due, read in two statements for all."""
    metrics = [metric for metric in await uow.metrics.of({p.initiative_id for p in prompts}) if metric.active]
    asked = [metric.id for metric in metrics if metric.source not in FED]
    past = await uow.measurements.latest(asked, ports.policy.measuring.typo_over + 1) if asked else {}
    found = {}
    for prompt in prompts:
        mine = [m for m in metrics if (m.initiative_id, m.owner_role) == (prompt.initiative_id, prompt.role)]
        working = initiatives[prompt.initiative_id].lifecycle is Lifecycle.ACTIVE
        questions = [q for m in mine if working and (q := _question(m, prompt, past))]
        found[prompt.id] = ValuesDue(tuple(questions), replaced_by(mine, ports.questions))
    return found


def _question(metric: Metric, prompt: Prompt, past: Past) -> Question | None:
    """Return the question about a metric, None when its value is not due or was given elsewhere."""
    period = due_in(prompt.cycle, metric.frequency)
    if metric.source in FED or period is None:
        return None
    known = past.get(metric.id, ())
    if any(each.period_start == period.start and each.prompt_id != prompt.id for each in known):
        return None
    return words.question(metric, period, before(known, period.start))


def before(known: Sequence[Measurement], day: date) -> list[Measurement]:
    """Return the values of periods before a day, newest first."""
    return [each for each in known if each.period_start < day]
