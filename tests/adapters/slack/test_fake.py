"""The fake Slack's Web API, tried with the real slack_sdk client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.fake import MINIMAL_SCOPES, FakeSlack, Fault, Limits, User
from tests.fakes.frozen_clock import FrozenClock

Json = dict[str, Any]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HELLO: list[Json] = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}}]
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Check-in"}, "blocks": HELLO}
HOME: Json = {"type": "home", "blocks": HELLO}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
async def fake(clock: FrozenClock) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(now=clock.now, limits=None) as started:
        yield started


@pytest.fixture
async def client(fake: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(fake.workspace.token, base_url=fake.api_url, retry_handlers=[], session=session)


@pytest.fixture
def sarah(fake: FakeSlack) -> User:
    return fake.add_user(name="Sarah Chen", email="sarah@northlake.example", tz="America/Toronto")


async def code(call: Any) -> str:  # noqa: ANN401  # the SDK's methods are typed as they come
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_message_to_a_person_lands_in_the_direct_message(
    fake: FakeSlack, client: AsyncWebClient, sarah: User
) -> None:
    about = {"event_type": "ai_prompt", "event_payload": {"id": "7"}}
    answer = await client.chat_postMessage(channel=sarah.id, text="Hello", blocks=HELLO, metadata=about)
    assert [each.readable for each in fake.dm(sarah)] == ["Hello\n*Hello*"]
    assert answer["channel"] == fake.dm_channel(sarah).id
    assert answer["ts"].startswith(str(int(NOON.timestamp())))
    assert fake.dm(sarah)[0].metadata == about


async def test_metadata_is_read_back_only_on_request(fake: FakeSlack, client: AsyncWebClient, sarah: User) -> None:
    about = {"event_type": "ai_prompt", "event_payload": {"id": "7"}}
    sent = await client.chat_postMessage(channel=sarah.id, text="Hello", metadata=about)
    oldest = str(NOON.timestamp() - 5)
    read = await client.conversations_history(
        channel=sent["channel"], oldest=oldest, limit=15, include_all_metadata=True
    )
    assert [each["metadata"] for each in read["messages"]] == [about]
    plain = await client.conversations_history(channel=sent["channel"])
    assert "metadata" not in plain["messages"][0]


async def test_history_is_newest_first_and_leaves_replies_to_the_thread(
    client: AsyncWebClient, fake: FakeSlack
) -> None:
    channel = fake.add_channel("leadership").id
    sent = [await client.chat_postMessage(channel=channel, text=f"m{number}") for number in range(3)]
    await client.chat_postMessage(channel=channel, text="reply", thread_ts=sent[0]["ts"])
    page = await client.conversations_history(channel=channel, limit=2)
    rest = await client.conversations_history(channel=channel, limit=2, cursor=page["response_metadata"]["next_cursor"])
    assert [each["text"] for each in page["messages"] + rest["messages"]] == ["m2", "m1", "m0"]
    later = await client.conversations_history(channel=channel, oldest=sent[1]["ts"])
    assert [each["text"] for each in later["messages"]] == ["m2"]
    thread = await client.conversations_replies(channel=channel, ts=sent[0]["ts"])
    assert [each["text"] for each in thread["messages"]] == ["m0", "reply"]


async def test_an_update_without_blocks_takes_the_blocks_away(
    fake: FakeSlack, client: AsyncWebClient, sarah: User
) -> None:
    sent = await client.chat_postMessage(channel=sarah.id, text="Hello", blocks=HELLO)
    await client.chat_update(channel=sent["channel"], ts=sent["ts"], text="Answered")
    posted = fake.dm(sarah)[0]
    assert (posted.text, posted.blocks, len(posted.edits)) == ("Answered", [], 1)
    assert await code(client.chat_update(channel=sarah.id, ts=sent["ts"], text="x")) == "channel_not_found"
    assert await code(client.chat_update(channel=sent["channel"], ts="1.2", text="x")) == "message_not_found"
    assert await code(client.chat_update(channel=sent["channel"], ts=sent["ts"], text="x" * 4001)) == "msg_too_long"


async def test_channels_have_doors(fake: FakeSlack, client: AsyncWebClient, sarah: User) -> None:
    open_, closed = fake.add_channel("open", bot=False), fake.add_channel("closed", bot=False, private=True)
    old = fake.add_channel("old", archived=True)
    assert await code(client.chat_postMessage(channel=open_.id, text="x")) == "not_in_channel"
    assert await code(client.chat_postMessage(channel=closed.id, text="x")) == "channel_not_found"
    assert await code(client.chat_postMessage(channel=old.id, text="x")) == "is_archived"
    assert await code(client.chat_postMessage(channel="#open", text="x")) == "channel_not_found"
    assert await code(client.conversations_join(channel=open_.id)) == "missing_scope"
    sarah.deleted = True
    assert await code(client.chat_postMessage(channel=sarah.id, text="x")) == "user_disabled"
    assert await code(client.conversations_open(users=sarah.id)) == "user_disabled"
    sarah.deleted, fake.workspace.messages_tab = False, False
    assert await code(client.chat_postMessage(channel=sarah.id, text="x")) == "messages_tab_disabled"


async def test_a_message_wants_text_and_good_blocks(fake: FakeSlack, client: AsyncWebClient, sarah: User) -> None:
    assert await code(client.api_call("chat.postMessage", json={"channel": sarah.id, "blocks": HELLO})) == "no_text"
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=sarah.id, text="x", blocks=[{"type": "alert"}])
    assert refused.value.response["error"] == "invalid_blocks"
    assert "json-pointer:/blocks/0" in refused.value.response["response_metadata"]["messages"][0]
    long = [{"type": "section", "text": {"type": "plain_text", "text": "x" * 2900}}] * 5
    assert await code(client.chat_postMessage(channel=sarah.id, text="x", blocks=long)) == "msg_blocks_too_long"
    assert fake.messages == []


async def test_scopes_are_asked_for_by_method_and_kind_of_channel(
    fake: FakeSlack, client: AsyncWebClient, sarah: User
) -> None:
    fake.workspace.scopes = set(MINIMAL_SCOPES)
    answer = await client.auth_test()
    assert set(answer.headers["x-oauth-scopes"].split(",")) == MINIMAL_SCOPES
    channel = fake.dm_channel(sarah).id
    with pytest.raises(SlackApiError) as refused:
        await client.conversations_history(channel=channel)
    assert refused.value.response["error"] == "missing_scope"
    assert "im:history" in refused.value.response["needed"]
    assert "chat:write" in refused.value.response["provided"]


async def test_tokens_belong_to_workspaces(fake: FakeSlack, client: AsyncWebClient, sarah: User) -> None:
    other = fake.add_workspace(name="Southlake")
    assert await code(client.chat_postMessage(token=other.token, channel=sarah.id, text="x")) == "channel_not_found"
    assert await code(client.auth_test(token="xoxb-nobody")) == "invalid_auth"
    other.revoked = True
    assert await code(client.auth_test(token=other.token)) == "token_revoked"
    fake.workspace.installed = False
    assert await code(client.auth_test()) == "account_inactive"


async def test_people_are_found_by_id_and_email(fake: FakeSlack, client: AsyncWebClient, sarah: User) -> None:
    found = await client.users_lookupByEmail(email="Sarah@northlake.example")
    assert (found["user"]["id"], found["user"]["tz_offset"]) == (sarah.id, -18000)
    assert await code(client.users_lookupByEmail(email="nobody@northlake.example")) == "users_not_found"
    assert await code(client.users_info(user="U0NOBODY00")) == "user_not_found"
    listed = await client.users_list(limit=1)
    assert listed["response_metadata"]["next_cursor"]
    assert (await client.team_info())["team"]["id"] == fake.workspace.id
    assert (await client.conversations_members(channel=fake.add_channel("x").id))["members"] == [
        fake.workspace.bot_user
    ]


async def test_a_link_and_a_note_for_one(fake: FakeSlack, client: AsyncWebClient, sarah: User) -> None:
    channel = fake.add_channel("leadership", members=[sarah.id]).id
    sent = await client.chat_postMessage(channel=channel, text="x")
    link = await client.chat_getPermalink(channel=channel, message_ts=sent["ts"])
    assert link["permalink"].endswith(f"/archives/{channel}/p{sent['ts'].replace('.', '')}")
    await client.chat_postEphemeral(channel=channel, user=sarah.id, text="psst")
    assert [each.text for each in fake.ephemeral_to(sarah)] == ["psst"]
    await client.chat_delete(channel=channel, ts=sent["ts"])
    assert fake.messages == []


async def test_a_trigger_lives_three_seconds_and_once(
    fake: FakeSlack, client: AsyncWebClient, clock: FrozenClock, sarah: User
) -> None:
    trigger = fake.new_trigger(sarah)
    clock.advance(seconds=3)
    await client.views_open(trigger_id=trigger, view=MODAL)
    assert fake.modal(sarah)
    assert await code(client.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
    late = fake.new_trigger(sarah)
    clock.advance(seconds=3.1)
    assert await code(client.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    assert await code(client.views_open(trigger_id="1.2.3", view=MODAL)) == "invalid_trigger_id"


async def test_a_stack_holds_three_modals_and_a_hash_guards_each(
    fake: FakeSlack, client: AsyncWebClient, sarah: User
) -> None:
    await client.views_open(trigger_id=fake.new_trigger(sarah), view=MODAL)
    for _ in range(2):
        await client.views_push(trigger_id=fake.new_trigger(sarah, fake.modal(sarah)), view=MODAL)
    full = fake.new_trigger(sarah, fake.modal(sarah))
    assert await code(client.views_push(trigger_id=full, view=MODAL)) == "push_limit_reached"
    top = fake.modal(sarah)
    assert top
    old = top.hash
    await client.views_update(view_id=top.id, view=MODAL, hash=old)
    assert await code(client.views_update(view_id=top.id, view=MODAL, hash=old)) == "hash_conflict"
    assert await code(client.views_update(view_id="V0", view=MODAL)) == "not_found"
    assert await code(client.views_open(trigger_id=fake.new_trigger(sarah), view=HOME)) == "invalid_arguments"
    await client.views_publish(user_id=sarah.id, view=HOME)
    home = fake.home(sarah)
    assert home
    assert home.type == "home"


async def test_a_response_url_serves_five_times_in_thirty_minutes(
    fake: FakeSlack, clock: FrozenClock, sarah: User
) -> None:
    url = fake.new_response_url(fake.dm_channel(sarah).id, sarah)
    async with aiohttp.ClientSession() as session:

        async def post(to: str) -> int:
            async with session.post(to, json={"text": "x"}) as answer:
                return answer.status

        assert [await post(url) for _ in range(6)] == [200] * 5 + [404]
        late = fake.new_response_url(fake.dm_channel(sarah).id, sarah)
        clock.advance(minutes=31)
        assert await post(late) == 404
    assert [each.error for each in fake.responses] == [None] * 5 + ["used_url", "expired_url"]
    assert len(fake.ephemeral_to(sarah)) == 5


async def test_one_channel_takes_one_message_a_second(clock: FrozenClock) -> None:
    async with FakeSlack(now=clock.now, limits=Limits(channel_burst=1)) as fake:
        client = AsyncWebClient(fake.workspace.token, base_url=fake.api_url, retry_handlers=[])
        one, two = fake.add_channel("one").id, fake.add_channel("two").id
        await client.chat_postMessage(channel=one, text="x")
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=one, text="y")
        assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "1")
        await client.chat_postMessage(channel=two, text="x")
        clock.advance(seconds=1)
        await client.chat_postMessage(channel=one, text="y")
        assert [each.text for each in fake.messages] == ["x", "x", "y"]


async def test_a_tier_is_a_bucket_of_a_minute(clock: FrozenClock) -> None:
    async with FakeSlack(now=clock.now) as fake:
        client = AsyncWebClient(fake.workspace.token, base_url=fake.api_url, retry_handlers=[])
        for _ in range(20):
            await client.users_list()
        assert await code(client.users_list()) == "ratelimited"
        clock.advance(seconds=3)
        await client.users_list()
        assert fake.limited.total() == 1


async def test_what_was_accepted_and_then_reset_is_there_once(
    fake: FakeSlack, client: AsyncWebClient, sarah: User
) -> None:
    fake.fault("chat.postMessage", "accept_then_reset")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=sarah.id, text="once")
    assert [each.text for each in fake.dm(sarah)] == ["once"]
    assert fake.counts["chat.postMessage"] == 1


@pytest.mark.parametrize(
    ("kind", "status", "stored"),
    [
        ("accept_then_500", 500, 1),
        ("refuse_500", 500, 0),
        ("html_503", 503, 0),
        ("bad_json", 200, 1),
        ("fatal_error_after_commit", 200, 1),
    ],
)
async def test_a_fault_leaves_what_it_says(fake: FakeSlack, sarah: User, kind: str, status: int, stored: int) -> None:
    fake.fault("chat.postMessage", kind, channel=sarah.id)
    got, text = await raw(fake, "chat.postMessage", {"channel": sarah.id, "text": "x"})
    assert (got, len(fake.messages)) == (status, stored)
    assert '"ok": true,' not in text or kind == "bad_json"
    assert (await raw(fake, "chat.postMessage", {"channel": sarah.id, "text": "y"}))[0] == 200


async def raw(fake: FakeSlack, method: str, form: dict[str, str]) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {fake.workspace.token}"}
    url = fake.api_url + method
    async with aiohttp.ClientSession() as session, session.post(url, data=form, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_a_request_that_hangs_answers_when_released(fake: FakeSlack, client: AsyncWebClient, sarah: User) -> None:
    fake.fault("chat.postMessage", "accept_then_hang")
    sending = asyncio.create_task(client.chat_postMessage(channel=sarah.id, text="x"))
    await fake.hanging.wait()
    assert (len(fake.messages), sending.done()) == (1, False)
    fake.release()
    assert (await sending)["ok"]


async def test_a_policy_makes_storms(fake: FakeSlack, client: AsyncWebClient, sarah: User) -> None:
    fake.fault_policy = lambda method, args: Fault("error", code="internal_error") if args.get("text") == "b" else None
    await client.chat_postMessage(channel=sarah.id, text="a")
    assert await code(client.chat_postMessage(channel=sarah.id, text="b")) == "internal_error"
    fake.fault("*", "429", retry_after=7)
    with pytest.raises(SlackApiError) as refused:
        await client.auth_test()
    assert refused.value.response.headers["Retry-After"] == "7"


async def test_arguments_come_by_query_form_or_json(fake: FakeSlack, sarah: User) -> None:
    blocks = json.dumps(HELLO)
    status, text = await raw(fake, f"chat.postMessage?channel={sarah.id}", {"text": "x", "blocks": blocks, "odd": "1"})
    assert (status, json.loads(text)["ok"], fake.dm(sarah)[0].blocks[0]["type"]) == (200, True, "section")
    assert fake.unknown_arguments == [("chat.postMessage", "odd")]
    assert json.loads((await raw(fake, "chat.postCard", {}))[1])["error"] == "unknown_method"


async def test_blocks_are_validated_without_a_token(fake: FakeSlack) -> None:
    client = AsyncWebClient(base_url=fake.api_url, retry_handlers=[])
    assert (await client.blocks_validate(blocks=HELLO))["ok"]
    assert await code(client.blocks_validate(view={"type": "modal", "blocks": []})) == "invalid_blocks"
    assert await code(client.api_call("blocks.validate")) == "invalid_arguments"


async def test_a_repeated_client_msg_id_counts_only_when_honoured(fake: FakeSlack, sarah: User) -> None:
    form = {"channel": sarah.id, "text": "x", "client_msg_id": "7"}
    await raw(fake, "chat.postMessage", form)
    await raw(fake, "chat.postMessage", form)
    assert len(fake.dm(sarah)) == 2
    fake.honour_client_msg_id = True
    await raw(fake, "chat.postMessage", form)
    assert len(fake.dm(sarah)) == 2
    assert fake.unknown_arguments == []
