"""The gate file as a GatePack; what is wrong in it stops the start with one sentence that names the line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.domain.gates.templates import (
    Check,
    CriterionDomain,
    CriterionTemplate,
    DueFrom,
    DueRule,
    Evaluation,
    GatePack,
    GateTemplate,
    Signer,
    Weight,
)
from bot.domain.initiatives import RiskTier, Stage
from bot.playbook.lines import LINE, Wrong, one_of, read

SHIPPED = Path(__file__).with_name("gates.yaml")
SIGNERS = {
    "BS": Signer.BUSINESS_SPONSOR,
    "TL": Signer.TECHNICAL_LEAD,
    "OL": Signer.OPERATIONS_LEADER,
    "GR": Signer.GOVERNANCE_REVIEWER,
    "FP": Signer.FINANCE_PARTNER,
    "PL": Signer.PORTFOLIO_LEAD,
}
GATE_NEEDS = ("code", "name", "stages", "due", "criteria")
GATE_KNOWS = {*GATE_NEEDS, "tiers", "leads_to", "opens_at", "after", "needs", "per_wave", "governance"}
CRITERION_NEEDS = ("text", "weight", "domain", "evaluation", "sign")
CRITERION_KNOWS = {*CRITERION_NEEDS, "check", "evidence", "tiers", "second", "column"}
USUAL_TIERS = (RiskTier.MINIMAL, RiskTier.LIMITED, RiskTier.HIGH)
LONGEST_DAYS, LONGEST_TEXT, LONGEST_NAME, LONGEST_CODE, MOST_CRITERIA = 366, 110, 40, 8, 20


def load_gates(path: Path = SHIPPED) -> GatePack:
    """Return the gates of a file; raises ConfigError that names the file, the line and what is wrong."""
    return read(path, _gates)


def _gates(content: Any) -> GatePack:  # noqa: ANN401 - YAML is anything
    if not isinstance(content, dict) or not isinstance(content.get("version"), int):
        raise Wrong(1, "it needs `version`, a whole number, and `gates`, a list")
    entries = _entries(content, "gates", content[LINE])
    found: dict[str, GateTemplate] = {}
    for entry in entries:
        gate = _gate(entry)
        if gate.code in found:
            raise Wrong(entry[LINE], f"there is a gate {gate.code} already")
        found[gate.code] = gate
    for entry in entries:
        for other in [*_texts(entry, "needs"), *([entry["after"]] if "after" in entry else [])]:
            if other not in found:
                raise Wrong(entry[LINE], f"gate {entry['code']} names a gate “{other}” that is not here")
    return GatePack(version=content["version"], gates=tuple(found.values()))


def _gate(entry: Mapping[str, Any]) -> GateTemplate:
    line = entry[LINE]
    _check_names(entry, GATE_NEEDS, GATE_KNOWS, "gate")
    criteria = _entries(entry, "criteria", line)
    if len(criteria) > MOST_CRITERIA:
        raise Wrong(line, f"a gate has at most {MOST_CRITERIA} criteria")
    gate = GateTemplate(
        code=_text(entry, "code", LONGEST_CODE),
        name=_text(entry, "name", LONGEST_NAME),
        stages=frozenset(one_of(Stage, each, line) for each in _texts(entry, "stages")),
        due=_due(entry["due"], line),
        criteria=tuple(_criterion(number, each) for number, each in enumerate(criteria, 1)),
        leads_to=one_of(Stage, entry["leads_to"], line) if "leads_to" in entry else None,
        opens_at=frozenset(one_of(Stage, each, line) for each in _texts(entry, "opens_at")),
        after=str(entry.get("after", "")),
        needs=tuple(_texts(entry, "needs")),
        tiers=_tiers(entry, "tiers", USUAL_TIERS),
        per_wave=_flag(entry, "per_wave"),
        governance=_flag(entry, "governance"),
    )
    if not gate.stages:
        raise Wrong(line, "`stages` names where the gate is decided")
    if not gate.opens_at and not gate.after:
        raise Wrong(line, f"nothing opens gate {gate.code}: give it `opens_at` or `after`")
    return gate


def _criterion(number: int, entry: Mapping[str, Any]) -> CriterionTemplate:
    line = entry[LINE]
    _check_names(entry, CRITERION_NEEDS, CRITERION_KNOWS, "criterion")
    signers = tuple(_signer(each, line) for each in _texts(entry, "sign"))
    evaluation = one_of(Evaluation, entry["evaluation"], line)
    check = one_of(Check, entry["check"], line) if "check" in entry else None
    domain = one_of(CriterionDomain, entry["domain"], line)
    if not signers:
        raise Wrong(line, "`sign` names who signs the criterion")
    if (evaluation is Evaluation.AUTO) != (check is not None):
        raise Wrong(line, "what is computed needs `check`, and nothing else has one")
    if Signer.GOVERNANCE_REVIEWER in signers and domain not in (CriterionDomain.GOVERNANCE, CriterionDomain.SAFETY):
        raise Wrong(line, "what the governance reviewer signs is of the domain governance or safety")
    return CriterionTemplate(
        number=number,
        text=_text(entry, "text", LONGEST_TEXT),
        weight=one_of(Weight, entry["weight"], line),
        domain=domain,
        evaluation=evaluation,
        signers=signers,
        evidence=str(entry.get("evidence", "")),
        check=check,
        tiers=_tiers(entry, "tiers", USUAL_TIERS),
        second_reviewer=_tiers(entry, "second", ()),
        column=str(entry.get("column", "")),
    )


def _due(entry: object, line: int) -> DueRule:
    if not isinstance(entry, dict) or set(entry) - {LINE} != {"from", "days"}:
        raise Wrong(line, "`due` needs `from` and `days`")
    days = entry["days"]
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= LONGEST_DAYS:
        raise Wrong(line, f"`days` cannot be “{days}”: it is a whole number from 0 to {LONGEST_DAYS}")
    return DueRule(counted_from=one_of(DueFrom, entry["from"], line), days=days)


def _signer(short: str, line: int) -> Signer:
    if short not in SIGNERS:
        raise Wrong(line, f"“{short}” is not one of {', '.join(SIGNERS)}")
    return SIGNERS[short]


def _tiers(entry: Mapping[str, Any], name: str, otherwise: Sequence[RiskTier]) -> frozenset[RiskTier]:
    if name not in entry:
        return frozenset(otherwise)
    return frozenset(one_of(RiskTier, each, entry[LINE]) for each in _texts(entry, name))


def _entries(entry: Mapping[str, Any], name: str, line: int) -> list[Mapping[str, Any]]:
    given = entry.get(name)
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
        raise Wrong(line, f"`{name}` needs to be a list of entries")
    return given


def _texts(entry: Mapping[str, Any], name: str) -> list[str]:
    given = entry.get(name, [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise Wrong(entry[LINE], f"`{name}` needs to be a list of words")
    return given


def _text(entry: Mapping[str, Any], name: str, longest: int) -> str:
    given = entry[name]
    if not isinstance(given, str) or not 0 < len(given.strip()) <= longest:
        raise Wrong(entry[LINE], f"`{name}` needs 1 to {longest} characters")
    return given.strip()


def _flag(entry: Mapping[str, Any], name: str) -> bool:
    given = entry.get(name, False)
    if not isinstance(given, bool):
        raise Wrong(entry[LINE], f"`{name}` cannot be “{given}”")
    return given


def _check_names(entry: Mapping[str, Any], needed: Sequence[str], known: set[str], what: str) -> None:
    for name in needed:
        if name not in entry:
            raise Wrong(entry[LINE], f"a {what} needs `{name}`")
    if unknown := set(entry) - known - {LINE}:
        raise Wrong(entry[LINE], f"`{min(unknown)}` is nothing a {what} has")
