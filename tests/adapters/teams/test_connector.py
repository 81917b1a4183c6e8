"""Calls to Teams' services: what is repeated, who waits for whom, and where our token may go."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.teams.connector import Connector
from adapters.teams.edge import COOL_DOWN, KEYS_LAST, SigningKeys
from adapters.teams.errors import Got
from adapters.teams.settings import TeamsSettings
from adapters.teams.tokens import AGAIN_AFTER, Token
from bot.errors import MessageRejected, NotAuthorized, PlatformUnavailable, RateLimited, RecipientUnreachable
from tests.adapters.teams.harness import TeamsHarness, open_harness


@pytest.fixture
async def teams() -> AsyncIterator[TeamsHarness]:
    async with open_harness() as harness:
        yield harness


class Pauses:
    """Notes how long something would have waited."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture
async def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def connector(teams: TeamsHarness, pauses: Pauses) -> AsyncIterator[Connector]:
    made = Connector(teams.settings, pauses)
    await made.start(1.0, 1.0, 1.0)
    yield made
    await made.stop()


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def chat_of(teams: TeamsHarness) -> str:
    sarah = await teams.member("sarah@northlake.example", "Sarah Chen")
    assert sarah.conversation
    base, _, id = sarah.conversation.partition(" ")
    return f"{base}/v3/conversations/{id}/activities"


HELLO = {"type": "message", "text": "Hello"}

# Where our token may go


@pytest.mark.parametrize("address", [
    "https://smba.trafficmanager.net/emea/v3/x", "https://eu.smba.trafficmanager.net/x", "http://own.example/x",
    "https://smba.infra.gcc.teams.microsoft.com/gcc", "https://SMBA.TrafficManager.net/x",
])  # fmt: skip
def test_teams_services_are_trusted(address: str) -> None:
    assert Connector(TeamsSettings(trusted_hosts=" Own.example, ")).trusts(address)


@pytest.mark.parametrize("address", [
    "", "smba.trafficmanager.net", "http://smba.trafficmanager.net/x", "https://evil.example/smba.trafficmanager.net",
    "https://smba.trafficmanager.net.evil.example/", "https://evilbotframework.com/", "https://[", "https://[::1/x",
    "https://smba.trafficmanager.net@evil.example/", "https://smba.trafficmanager.net /x", "ftp://botframework.com/",
    "https://trafficmanager.net/", "https://evil.example\\.botframework.com@evil.example/", "https:///x",
])  # fmt: skip
def test_nothing_else_is(address: str) -> None:
    assert not Connector(TeamsSettings()).trusts(address)


async def test_a_service_that_points_elsewhere_is_not_followed(connector: Connector) -> None:
    followed = []

    async def answer(request: web.Request) -> web.Response:
        followed.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        with pytest.raises(MessageRejected):
            await connector.get(str(server.make_url("/here")))
    assert followed == ["/here"]


# What is repeated


async def test_a_post_is_tried_again_only_where_nobody_listened(connector: Connector, pauses: Pauses) -> None:
    nobody = f"http://127.0.0.1:{closed_port()}/v3/conversations/a/activities"
    with pytest.raises(PlatformUnavailable) as caught:
        await connector.post(nobody, HELLO)
    assert not caught.value.maybe_sent
    assert len(pauses.taken) == 2


async def test_a_post_whose_token_is_not_to_be_had_is_not_tried_again(
    teams: TeamsHarness, connector: Connector, pauses: Pauses
) -> None:
    address = await chat_of(teams)
    teams.fake.fault("token", "status", status=503)
    with pytest.raises(PlatformUnavailable) as caught:
        await connector.post(address, HELLO)
    assert not caught.value.maybe_sent
    assert pauses.taken == []


@pytest.mark.parametrize("kind", ["reset", "accept_then_reset"])
async def test_a_change_whose_connection_broke_is_made_again(
    teams: TeamsHarness, connector: Connector, pauses: Pauses, kind: str
) -> None:
    address = await chat_of(teams)
    made = await connector.post(address, HELLO)
    teams.fake.fault("update", kind)
    await connector.put(f"{address}/{made['id']}", HELLO)
    assert len(teams.fake.calls_of("update")) == 2


