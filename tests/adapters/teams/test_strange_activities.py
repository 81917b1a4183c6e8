"""Genuine activities with anything in any of their fields: never a 500, for those make Teams stop delivering."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.adapters.teams.fake_parts import payloads
from tests.adapters.teams.fake_parts.state import Json
from tests.adapters.teams.harness import open_harness, settle

JUNK: tuple[object, ...] = (None, 5, "\ud83d\x00", ["x", None], {}, {"id": [1]}, {"steward": {"action": 5, "form": 5}})
INVOKES = (
    "adaptiveCard/action", "task/fetch", "task/submit", "application/search", "composeExtension/query",
    "composeExtension/selectItem",
)  # fmt: skip
KINDS: dict[str, Json] = {
    "message": {"text": "ai help", "value": None, "replyToId": "1"},
    "installationUpdate": {"type": "installationUpdate", "action": "add"},
    "conversationUpdate": {"type": "conversationUpdate", "membersAdded": [{"id": "29:1"}]},
    **{name: {"type": "invoke", "name": name, "value": {}, "replyToId": "1"} for name in INVOKES},
}


def strange(activity: Json) -> Iterator[Json]:
    """Yield the activity with each field, and each field within its objects, replaced by each piece of junk."""
    for field, value in activity.items():
        if field in ("serviceUrl", "type"):
            continue
        for junk in JUNK:
            yield {**activity, field: junk}
            for inner in value if isinstance(value, dict) else ():
                yield {**activity, field: {**value, inner: junk}}


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_that_stands_in_an_activity_is_a_500(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    async with open_harness() as bench:
        sarah = bench.person(await bench.member("sarah@northlake.example", "Sarah Chen"))
        made = payloads.envelope(bench.fake, sarah, bench.fake.personal(sarah), "message") | KINDS[kind]
        with caplog.at_level(logging.CRITICAL, logger="adapters.teams"):
            answers = [(each, (await bench.driver.send(each)).status) for each in strange(made)]
            await settle()
        assert [(each, status) for each, status in answers if not 200 <= status < 500] == []
        assert (await bench.driver.send(made)).ok
