"""Where a value is fetched from: a Prometheus query, a model version in MLflow, or a path in any JSON document."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SECRET_NAME = re.compile(r"STEWARD_PULL_TOKEN_[A-Z0-9_]{1,60}")
"""What may be named as a secret: a source must not be able to ask for the program's own tokens."""


class PullKind(StrEnum):
    """What answers."""

    PROMETHEUS = "prometheus"
    MLFLOW = "mlflow"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """
    One value elsewhere.

    `url` is the address of the Prometheus or MLflow server, or of the JSON document. `query` is the PromQL expression,
    the name of the registered model, or the path of the value (`data.items[0].auc`). For MLflow `metric` names the
    metric and `version` the model version (empty for the newest, `@champion` for an alias). `secret` is the name of an
    environment variable whose value is sent as a bearer token.
    """

    kind: PullKind
    url: str
    query: str
    metric: str = ""
    version: str = ""
    secret: str = ""


class Gap(StrEnum):
    """Why a value could not be had: it is missing then, and never zero."""

    NOT_ALLOWED = "not_allowed"
    NO_SECRET = "no_secret"  # noqa: S105 - a reason, no password
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    NOT_UNDERSTOOD = "not_understood"
    NO_VALUE = "no_value"
    SEVERAL_VALUES = "several_values"
    NOT_A_NUMBER = "not_a_number"
    IMPLAUSIBLE = "implausible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The last time (UTC) the value of a metric was fetched, and why it could not be had, `gap` None when it could."""

    metric_id: str
    tried_at: datetime
    gap: Gap | None = None
