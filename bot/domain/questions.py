"""The questions of a check-in: their kinds, which ones fit a form, and what counts as an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.measuring.metrics import Metric, MetricKind
from bot.domain.ownership import Role
from bot.domain.policy import CheckInPolicy


class QuestionKind(StrEnum):
    """What kind of answer a question takes."""

    RAG = "rag"
    NUMBER = "number"
    RATIO = "ratio"
    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"
    DONE_LIST = "done_list"
    MEASURE = "measure"


class Purpose(StrEnum):
    """What the answer is used for."""

    VALUE = "value"
    RAG = "rag"
    COMMITMENTS = "commitments"
    NEXT_COMMITMENT = "next_commitment"
    CONFIDENCE = "confidence"
    STAGE = "stage"
    ASK = "ask"
    BLOCKER = "blocker"
    REMARK = "remark"


NONE = "none"
"""The option that names no blocker and asks for nothing."""
ORDER = tuple(Purpose)
ALWAYS = frozenset({Purpose.RAG, Purpose.COMMITMENTS})
METRIC_PREFIX = "m_"
OPERATIONS_PREFIX = "a_"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what is stored and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    One question of the playbook.

    `stages` empty means every stage; `monthly` asks only in the first full week of a month; `least` and `most` are the
    plausible range of a number (outside it the answer must be confirmed), `longest` the characters of a text. One about
    a `metric` knows its `recent` values, newest first.
    """

    key: str
    purpose: Purpose
    kind: QuestionKind
    text: str
    role: Role | None = None
    stages: frozenset[Stage] = frozenset()
    on_hold: bool = False
    monthly: bool = False
    optional: bool = True
    options: tuple[Option, ...] = ()
    least: float | None = None
    most: float | None = None
    unit: str = ""
    longest: int = 140
    hint: str = ""
    metric: Metric | None = None
    recent: tuple[Decimal, ...] = ()


def is_of_a_metric(key: str) -> bool:
    """Return whether a key is that of a question about a metric, as far as the playbook has none called so."""
    return key.startswith((METRIC_PREFIX, OPERATIONS_PREFIX))


def metric_key(metric: Metric) -> str:
    """Return the key of the question about a metric (domain.md 3.3: `m_*`, `a_*` of the operations leader)."""
    prefix = OPERATIONS_PREFIX if metric.owner_role is Role.OPERATIONS_LEADER else METRIC_PREFIX
    return prefix + metric.key


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """All questions of one version of the playbook."""

    version: int
    questions: tuple[Question, ...]

    def get(self, key: str) -> Question | None:
        """Return the question called `key`, if this set has it."""
        return next((q for q in self.questions if q.key == key), None)

    def asked(self, role: Role, stage: Stage, lifecycle: Lifecycle, *, monthly: bool) -> tuple[Question, ...]:
        """Return what may be asked of `role` at this stage, in the order of domain.md 3.3."""
        on_hold = lifecycle is Lifecycle.ON_HOLD
        found = [
            q
            for q in self.questions
            if q.role in (None, role)
            and q.on_hold is on_hold
            and (not q.stages or stage in q.stages)
            and (monthly or not q.monthly)
        ]
        return tuple(sorted(found, key=lambda q: ORDER.index(q.purpose)))


@dataclass(frozen=True, slots=True)
class ValuesDue:
    """
    The questions about metrics of one role whose values are due.

    `instead` are the playbook's own questions about values that these metrics, due or not, take the place of.
    """

    questions: tuple[Question, ...] = ()
    instead: frozenset[str] = frozenset()

    def among(self, questions: Sequence[Question]) -> tuple[Question, ...]:
        """Return the questions with these in their place, in the order of domain.md 3.3."""
        kept = [q for q in questions if q.key not in self.instead]
        return tuple(sorted([*self.questions, *kept], key=lambda q: ORDER.index(q.purpose)))


def replaced_by(metrics: Sequence[Metric], questions: QuestionSet) -> frozenset[str]:
    """Return the playbook's questions that are not asked of a role with these metrics: adoption is one of them."""
    keys = frozenset(metric_key(metric) for metric in metrics)
    if any(metric.kind is MetricKind.ADOPTION for metric in metrics):
        roles = {metric.owner_role for metric in metrics}
        keys |= {q.key for q in questions.questions if q.role in roles and is_of_a_metric(q.key)}
    return keys


def fitting(
    questions: Sequence[Question], waited: Mapping[str, int], policy: CheckInPolicy, *, commitments: bool
) -> tuple[Question, ...]:
    """
    Return the questions of one form, in their order, at most `policy.most_inputs`.

    Values due, RAG, open commitments (when there are any) and what is asked only once a month always come. The rest
    take turns by how many forms they have `waited`, in the order of domain.md 3.3 while nobody waits. The next
    commitment comes every time where another question has room beside it, else every second time.
    """
    wanted = [q for q in questions if commitments or q.purpose is not Purpose.COMMITMENTS]
    by_wait = sorted(wanted, key=lambda q: -waited.get(q.key, 0))
    values = [q for q in by_wait if q.purpose is Purpose.VALUE][: policy.most_values]
    fixed = values + [q for q in wanted if q.purpose is not Purpose.VALUE and (q.purpose in ALWAYS or q.monthly)]
    room = policy.most_inputs - len(fixed)
    turning = [q for q in by_wait if q not in fixed and q.purpose is not Purpose.VALUE]
    turning.sort(key=lambda q: not (q.purpose is Purpose.NEXT_COMMITMENT and (room > 1 or waited.get(q.key, 0) > 0)))
    chosen = {q.key for q in [*fixed, *turning][: policy.most_inputs]}
    return tuple(q for q in wanted if q.key in chosen)


def waits(asked_before: Sequence[Mapping[str, bool]]) -> dict[str, int]:
    """Return in how many of the last forms (newest first) each question was left out since it was last asked."""
    found: dict[str, int] = {}
    settled: set[str] = set()
    for asked in asked_before:
        for key, was_asked in asked.items():
            if was_asked:
                settled.add(key)
            elif key not in settled:
                found[key] = found.get(key, 0) + 1
    return found
