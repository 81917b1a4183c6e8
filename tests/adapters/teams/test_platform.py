"""What only Teams does outbound: once or several times, in which place, with which token, and to whom."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.teams.places import parts, place, url
from adapters.teams.platform import TeamsPlatform
from bot.domain.deliveries import Address
from bot.errors import MessageRejected, PlatformError, PlatformUnavailable, RateLimited, RecipientUnreachable
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import Condition, Sender
from tests.adapters.teams.harness import TeamsHarness, open_harness

SHORT = Message(title="Short", blocks=(Paragraph((Plain("A few words."),)),), fallback="A short message.")


@pytest.fixture
async def teams() -> AsyncIterator[TeamsHarness]:
    async with open_harness() as harness:
        yield harness


async def chat(teams: TeamsHarness) -> Address:
    sarah = await teams.member("sarah@northlake.example", "Sarah Chen")
    return await teams.platform.open_direct(sarah)


@pytest.mark.parametrize(("kind", "facts", "error"), [
    ("status", {"status": 412}, PlatformUnavailable), ("status", {"status": 502}, PlatformUnavailable),
    ("status", {"status": 504}, PlatformUnavailable), ("reset", {}, PlatformUnavailable),
    ("accept_then_500", {}, PlatformUnavailable), ("bad_json", {}, PlatformUnavailable),
    ("hang", {}, PlatformUnavailable), ("429", {"retry_after": "3.5"}, RateLimited),
    ("status", {"status": 403, "code": "BotDisabledByAdmin"}, RecipientUnreachable),
    ("writes_blocked", {}, RecipientUnreachable), ("status", {"status": 404}, RecipientUnreachable),
    ("status", {"status": 413}, MessageRejected),
])  # fmt: skip
async def test_a_post_that_fails_is_sorted_and_never_repeated(
    teams: TeamsHarness, kind: str, facts: dict[str, object], error: type[PlatformError]
) -> None:
    address = await chat(teams)
    teams.fake.fault("post", kind, **facts)  # type: ignore[arg-type]  # each a fault's own facts
    with pytest.raises(error) as caught:
        await teams.platform.send(address, SHORT, {}, "delivery-1")
    if isinstance(caught.value, PlatformUnavailable):
        assert caught.value.maybe_sent
    assert len(teams.fake.calls_of("post")) == 1
    teams.fake.release()


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
async def test_a_change_is_tried_again_at_once(
    teams: TeamsHarness, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    assert isinstance(teams.platform, TeamsPlatform)
    monkeypatch.setattr(teams.platform.connector, "_pause", pause)
    address = await chat(teams)
    ref = await teams.platform.send(address, SHORT, {}, "delivery-1")
    kind, facts = ("429", {"retry_after": 1}) if status == 429 else ("status", {"status": status})
    teams.fake.fault("update", kind, **facts)  # type: ignore[arg-type]  # each a fault's own facts
    await teams.platform.update(ref, SHORT, {})
    assert len(teams.fake.calls_of("update")) == 2
    assert len(waited) == 1


async def test_a_refused_token_is_asked_for_anew(teams: TeamsHarness) -> None:
    address = await chat(teams)
    teams.fake.revoke_tokens()
    with pytest.raises(PlatformError):
        await teams.platform.send(address, SHORT, {}, "delivery-1")
    await teams.platform.send(address, SHORT, {}, "delivery-2")
    assert teams.fake.counts["token"] == 2


async def test_a_post_in_a_channel_begins_a_thread_and_its_details_follow_in_it(teams: TeamsHarness) -> None:
    sarah = await teams.member("sarah@northlake.example", "Sarah Chen")
    channel = await teams.channel(sarah)
    card = await teams.platform.send(channel, SHORT, {}, "digest-1")
    thread = Address(channel.platform, channel.conversation, channel.tenant, card.message)
    details = await teams.platform.send(thread, SHORT, {}, "digest-2")
    assert teams.posted(details).thread == card.message
    assert not teams.posted(card).thread


async def test_nothing_is_sent_to_a_service_nobody_trusts(teams: TeamsHarness) -> None:
    away = Address("teams", "https://evil.example a:1", teams.fake.tenant)
    with pytest.raises(RecipientUnreachable):
        await teams.platform.send(away, SHORT, {}, "delivery-1")


async def test_who_removed_the_app_cannot_be_reached(teams: TeamsHarness) -> None:
    sarah = await teams.member("sarah@northlake.example", "Sarah Chen")
    address = await teams.platform.open_direct(sarah)
    teams.person(sarah).installed = False
    with pytest.raises(RecipientUnreachable):
        await teams.platform.send(address, SHORT, {}, "delivery-1")


async def test_guests_and_other_tenants_are_outsiders(teams: TeamsHarness) -> None:
    guest = teams.fake.add_person("Gus", "gus@elsewhere.example", guest=True)
    reference = teams.fake.reference(teams.fake.personal(guest))
    sender = Sender(platform="teams", tenant=teams.fake.tenant, user=guest.object_id, conversation=reference)
    assert (await teams.platform.profile(sender)).outsider
    assert await teams.platform.find_person("gus@elsewhere.example") is None
    foreign = Sender(platform="teams", tenant="another", user="x", conversation=reference)
    assert (await teams.platform.profile(foreign)).outsider


async def test_without_leave_to_read_the_directory_nobody_is_found_and_nothing_breaks(teams: TeamsHarness) -> None:
    await teams.member("sarah@northlake.example", "Sarah Chen")
    teams.fake.graph_allowed = False
    assert await teams.platform.find_person("sarah@northlake.example") is None
    assert (await teams.platform.check()).condition is Condition.OK


async def test_without_the_directory_only_who_is_missing_from_their_own_chat_is_gone(teams: TeamsHarness) -> None:
    sarah = await teams.member("sarah@northlake.example", "Sarah Chen")
    teams.fake.graph_allowed = False
    assert await teams.platform.still_there(sarah) is None
    assert await teams.platform.still_there(replace(sarah, conversation=None)) is None
    teams.fake.personal(teams.person(sarah)).members.clear()
    assert await teams.platform.still_there(sarah) is False


async def test_whom_the_directory_does_not_know_is_gone_and_of_another_tenant_nothing_is_said(
    teams: TeamsHarness,
) -> None:
    sarah = await teams.member("sarah@northlake.example", "Sarah Chen")
    nobody = "00000000-0000-0000-0000-000000000000"
    assert await teams.platform.still_there(replace(sarah, user=nobody)) is False
    assert await teams.platform.still_there(replace(sarah, tenant="another")) is None


async def test_a_refused_secret_is_told_from_an_outage(teams: TeamsHarness) -> None:
    assert isinstance(teams.platform, TeamsPlatform)
    teams.platform.connector.forget_token()
    teams.fake.secret = "another"
    assert (await teams.platform.check()).condition is Condition.NOT_AUTHORIZED


def test_a_place_is_one_string_there_and_back() -> None:
    channel = place("https://smba.trafficmanager.net/emea/", "19:x@thread.tacv2;messageid=17")
    assert parts(channel) == ("https://smba.trafficmanager.net/emea", "19:x@thread.tacv2")
    assert parts("19:x@thread.tacv2", "https://smba.trafficmanager.net/amer/")[0].endswith("/amer")
    assert url(channel, "activities", thread="17").endswith("19%3Ax%40thread.tacv2%3Bmessageid%3D17/activities")
    assert url("https://s a:1", "activities", thread="17") == "https://s/v3/conversations/a%3A1/activities"


async def test_who_was_heard_is_looked_up_by_the_bots_own_name_for_them_and_others_by_their_object_id(
    teams: TeamsHarness,
) -> None:
    sarah = await teams.member("sarah@northlake.example", "Sarah Chen")
    assert sarah.conversation
    sender = Sender(platform="teams", tenant=sarah.tenant, user=sarah.user, conversation=sarah.conversation)
    assert (await teams.platform.profile(sender)).email == "sarah@northlake.example"
    await teams.command(sarah, "ai", "help")
    assert (await teams.platform.profile(sender)).email == "sarah@northlake.example"
    await teams.platform.open_direct(sarah)
    before, after = (call.path for call in teams.fake.calls_of("member"))
    assert before.endswith(sarah.user)
    assert "29%3A" in after or "29:" in after
    assert teams.fake.calls_of("create")[-1].body["members"] == [{"id": teams.person(sarah).id}]


async def test_opening_a_chat_is_tried_again_for_it_posts_nothing(teams: TeamsHarness) -> None:
    sarah = await teams.member("sarah@northlake.example", "Sarah Chen")
    teams.fake.fault("create", "accept_then_reset")
    assert (await teams.platform.open_direct(sarah)).conversation == sarah.conversation
    assert len(teams.fake.calls_of("create")) == 2
