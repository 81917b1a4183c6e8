"""The demo as somebody at its terminal finds it: who they can be, where the clock goes, and what help says."""

from collections.abc import Iterator

import pytest

from bot.cli.demonstration import FORWARD_ONLY, TOO_FAR, converse


async def played(patched: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *lines: str) -> list[str]:
    """Return what was printed after each line typed."""
    typed: Iterator[str] = iter([*lines, "quit"])
    printed: list[str] = []

    async def read(_prompt: str) -> str:
        printed.append(capsys.readouterr().out)
        return next(typed)

    patched.setattr("adapters.console.read_line", read)
    await converse()
    return printed[1:]


async def test_one_can_be_anybody_by_name_and_go_forward_in_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ("as nobody", "as Priya Raman", "as tom", "jump 9999d", "jump -2d", "jump 2h", "help")
    nobody, priya, tom, far, back, hours, guide = await played(monkeypatch, capsys, *lines)
    assert nobody.startswith("Nobody here is “nobody”. There are:\n")
    assert "as ruth.adeyemi@northlake.example" in nobody
    assert priya.startswith("You are now priya.raman@northlake.example.")
    assert tom.startswith("You are now tom.becker@northlake.example.")
    assert (far, back) == (f"{TOO_FAR}\n", f"{FORWARD_ONLY}\n")
    assert "It is Mon 23 Nov 2026 10:40" in hours
    assert all(word in guide for word in ("/ai-status NAME", "inbox", "as NAME", "people", "jump 2h", "quit"))
