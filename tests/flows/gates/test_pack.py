"""The evidence pack of a gate: everything with its source, hashes that hold, and people's words that stay words."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace

import pytest

from bot.domain.initiatives import Stage
from bot.errors import UserError
from bot.flows.gates.packing import pack
from tests.flows.gates.board import SHOWN, Board


async def opened(board: Board, code: str = "G1") -> dict[str, str]:
    made = await pack("sepsis", code, board.ports)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


async def test_it_has_every_criterion_with_evidence_signatures_and_the_decision(board: Board) -> None:
    await board.comes_to(Stage.PILOT)
    files = await opened(board)
    said = files["evidence.md"]
    assert said.count("### ") == 9
    for words in (
        "Signed met by Dana Whitfield",
        "Report, https",
        "Go by Gina Karim",
        "source `gate_decision",
        "sha256 `",
    ):
        assert words in said.replace("\\", "")
    facts = json.loads(files["facts.json"])
    assert facts["gate"]["code"] == "G1"
    assert all(each["id"] in said for each in facts["evidence"] + facts["signatures"])


async def test_its_hashes_hold_and_it_is_noted(board: Board) -> None:
    await board.comes_to(Stage.PILOT)
    files = await opened(board)
    for line in files["MANIFEST.sha256"].splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(files[name].encode()).hexdigest() == digest
    async with board.ports.open_unit_of_work() as uow:
        links = await uow.events.links(0, 1000)
    assert [link.action for link in links].count("gate.packed") == 1


async def test_peoples_words_are_no_markup(board: Board) -> None:
    await board.starts()
    nasty = replace(SHOWN, title="# [x](https://evil.example) <b>**bold**</b> | `code`")
    await board.shows("G1", 1, nasty)
    said = (await opened(board))["evidence.md"]
    assert r"\# \[x\]\(https://evil\.example\) \<b\>\*\*bold\*\*\</b\> \| \`code\`" in said


@pytest.mark.parametrize(("key", "code"), [("NOPE", "G1"), ("SEPSIS", "G5"), ("SEPSIS", "")])
async def test_what_is_not_there_is_one_sentence(board: Board, key: str, code: str) -> None:
    await board.starts()
    with pytest.raises(UserError):
        await pack(key, code, board.ports)
