"""What every adapter's outbound side does, run over each through its harness."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

import adapters
from bot.domain.deliveries import Address
from bot.domain.people import Handle
from bot.errors import (
    MessageRejected,
    NotAuthorized,
    NotKnowable,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
)
from bot.messages.model import Mention, Message, Paragraph, Plain
from bot.ports import Condition, OpenForm
from tests.contracts.examples import EVERYTHING, NASTY, forms, messages
from tests.contracts.harness import Harness, Trouble, with_harness

ERRORS = {
    Trouble.RATE_LIMITED: RateLimited,
    Trouble.UNAVAILABLE: PlatformUnavailable,
    Trouble.MAYBE_SENT: PlatformUnavailable,
    Trouble.RECIPIENT: RecipientUnreachable,
    Trouble.REJECTED: MessageRejected,
    Trouble.NOT_AUTHORIZED: NotAuthorized,
}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SHORT = Message(title="Short", blocks=(Paragraph((Plain("A few words."),)),), fallback="A short message.")


async def direct(bench: Harness) -> tuple[Handle, Address]:
    """Return a person and the address of their direct conversation."""
    sarah = await bench.member("sarah@northlake.example", "Sarah Chen")
    return sarah, await bench.platform.open_direct(sarah)


def mentioning(person_id: str) -> Message:
    """Return a message that mentions somebody."""
    spans = (Plain("Over to "), Mention(person_id, "Sarah Chen"))
    return Message(title="Hand-over", blocks=(Paragraph(spans),), fallback="Over to Sarah Chen.")


def test_every_adapter_can_be_put_on_the_bench() -> None:
    assert list(adapters.available()) == with_harness()


async def test_a_message_shows_its_title_its_body_and_its_fallback(bench: Harness) -> None:
    _, address = await direct(bench)
    ref = await bench.platform.send(address, EVERYTHING, {}, "delivery-1")
    (words,) = bench.standing(address)
    for piece in ("Weekly check-in", "technical lead", "Sepsis", "Pilot", "/ai help", "two", "Answer", "Sarah Chen"):
        assert piece in words
    assert ref.platform == bench.platform.name
    assert "due on Thursday" in bench.fallback(ref)


async def test_a_persons_words_are_shown_as_typed(bench: Harness) -> None:
    _, address = await direct(bench)
    ref = await bench.platform.send(address, EVERYTHING, {}, "delivery-1")
    assert bench.standing(address)[0].count(NASTY) == 2
    assert bench.mentioned(ref) == []


async def test_an_update_stands_in_the_place_of_the_message(bench: Harness) -> None:
    _, address = await direct(bench)
    ref = await bench.platform.send(address, EVERYTHING, {}, "delivery-1")
    await bench.platform.update(ref, SHORT, {})
    (words,) = bench.standing(address)
    assert "A few words." in words
    assert "Weekly check-in" not in words


async def test_a_reply_goes_under_its_thread(bench: Harness) -> None:
    _, address = await direct(bench)
    card = await bench.platform.send(address, SHORT, {}, "delivery-1")
    thread = Address(address.platform, address.conversation, address.tenant, card.message)
    ref = await bench.platform.send(thread, SHORT, {}, "delivery-2")
    assert ref.message != card.message


async def test_a_known_person_is_mentioned_by_account(bench: Harness) -> None:
    sarah, address = await direct(bench)
    ref = await bench.platform.send(address, mentioning("p1"), {"p1": sarah.user}, "delivery-1")
    assert bench.mentioned(ref) in ([sarah.user], [])
    assert bench.mentioned(ref) or "Sarah Chen" in bench.standing(address)[0]


async def test_an_unknown_person_is_mentioned_by_name(bench: Harness) -> None:
    _, address = await direct(bench)
    ref = await bench.platform.send(address, mentioning("p1"), {}, "delivery-1")
    assert "Sarah Chen" in bench.standing(address)[0]
    assert bench.mentioned(ref) == []


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_each_failure_of_the_remote_is_its_platform_error(bench: Harness, trouble: Trouble) -> None:
    _, address = await direct(bench)
    if not bench.fail(trouble):
        return
    with pytest.raises(PlatformError) as caught:
        await bench.platform.send(address, SHORT, {}, "delivery-1")
    assert type(caught.value) is ERRORS[trouble]
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == 7
    if isinstance(caught.value, PlatformUnavailable):
        assert caught.value.maybe_sent is (trouble is Trouble.MAYBE_SENT)


async def test_a_message_is_found_by_its_key_where_the_platform_can_tell(bench: Harness) -> None:
    _, address = await direct(bench)
    sent = await bench.platform.send(address, SHORT, {}, "delivery-1")
    try:
        found = await bench.platform.find_sent(address, "delivery-1", LONG_AGO)
    except NotKnowable:
        return
    assert found == sent


async def test_a_message_never_sent_is_not_found(bench: Harness) -> None:
    _, address = await direct(bench)
    await bench.platform.send(address, SHORT, {}, "delivery-1")
    try:
        found = await bench.platform.find_sent(address, "delivery-2", LONG_AGO)
    except NotKnowable:
        found = None
    assert found is None


async def test_a_call_after_a_failure_works_again(bench: Harness) -> None:
    _, address = await direct(bench)
    if not bench.fail(Trouble.UNAVAILABLE):
        return
    with pytest.raises(PlatformUnavailable):
        await bench.platform.send(address, SHORT, {}, "delivery-1")
    await bench.platform.send(address, SHORT, {}, "delivery-1")
    assert len(bench.standing(address)) == 1


async def test_every_message_is_taken_by_the_remote(bench: Harness) -> None:
    _, address = await direct(bench)
    for name, message in messages().items():
        ref = await bench.platform.send(address, message, {}, name)
        await bench.platform.update(ref, message, {})


async def test_every_form_is_taken_by_the_remote(bench: Harness) -> None:
    sarah, _ = await direct(bench)
    for name, form in forms().items():
        bench.flows.will(OpenForm(form))
        await bench.command(sarah, "ai", "checkin")
        shown = bench.form(sarah)
        assert shown, name
        assert shown.title == form.title
        assert shown.labels == tuple(item.label for item in form.fields)


async def test_a_person_is_found_by_their_address_and_reached(bench: Harness) -> None:
    sarah = await bench.member("sarah@northlake.example", "Sarah Chen")
    found = await bench.platform.find_person("sarah@northlake.example")
    assert found
    assert (found.platform, found.tenant, found.user) == (bench.platform.name, sarah.tenant, sarah.user)
    address = await bench.platform.open_direct(found)
    await bench.platform.send(address, SHORT, {}, "delivery-1")
    assert any("A few words." in words for words in bench.told(sarah))


async def test_an_account_is_there_until_it_is_deactivated(bench: Harness) -> None:
    sarah, _ = await direct(bench)
    assert await bench.platform.still_there(sarah) is True
    if bench.deactivate(sarah):
        assert await bench.platform.still_there(sarah) is False
        assert await bench.platform.find_person("sarah@northlake.example") is None


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_a_failure_never_tells_that_an_account_is_gone(bench: Harness, trouble: Trouble) -> None:
    sarah, _ = await direct(bench)
    bench.fail(trouble)
    with suppress(PlatformError):
        assert await bench.platform.still_there(sarah) is not False


async def test_check_says_ok(bench: Harness) -> None:
    assert (await bench.platform.check()).condition is Condition.OK


@pytest.mark.parametrize(
    ("trouble", "condition"),
    [
        (Trouble.NOT_AUTHORIZED, Condition.NOT_AUTHORIZED),
        (Trouble.UNAVAILABLE, Condition.UNREACHABLE),
        (Trouble.RATE_LIMITED, Condition.UNREACHABLE),
    ],
)
async def test_check_tells_refused_from_unreachable(bench: Harness, trouble: Trouble, condition: Condition) -> None:
    if not bench.fail(trouble):
        return
    health = await bench.platform.check()
    assert health.condition is condition
    assert health.detail


async def test_addresses_and_messages_survive_a_restart(bench: Harness) -> None:
    _, address = await direct(bench)
    ref = await bench.platform.send(address, EVERYTHING, {}, "delivery-1")
    await bench.restart()
    await bench.platform.update(ref, SHORT, {})
    await bench.platform.send(address, SHORT, {}, "delivery-2")
    assert [("A few words." in words) for words in bench.standing(address)] == [True, True]
