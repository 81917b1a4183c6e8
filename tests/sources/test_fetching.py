"""A value arrives, or is missing for a reason: never zero, and nothing hangs."""

import json
from decimal import Decimal

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.app import fetch_from
from bot.domain.measuring.sources import Gap, Pull, PullKind
from bot.domain.policy import Policy
from bot.errors import ConfigError
from bot.settings import Settings
from bot.sources import fetcher
from tests.sources.servers import AT, HASTY, LOOPBACK, POLICY, Handler, fetched, http, raw

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def says(text: str, status: int = 200) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(text=text, status=status, content_type="application/json")

    return handler


@pytest.mark.parametrize(
    ("document", "path", "value"),
    [
        ({"value": 0.819}, "value", "0.819"),
        ({"data": {"items": [{"auc": "0.82"}]}}, "data.items[0].auc", "0.82"),
        ([[1, 2], [3]], "[1][0]", "3"),
        ({"value": 1e-7}, "value", "0"),
        ({"value": 123456789012.123456}, "value", "123456789012.12346"),
    ],
)
async def test_a_value_arrives_from_its_path(document: object, path: str, value: str) -> None:
    async with http(says(json.dumps(document))) as url:
        assert await fetched(url, path) == Decimal(value)


async def test_no_digit_is_lost_on_the_way() -> None:
    async with http(says('{"value": 123456789012.123456}')) as url:
        assert await fetched(url) == Decimal("123456789012.123456")


@pytest.mark.parametrize(
    ("text", "path", "gap"),
    [
        ('{"value": NaN}', "value", Gap.NOT_A_NUMBER),
        ('{"value": "NaN"}', "value", Gap.NOT_A_NUMBER),
        ('{"value": Infinity}', "value", Gap.NOT_A_NUMBER),
        ('{"value": -Infinity}', "value", Gap.NOT_A_NUMBER),
        ('{"value": 1e400}', "value", Gap.NOT_A_NUMBER),
        ('{"value": true}', "value", Gap.NOT_A_NUMBER),
        ('{"value": {}}', "value", Gap.NOT_A_NUMBER),
        ('{"value": "much"}', "value", Gap.NOT_A_NUMBER),
        ('{"value": null}', "value", Gap.NO_VALUE),
        ('{"value": 1}', "other", Gap.NO_VALUE),
        ('{"value": [1]}', "value[1]", Gap.NO_VALUE),
        ('{"value": [1]}', "value[0", Gap.NO_VALUE),
        ("", "value", Gap.NOT_UNDERSTOOD),
        ("<html>", "value", Gap.NOT_UNDERSTOOD),
        ("[" * 90_000, "value", Gap.NOT_UNDERSTOOD),
    ],
)
async def test_what_is_no_finite_number_is_missing(text: str, path: str, gap: Gap) -> None:
    async with http(says(text)) as url:
        assert await fetched(url, path) is gap


async def test_a_server_that_is_down_is_unreachable() -> None:
    async with http(says("{}")) as url:
        pass
    assert await fetched(url) is Gap.UNREACHABLE


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
async def test_a_server_that_refuses_gives_no_value_whatever_it_says(status: int) -> None:
    async with http(says('{"value": 1}', status)) as url:
        assert await fetched(url) is Gap.REFUSED


@pytest.mark.parametrize("sent", [b"", OK, OK + b"Content-Length: 20\r\n\r\n{", OK + b"X: "])
async def test_a_server_that_says_nothing_more_is_too_slow(sent: bytes) -> None:
    async with raw(sent, hold=True) as url:
        assert await fetched(url, policy=HASTY) is Gap.TOO_SLOW


async def test_a_server_that_announces_more_than_it_sends_is_not_believed() -> None:
    async with raw(OK + b'Content-Length: 500\r\n\r\n{"value": 1}') as url:
        assert await fetched(url) is Gap.UNREACHABLE


async def test_a_server_that_announces_less_than_it_sends_is_not_understood() -> None:
    async with raw(OK + b'Content-Length: 5\r\n\r\n{"value": 1}') as url:
        assert await fetched(url) is Gap.NOT_UNDERSTOOD


async def test_a_body_announced_as_too_large_is_not_read() -> None:
    async with raw(OK + b"Content-Length: 100001\r\n\r\n", hold=True) as url:
        assert await fetched(url) is Gap.TOO_LARGE


async def test_a_body_without_end_is_read_no_further_than_the_limit() -> None:
    async with raw(OK + b"\r\n", endless=True) as url:
        assert await fetched(url) is Gap.TOO_LARGE


