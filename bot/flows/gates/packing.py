"""The evidence pack of a gate: a zip with the document, the facts behind it, and a manifest of their hashes."""

import hashlib
import io
import json
import zipfile
from dataclasses import asdict

from bot.domain.events import ActorKind, Event
from bot.domain.gates.bench import Bench
from bot.domain.gates.gates import Gate, newest
from bot.errors import UserError
from bot.flows.gates.desk import bench_of
from bot.messages.gates import pack as words
from bot.messages.gates.card import NO_SUCH
from bot.messages.gates.refusals import UNKNOWN
from bot.ports import Ports

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Zip knows no time before this; the same pack is the same file whenever it is made."""


async def pack(key: str, code: str, ports: Ports) -> bytes:
    """Return the evidence pack of the latest attempt at a gate as a zip; noted in the audit. Raises UserError."""
    async with ports.open_unit_of_work() as uow:
        initiative = await uow.initiatives.by_key(key.upper())
        if initiative is None:
            raise UserError(UNKNOWN)
        bench, _, _ = await bench_of(initiative, uow, ports)
        gate = newest(bench.gates, code.upper())
        if gate is None:
            raise UserError(NO_SUCH)
        names = {person.id: person.name for person in await uow.people.all()}
        now = ports.clock.now()
        files = {
            "evidence.md": words.document(bench, gate, names, made_at=now),
            "facts.json": json.dumps(_facts(bench, gate), indent=1, ensure_ascii=False, sort_keys=True, default=str),
        }
        made = _zipped(files)
        facts = {"code": gate.code, "attempt": gate.attempt, "sha256": hashlib.sha256(made).hexdigest()}
        uow.events.record(
            Event(
                at=now,
                action="gate.packed",
                entity="gate",
                entity_id=gate.id,
                actor_kind=ActorKind.SYSTEM,
                facts={"initiative": initiative.id, **facts},
            )
        )
        await uow.commit()
    return made


def _facts(bench: Bench, gate: Gate) -> dict[str, object]:
    """Return the stored rows a pack is made of, by kind."""
    criteria = bench.of_gate(gate)
    ids = {one.id for one in criteria}
    return {
        "gate": asdict(gate),
        "criteria": [asdict(one) for one in criteria],
        "evidence": [asdict(one) for one in bench.evidence if one.criterion_id in ids],
        "signatures": [asdict(one) for one in bench.signatures if one.criterion_id in ids],
        "waivers": [asdict(one) for one in bench.waivers if one.criterion_id in ids],
        "decisions": [asdict(one) for one in bench.decisions if one.gate_code == gate.code],
        "changes": [asdict(one) for one in bench.changes if one.subject_id == gate.line],
    }


def _zipped(files: dict[str, str]) -> bytes:
    """Return a zip of some files with a manifest of their hashes, in the form `sha256sum -c` reads."""
    manifest = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in files.items())
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**files, "MANIFEST.sha256": manifest}.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), text)
    return made.getvalue()
