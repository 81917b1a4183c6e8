"""The evidence pack of a gate in words: Markdown for auditors, in which every line names where it comes from."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.gates.bench import Bench
from bot.domain.gates.decisions import in_order
from bot.domain.gates.evaluation import evaluated
from bot.domain.gates.gates import Gate, GateCriterion
from bot.domain.gates.signing import standing
from bot.domain.ids import PersonId
from bot.messages.gates.card import DECISION_WORDS, GATE_WORDS, STATE_WORDS
from bot.messages.gates.reasons import reason
from bot.messages.gates.refusals import SIGNER_WORDS
from bot.messages.words import day_words, instant_words, stage_words

SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>()#+-.!|~&"})
Names = Mapping[PersonId, str]


def plainly(text: str) -> str:
    """Return a person's words so that Markdown shows them exactly as they are, on one line."""
    return " ".join(text.split()).translate(SPECIAL)


def document(bench: Bench, gate: Gate, names: Names, *, made_at: datetime) -> str:
    """Return the whole pack of a gate: where it stands, its criteria with evidence and signatures, its decisions."""
    one, zone = bench.initiative, bench.now.zone
    lines = [
        f"# {one.key} {gate.code} {bench.template(gate).name}: evidence",
        "",
        f"- Initiative: {plainly(one.name)} (`{one.id}`), in {stage_words(one.stage, one.lifecycle)}",
        f"- Risk tier {one.risk_tier}; gate template version {gate.template_version}",
        f"- Gate: {GATE_WORDS[gate.state]}, attempt {gate.attempt} (`{gate.id}`)",
        f"- Due {day_words(gate.current_due)}, first promised {day_words(gate.baseline_due)}",
        f"- Made {_at(made_at, zone)}; times are those of {zone.key}",
        "",
        "## Criteria",
    ]
    for criterion in bench.of_gate(gate):
        lines += ["", *_criterion(criterion, bench, names)]
    lines += ["", "## Success criteria agreed", "", *(_agreed(bench) or ["None."])]
    lines += ["", "## Dates moved", "", *(_moves(bench, gate, names) or ["None."])]
    lines += ["", "## Decisions", "", *(_decisions(bench, gate, names) or ["None yet."])]
    return "\n".join(lines) + "\n"


def _at(at: datetime, zone: ZoneInfo) -> str:
    return instant_words(at, zone, year=True)


def _criterion(one: GateCriterion, bench: Bench, names: Names) -> Iterable[str]:
    zone, weight = bench.now.zone, "must" if one.is_must else "should"
    yield f"### {one.number} {plainly(one.text)}"
    yield ""
    yield f"- {STATE_WORDS[one.state]} ({weight}, {one.evaluation}, {one.domain}); source `gate_criterion {one.id}`"
    if computed := evaluated(one, bench):
        yield f"- Computed {computed.outcome}: {plainly(reason(computed))}"
    yield from _evidence(one, bench, names)
    for sign in standing(bench.signatures, one.id):
        by = plainly(names.get(sign.person_id, "somebody who has left"))
        for_whom = f" for {plainly(names.get(sign.on_behalf_of, ''))}" if sign.on_behalf_of else ""
        said = f": {plainly(sign.comment)}" if sign.comment else ""
        role, at = SIGNER_WORDS[sign.role], _at(sign.signed_at, zone)
        yield f"- Signed {sign.verdict} by {by}{for_whom} as {role} {at}{said}; source `sign_off {sign.id}`"
    if waiver := bench.waiver(one):
        until, why = day_words(waiver.expires_on), plainly(waiver.reason)
        yield f"- Waived until {until}: {why}; meanwhile {plainly(waiver.control)}; source `waiver {waiver.id}`"
    elif one.set_aside_why:
        yield f"- Set aside: {plainly(one.set_aside_why)}"


def _evidence(one: GateCriterion, bench: Bench, names: Names) -> Iterable[str]:
    for each in [each for each in bench.evidence if each.criterion_id == one.id]:
        link = f", {plainly(each.url)}" if each.url else ""
        until = f", valid until {day_words(each.valid_until)}" if each.valid_until else ""
        by = plainly(names.get(each.submitted_by, "somebody who has left"))
        yield (
            f"- Evidence ({each.kind}, {each.state}): {plainly(each.title)}{link}{until}; shown by {by} "
            f"{_at(each.submitted_at, bench.now.zone)}; sha256 `{each.sha256}`; source `evidence {each.id}`"
        )


def _agreed(bench: Bench) -> list[str]:
    return [
        f"- {one.code} version {one.version}, {one.state}: {plainly(one.statement)}; threshold {one.threshold:g} "
        f"{plainly(one.unit)}; source `success_criterion {one.id}`"
        for one in sorted(bench.agreed, key=lambda one: (one.code, one.version))
    ]


def _moves(bench: Bench, gate: Gate, names: Names) -> list[str]:
    mine = sorted((one for one in bench.changes if one.subject_id == gate.line), key=lambda one: one.changed_at)
    return [
        f"- {day_words(one.before)} to {day_words(one.after)}, {one.reason}, by "
        f"{plainly(names.get(one.changed_by, 'somebody who has left'))}: {plainly(one.comment) or 'no comment'}; "
        f"source `date_change {one.id}`"
        for one in mine
    ]


def _decisions(bench: Bench, gate: Gate, names: Names) -> list[str]:
    return [
        f"- {DECISION_WORDS[one.decision]} by {plainly(names.get(one.decided_by, 'somebody who has left'))} "
        f"{_at(one.decided_at, bench.now.zone)}: {plainly(one.rationale)}; source `gate_decision {one.id}`"
        for one in in_order(bench.decisions)
        if one.gate_code == gate.code
    ]