async def test_a_packed_body_is_not_unpacked() -> None:
    async with raw(OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b") as url:
        assert await fetched(url) is Gap.NOT_UNDERSTOOD


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed_not_even_to_a_private_address(status: int) -> None:
    asked = []

    async def secret(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"value": 1})

    async with http(secret) as private:

        async def elsewhere(_request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": private})

        async with http(elsewhere) as url:
            assert await fetched(url) is Gap.REDIRECTED
    assert asked == []


async def test_a_name_may_only_resolve_to_addresses_that_may_be_connected_to() -> None:
    asked = []

    async def local(request: web.Request) -> web.Response:
        asked.append(request.host)
        return web.json_response({"value": 3})

    async def to_loopback(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async def to_both(_host: str, _port: int) -> list[str]:
        return ["8.8.8.8", "127.0.0.1"]

    async with http(local) as url:
        port = url.rpartition(":")[2]
        named = f"http://numbers.example:{port}/v"
        assert await fetched(named, hosts=("numbers.example",), resolve=to_loopback) is Gap.NOT_ALLOWED
        assert await fetched(named, hosts=("numbers.example",), resolve=to_both) is Gap.NOT_ALLOWED
        assert asked == []
        assert await fetched(named, hosts=("numbers.example", "127.0.0.0/8"), resolve=to_loopback) == 3
        assert asked == [f"numbers.example:{port}"]


@pytest.mark.parametrize(
    "url", ["http://other.example/", "http://127.0.0.2/", "http://[::1]/", "ftp://127.0.0.1/", "http://a:b@127.0.0.1/"]
)
async def test_a_host_that_is_not_listed_is_not_asked(url: str) -> None:
    async def never(_host: str, _port: int) -> list[str]:
        raise AssertionError("resolved")

    assert await fetched(url, resolve=never) is Gap.NOT_ALLOWED


@pytest.mark.parametrize("address", [
    "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fd00::1",
    "fe80::1%eth0", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "nonsense",
])  # fmt: skip
async def test_private_addresses_are_refused_in_whatever_form(address: str) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return [address]

    assert await fetched("http://numbers.example/", hosts=("numbers.example",), resolve=resolve) is Gap.NOT_ALLOWED


async def test_a_name_that_does_not_resolve_is_unreachable() -> None:
    async def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    assert await fetched("http://numbers.example/", hosts=("numbers.example",), resolve=nowhere) is Gap.UNREACHABLE


async def test_a_secret_is_sent_by_its_name_in_the_environment_and_only_such_a_name() -> None:
    sent = []

    async def handler(request: web.Request) -> web.Response:
        sent.append(request.headers.get("Authorization"))
        return web.json_response({"value": 1})

    secrets = {"STEWARD_PULL_TOKEN_X": "a-token", "STEWARD_API_TOKEN": "ours", "STEWARD_PULL_TOKEN_BAD": "a\nb"}
    fetch = fetcher(LOOPBACK, POLICY, secrets)
    async with http(handler) as url:

        async def with_secret(name: str) -> object:
            return await fetch(Pull(kind=PullKind.JSON, url=url, query="value", secret=name), AT)

        assert await with_secret("STEWARD_PULL_TOKEN_X") == 1
        for name in ("STEWARD_API_TOKEN", "STEWARD_PULL_TOKEN_Y", "STEWARD_PULL_TOKEN_BAD"):
            assert await with_secret(name) is Gap.NO_SECRET
    assert sent == ["Bearer a-token"]


def test_a_range_that_is_none_stops_the_start() -> None:
    with pytest.raises(ConfigError, match=r"STEWARD_PULL_HOSTS: 10\.0\.0\.0/99 is no host"):
        fetcher(("10.0.0.0/99",), POLICY, {})


def test_where_no_host_is_listed_nothing_fetches_and_a_wrong_one_stops_the_start() -> None:
    assert fetch_from(Settings(), Policy()) is None
    assert fetch_from(Settings(pull_hosts="numbers.example, 10.1.0.0/16"), Policy()) is not None
    with pytest.raises(ConfigError, match="STEWARD_PULL_HOSTS"):
        fetch_from(Settings(pull_hosts="10.1.0.0/x"), Policy())


def test_an_empty_token_is_no_token() -> None:
    assert Settings(api_token=SecretStr(" ")).token_of_the_endpoint is None
    assert Settings(api_token=SecretStr("a-token ")).token_of_the_endpoint == "a-token"
