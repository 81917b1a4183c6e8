"""The fake Teams' own HTTP: what it takes, what it refuses, and how it fails on request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import jwt
import pytest
from jwt.algorithms import RSAAlgorithm

from tests.adapters.teams.fake import FakeTeams, Fault, Limits, Person
from tests.adapters.teams.fake_parts import keys
from tests.adapters.teams.fake_parts.state import CARD, Json
from tests.fakes.frozen_clock import FrozenClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SCOPE = "https://api.botframework.com/.default"


def a_card(*body: Json, **more: object) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def words(text: str) -> Json:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text}]}


def a_message(*body: Json, **more: object) -> Json:
    card = a_card(*(body or (words("Hello"),)))
    return {"type": "message", "summary": "Hello", "attachments": [{"contentType": CARD, "content": card}], **more}


class Caller:
    """A bare HTTP client with the bot's token."""

    def __init__(self, fake: FakeTeams, session: aiohttp.ClientSession) -> None:
        self.fake, self.session, self.token = fake, session, ""

    async def sign_in(self, **other: str) -> tuple[int, Json]:
        form = {"grant_type": "client_credentials", "client_id": self.fake.app_id, "client_secret": self.fake.secret}
        async with self.session.post(self.fake.token_url, data={**form, "scope": SCOPE, **other}) as answer:
            got = await answer.json()
            self.token = got.get("access_token", self.token)
            return answer.status, got

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        url = path if path.startswith("http") else f"{self.fake.service_url}v3/conversations{path}"
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def refusal(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        status, said = await self.call(method, path, body)
        return status, said["error"]["code"]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
async def fake(clock: FrozenClock) -> AsyncIterator[FakeTeams]:
    async with FakeTeams(now=clock.now, limits=None) as started:
        yield started


@pytest.fixture
async def caller(fake: FakeTeams) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        made = Caller(fake, session)
        await made.sign_in()
        yield made


@pytest.fixture
def sarah(fake: FakeTeams) -> Person:
    return fake.add_person("Sarah Chen", "sarah@northlake.example")


def activities(fake: FakeTeams, who: Person) -> str:
    return f"/{fake.personal(who).id}/activities"


# Tokens and keys


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "unauthorized_client"),
        ({"scope": "https://graph.example/.default"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_a_token_is_for_this_app_only(caller: Caller, other: dict[str, str], error: str) -> None:
    status, said = await caller.sign_in(**other)
    assert status in (400, 401)
    assert said["error"] == error


async def test_the_connector_wants_a_token_of_its_own(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    assert (await caller.call("POST", activities(fake, sarah), a_message()))[0] == 201
    await caller.sign_in(scope=f"{fake.graph_url}/.default")
    assert await caller.refusal("POST", activities(fake, sarah), a_message()) == (401, "Unauthorized")
    await caller.sign_in()
    fake.revoke_tokens()
    assert await caller.refusal("POST", activities(fake, sarah), a_message()) == (401, "Unauthorized")
    fake.secure = False
    assert (await caller.call("POST", activities(fake, sarah), a_message()))[0] == 201
    assert fake.counts["token"] == 3


async def test_keys_are_published_with_what_they_may_speak_for(fake: FakeTeams, caller: Caller) -> None:
    async def published() -> dict[str, Json]:
        _, told = await caller.call("GET", fake.metadata_url)
        _, found = await caller.call("GET", told["jwks_uri"])
        return {each["kid"]: each for each in found["keys"]}

    before = await published()
    assert "msteams" in before["first"]["endorsements"]
    assert "msteams" not in before["elsewhere"]["endorsements"]
    rolled = fake.keys.roll()
    after = await published()
    assert "first" not in after
    token = keys.signed(keys.claims(fake.app_id, fake.service_url, NOON), rolled)
    key = RSAAlgorithm.from_jwk(after[rolled])
    options: Any = {"verify_exp": False, "verify_nbf": False}
    said = jwt.decode(token, key, algorithms=["RS256"], audience=fake.app_id, options=options)  # type: ignore[arg-type]  # a public key, as the type cannot say
    assert said["serviceurl"] == fake.service_url


# Conversations


async def test_a_conversation_opens_by_either_id_and_needs_the_tenant(
    fake: FakeTeams, caller: Caller, sarah: Person
) -> None:
    def asked(id: str, **more: object) -> Json:
        return {"isGroup": False, "members": [{"id": id}], "channelData": {"tenant": {"id": fake.tenant}}, **more}

    for id in (sarah.id, sarah.object_id):
        assert await caller.call("POST", "", asked(id)) == (201, {"id": fake.personal(sarah).id})
    assert await caller.refusal("POST", "", asked(sarah.id, channelData={})) == (400, "BadSyntax")
    assert await caller.refusal("POST", "", asked(sarah.email)) == (403, "BotNotInConversationRoster")
    sarah.installed = False
    assert await caller.refusal("POST", "", asked(sarah.id)) == (403, "BotNotInConversationRoster")


async def test_a_thread_of_a_channel_is_a_conversation(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    leads = fake.add_channel("Leadership", [sarah.object_id])
    asked: Json = {"isGroup": True, "channelData": {"channel": {"id": leads.id}}, "activity": a_message()}
    status, made = await caller.call("POST", "", asked)
    assert status == 201
    assert made["id"] == f"{leads.id};messageid={made['activityId']}"
    assert (await caller.call("POST", f"/{made['id']}/activities", a_message()))[0] == 201
    assert [each.thread for each in fake.posted(leads)] == ["", made["activityId"]]
    asked["channelData"]["channel"]["id"] = made["id"]
    assert await caller.refusal("POST", "", asked) == (400, "BadSyntax")
    leads.bot = False
    assert await caller.refusal("POST", f"/{leads.id}/activities", a_message()) == (403, "BotNotInConversationRoster")


async def test_what_is_not_there_is_not_found(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    assert await caller.refusal("POST", "/19:nowhere@thread.v2/activities", a_message()) == (
        404,
        "ConversationNotFound",
    )
    here = activities(fake, sarah)
    assert (await caller.refusal("PUT", f"{here}/1", a_message()))[0] == 404
    assert (await caller.refusal("POST", f"{here}/1", a_message()))[0] == 404
    assert (await caller.refusal("GET", f"/{fake.personal(sarah).id}/members/29:nobody"))[0] == 404


async def test_an_update_takes_the_place_of_the_message(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    _, sent = await caller.call("POST", activities(fake, sarah), a_message())
    await caller.call("PUT", f"{activities(fake, sarah)}/{sent['id']}", a_message(words("Answered")))
    (posted,) = fake.posted(fake.personal(sarah))
    assert (fake.read(posted), len(posted.edits)) == ("Answered", 1)


async def test_members_are_looked_up_by_either_id(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    ravi = fake.add_person("Ravi Shah", "ravi@northlake.example", guest=True)
    leads = fake.add_channel("Leadership", [sarah.object_id, ravi.object_id])
    for id in (sarah.id, sarah.object_id):
        _, found = await caller.call("GET", f"/{leads.id}/members/{id}")
        assert (found["email"], found["tenantId"]) == (sarah.email, fake.tenant)
    _, first = await caller.call("GET", f"/{leads.id}/pagedmembers?pageSize=1")
    token = first["continuationToken"]
    _, rest = await caller.call("GET", f"/{leads.id}/pagedmembers?pageSize=1&continuationToken={token}")
    assert {each["userRole"] for each in first["members"] + rest["members"]} == {"user", "guest"}
    assert "continuationToken" not in rest


async def test_the_directory_needs_consent(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    await caller.sign_in(scope=f"{fake.graph_url}/.default")
    url = f"{fake.graph_url}/v1.0/users/{sarah.email}?$select=id,accountEnabled"
    assert await caller.call("GET", url) == (200, {"id": sarah.object_id, "accountEnabled": True})
    fake.graph_allowed = False
    assert await caller.refusal("GET", url) == (403, "Authorization_RequestDenied")


# What an activity must be


@pytest.mark.parametrize(
    ("activity", "status"),
    [
        ({"type": "message", "text": "Hello"}, 201),
        ({"type": "message", "text": " "}, 400),
        ({"type": "message"}, 400),
        ({"text": "Hello"}, 400),
        (a_message(text="Hello"), 400),
        (a_message(summary=""), 400),
        (a_message(attachments=[a_message()["attachments"][0]] * 2), 400),
        (a_message(attachments=[{"contentType": "text/html", "content": "<b>"}]), 400),
        (a_message(words("x" * 26_000)), 413),
        (a_message({"type": "Badge", "text": "new"}), 400),
    ],
)
async def test_a_message_is_words_or_one_good_card_with_a_summary(
    fake: FakeTeams, caller: Caller, sarah: Person, activity: Json, status: int
) -> None:
    assert (await caller.call("POST", activities(fake, sarah), activity))[0] == status
    assert len(fake.posted(fake.personal(sarah))) == (status == 201)


async def test_a_body_is_a_json_object(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    headers = {"Content-Type": "text/plain"}
    assert (await caller.call("POST", activities(fake, sarah), a_message(), **headers))[0] == 415
    assert (await caller.call("POST", activities(fake, sarah), [a_message()]))[0] == 400


# Failing


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault("status", 502), 502),
        (Fault("status", 412), 412),
        (Fault("status", 403, "BotDisabledByAdmin"), 403),
        (Fault("429", retry_after=7), 429),
        (Fault("accept_then_500"), 500),
    ],
)
async def test_a_fault_leaves_what_it_says(
    fake: FakeTeams, caller: Caller, sarah: Person, fault: Fault, status: int
) -> None:
    fake.faults.queues["connector"].append(fault)
    got, said = await caller.call("POST", activities(fake, sarah), a_message())
    assert (got, len(fake.posted(fake.personal(sarah)))) == (status, fault.kind.startswith("accept"))
    assert fault.code in ("", said["error"]["code"])
    assert (await caller.call("POST", activities(fake, sarah), a_message()))[0] == 201


async def test_a_blocked_bot_is_told_in_two_shapes(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    fake.fault("post", "writes_blocked", place=fake.personal(sarah).id)
    status, said = await caller.call("POST", activities(fake, sarah), a_message())
    assert (status, said["errorCode"]) == (403, 209)
    assert "MessageWritesBlocked" in said["message"]
    sarah.blocked = True
    assert await caller.refusal("POST", activities(fake, sarah), a_message()) == (403, "ConversationBlockedByUser")


@pytest.mark.parametrize(("kind", "stored"), [("reset", 0), ("accept_then_reset", 1)])
async def test_a_dropped_connection_leaves_what_it_says(
    fake: FakeTeams, caller: Caller, sarah: Person, kind: str, stored: int
) -> None:
    fake.fault("post", kind)
    with pytest.raises(aiohttp.ClientError):
        await caller.call("POST", activities(fake, sarah), a_message())
    assert len(fake.posted(fake.personal(sarah))) == stored


async def test_an_answer_can_be_broken_json(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    fake.fault("post", "bad_json")
    with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
        await caller.call("POST", activities(fake, sarah), a_message())


async def test_a_request_that_hangs_answers_when_released(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    fake.fault("post", "accept_then_hang")
    sending = asyncio.create_task(caller.call("POST", activities(fake, sarah), a_message()))
    await fake.hanging.wait()
    assert (len(fake.posted(fake.personal(sarah))), sending.done()) == (1, False)
    fake.release()
    assert (await sending)[0] == 201


async def test_a_policy_makes_storms(fake: FakeTeams, caller: Caller, sarah: Person) -> None:
    fake.fault_policy = lambda name, place: Fault("status", status=503) if name == "update" else None
    _, sent = await caller.call("POST", activities(fake, sarah), a_message())
    assert (await caller.call("PUT", f"{activities(fake, sarah)}/{sent['id']}", a_message()))[0] == 503


async def test_one_conversation_takes_seven_messages_a_second(clock: FrozenClock) -> None:
    async with FakeTeams(now=clock.now, limits=Limits()) as fake, aiohttp.ClientSession() as session:
        caller = Caller(fake, session)
        await caller.sign_in()
        sarah, ravi = (fake.add_person(name, f"{name}@northlake.example") for name in ("sarah", "ravi"))
        assert [(await caller.call("POST", activities(fake, sarah), a_message()))[0] for _ in range(7)] == [201] * 7
        assert await caller.refusal("POST", activities(fake, sarah), a_message()) == (429, "Throttled")
        assert (await caller.call("POST", activities(fake, ravi), a_message()))[0] == 201
        clock.advance(seconds=1)
        assert (await caller.call("POST", activities(fake, sarah), a_message()))[0] == 201
        assert await caller.refusal("POST", activities(fake, sarah), a_message()) == (429, "Throttled")
        assert fake.limited == 2