async def test_a_change_is_not_waited_for_twice(teams: TeamsHarness, connector: Connector, pauses: Pauses) -> None:
    address = await chat_of(teams)
    made = await connector.post(address, HELLO)
    teams.fake.fault("update", "hang")
    with pytest.raises(PlatformUnavailable):
        await connector.put(f"{address}/{made['id']}", HELLO)
    teams.fake.release()
    assert pauses.taken == []


async def test_a_long_limit_is_left_to_who_can_wait(teams: TeamsHarness, connector: Connector, pauses: Pauses) -> None:
    address = await chat_of(teams)
    made = await connector.post(address, HELLO)
    teams.fake.fault("update", "429", retry_after=60)
    with pytest.raises(RateLimited) as caught:
        await connector.put(f"{address}/{made['id']}", HELLO)
    assert caught.value.retry_after == 60
    assert pauses.taken == []


async def test_half_a_letter_is_sent_as_a_question_mark(teams: TeamsHarness, connector: Connector) -> None:
    await connector.post(await chat_of(teams), {"type": "message", "text": "x\ud83d"})
    assert teams.fake.calls_of("post")[-1].body["text"] == "x?"


# Who waits for whom


async def test_one_conversation_takes_one_call_at_a_time_and_who_waits_too_long_has_sent_nothing(
    teams: TeamsHarness, pauses: Pauses
) -> None:
    address = await chat_of(teams)
    connector = Connector(teams.settings, pauses)
    await connector.start(5.0, 1.0, 0.05)
    teams.fake.fault("post", "hang")
    first = asyncio.create_task(connector.post(address, HELLO, "here"))
    await teams.fake.hanging.wait()
    with pytest.raises(PlatformUnavailable, match="in line") as caught:
        await connector.put(f"{address}/1", HELLO, "here")
    assert not caught.value.maybe_sent
    await connector.post(address, HELLO, "elsewhere")
    teams.fake.release()
    await asyncio.gather(first, return_exceptions=True)
    await connector.stop()


async def test_a_token_endpoint_that_hangs_costs_all_who_wait_one_wait_and_nothing_was_sent(
    teams: TeamsHarness, pauses: Pauses
) -> None:
    address = await chat_of(teams)
    connector = Connector(teams.settings, pauses)
    await connector.start(5.0, 1.0, 0.05)
    before = teams.fake.counts["token"]
    teams.fake.fault("token", "hang", times=9)
    calls = [connector.post(address, HELLO, str(number)) for number in range(8)]
    failed = await asyncio.gather(*calls, return_exceptions=True)
    teams.fake.release()
    assert [isinstance(each, PlatformUnavailable) and each.maybe_sent for each in failed] == [False] * 8
    assert teams.fake.counts["token"] == before + 1
    assert teams.fake.calls_of("post") == []
    await connector.stop()


# Tokens


class Microsoft:
    """Gives tokens, as long as it is told to."""

    def __init__(self) -> None:
        self.now, self.asked = 1000.0, 0
        self.answer: bytes | None = None
        self.status = 200

    def time(self) -> float:
        return self.now

    async def __call__(self, _url: str, _form: dict[str, str]) -> Got:
        self.asked += 1
        said = self.answer or b'{"access_token": "t%d", "expires_in": 3600}' % self.asked
        return Got(self.status, said, {})


@pytest.fixture
def microsoft() -> Microsoft:
    return Microsoft()


@pytest.fixture
def token(microsoft: Microsoft) -> Token:
    return Token("scope", TeamsSettings(tenant_id="t"), microsoft, microsoft.time)


async def test_a_token_is_kept_and_renewed_before_it_is_over(microsoft: Microsoft, token: Token) -> None:
    assert [await token.get(), await token.get()] == ["t1", "t1"]
    microsoft.now += 3299
    assert await token.get() == "t1"
    microsoft.now += 2
    assert await token.get() == "t2"


async def test_a_token_serves_on_while_it_cannot_be_renewed(microsoft: Microsoft, token: Token) -> None:
    await token.get()
    microsoft.now, microsoft.status = microsoft.now + 3400, 503
    assert [await token.get(), await token.get()] == ["t1", "t1"]
    assert microsoft.asked == 2
    microsoft.now += AGAIN_AFTER
    assert await token.get() == "t1"
    assert microsoft.asked == 3
    microsoft.now += 3600
    with pytest.raises(PlatformUnavailable):
        await token.get()


async def test_a_token_taken_back_is_not_used_again(microsoft: Microsoft, token: Token) -> None:
    await token.get()
    token.forget()
    assert await token.get() == "t2"


@pytest.mark.parametrize("said", [b"<html>", b"[]", b"{}", b'{"access_token": ""}', b'{"access_token": 5}'])
async def test_an_answer_without_a_token_is_an_outage_in_which_nothing_was_sent(
    microsoft: Microsoft, token: Token, said: bytes
) -> None:
    microsoft.answer = said
    with pytest.raises(PlatformUnavailable) as caught:
        await token.get()
    assert not caught.value.maybe_sent


@pytest.mark.parametrize(("status", "error"), [
    (400, NotAuthorized), (401, NotAuthorized), (403, NotAuthorized), (429, RateLimited), (500, PlatformUnavailable),
])  # fmt: skip
async def test_a_refused_token_is_our_credentials_a_limit_or_an_outage(
    microsoft: Microsoft, token: Token, status: int, error: type[Exception]
) -> None:
    microsoft.status, microsoft.answer = status, b'{"error": "whatever"}'
    with pytest.raises(error):
        await token.get()


async def test_a_life_that_is_no_number_is_an_hour(microsoft: Microsoft, token: Token) -> None:
    microsoft.answer = b'{"access_token": "t", "expires_in": "soon"}'
    await token.get()
    microsoft.now += 3000
    await token.get()
    assert microsoft.asked == 1


# Signing keys


class Keys:
    """The keys of the fake, with a clock of their own."""

    def __init__(self, teams: TeamsHarness, connector: Connector) -> None:
        self.teams, self.now = teams, 1000.0
        self.keys = SigningKeys(teams.fake.metadata_url, connector, lambda: self.now)

    @property
    def fetched(self) -> int:
        return self.teams.fake.counts["metadata"]


@pytest.fixture
def signing(teams: TeamsHarness, connector: Connector) -> Keys:
    return Keys(teams, connector)


async def test_keys_a_day_old_serve_on_while_they_cannot_be_fetched(signing: Keys) -> None:
    current = signing.teams.fake.keys.current
    await signing.keys.get(current)
    signing.now += KEYS_LAST + 1
    signing.teams.fake.fault("metadata", "status", status=503, times=5)
    for _ in range(3):
        await signing.keys.get(current)
    assert signing.fetched == 2
    signing.now += COOL_DOWN + 1
    await signing.keys.get(current)
    assert signing.fetched == 3


async def test_without_any_keys_one_outage_is_shared_by_all_who_wait(signing: Keys) -> None:
    signing.teams.fake.fault("metadata", "hang")
    waiting = [asyncio.create_task(signing.keys.get("x")) for _ in range(5)]
    failed = await asyncio.gather(*waiting, return_exceptions=True)
    signing.teams.fake.release()
    assert [type(each) for each in failed] == [PlatformUnavailable] * 5
    assert signing.fetched == 1
    await signing.keys.get(signing.teams.fake.keys.current)


async def test_an_unknown_key_is_looked_for_again_after_a_while(signing: Keys) -> None:
    await signing.keys.get(signing.teams.fake.keys.current)
    for _ in range(4):
        with pytest.raises(PermissionError):
            await signing.keys.get("made up")
    assert signing.fetched == 2
    signing.now += COOL_DOWN + 1
    signing.teams.fake.keys.roll()
    await signing.keys.get(signing.teams.fake.keys.current)
    assert signing.fetched == 3


# The directory


async def test_an_address_that_the_directory_calls_malformed_is_nobodys(
    teams: TeamsHarness, connector: Connector
) -> None:
    teams.fake.fault("graph", "status", status=400, code="Request_BadRequest")
    assert await connector.directory("o'hara@") is None
    with pytest.raises(RecipientUnreachable):
        await connector.get("https://evil.example/v3/conversations/a/members/b")
