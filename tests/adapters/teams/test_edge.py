"""What only Teams does inbound: tokens good and bad, keys that change, places where others read, older clients."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.people import Handle
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import (
    ActionPressed,
    Audience,
    BotAdded,
    Command,
    FormErrors,
    FormSubmitted,
    Match,
    Matches,
    OpenForm,
    Replace,
    Say,
    Searched,
)
from tests.adapters.teams.driver import TOKENS
from tests.adapters.teams.fake_parts import payloads
from tests.adapters.teams.fake_parts.forged import BODIES
from tests.adapters.teams.harness import TeamsHarness, open_harness, settle
from tests.contracts.examples import ANSWER, CHECK_IN, EVERYTHING, SNOOZE

THANKS = Message(title="", blocks=(Paragraph((Plain("Thank you, noted."),)),), fallback="Thank you, noted.")


@pytest.fixture
async def teams() -> AsyncIterator[TeamsHarness]:
    async with open_harness() as harness:
        yield harness


async def sarah_of(teams: TeamsHarness) -> Handle:
    return await teams.member("sarah@northlake.example", "Sarah Chen")


# Who is believed


@pytest.mark.parametrize("kind", sorted(TOKENS))
async def test_a_token_that_is_not_genuine_is_answered_with_401_and_nothing_happens(
    teams: TeamsHarness, kind: str
) -> None:
    await sarah_of(teams)
    ack = await teams.driver.bad(kind)
    await settle()
    assert ack.status == 401
    assert teams.flows.seen == []
    assert teams.fake.calls_of("post") == []


@pytest.mark.parametrize(("kind", "status"), [("junk_json", 400), ("json_list", 400), ("no_type", 400), ("deep", 400),
    ("wrong_types", 400), ("no_content_type", 415), ("form", 415), ("oversized", 413), ("get", 405)])  # fmt: skip
async def test_a_body_that_is_no_activity_is_refused(teams: TeamsHarness, kind: str, status: int) -> None:
    assert kind in BODIES
    await sarah_of(teams)
    assert (await teams.driver.bad(kind)).status == status


async def test_a_rolled_key_works_and_the_keys_are_fetched_once_more(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    await teams.command(sarah, "ai-status", "sepsis")
    teams.fake.keys.roll()
    await teams.command(sarah, "ai-status", "stroke")
    assert [seen.text for seen in teams.flows.seen if isinstance(seen, Command)] == ["sepsis", "stroke"]
    assert teams.fake.counts["keys"] == 2


async def test_unknown_keys_do_not_make_us_ask_again_and_again(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    await teams.command(sarah, "ai-status", "sepsis")
    for _ in range(5):
        assert (await teams.driver.bad("unknown_key")).status == 401
    assert teams.fake.counts["keys"] <= 2


async def test_without_any_keys_teams_is_asked_to_come_again(teams: TeamsHarness) -> None:
    await sarah_of(teams)
    teams.fake.fault("metadata", "status", status=503)
    ack = await teams.driver.send(teams.driver.anything())
    assert ack.status == 503


async def test_many_first_messages_fetch_keys_and_token_once(teams: TeamsHarness) -> None:
    people = [await teams.member(f"p{n}@northlake.example", f"P {n}") for n in range(8)]
    teams.flows.will(*(Say(THANKS) for _ in people))
    await asyncio.gather(*(teams.command(each, "ai-status", "sepsis") for each in people))
    assert (teams.fake.counts["keys"], teams.fake.counts["token"]) == (1, 1)


# What arrives


@pytest.mark.parametrize("changes", [
    {"type": "messageReaction"}, {"type": "typing"}, {"type": "made-up"}, {"type": "event", "name": "x"},
    {"type": "invoke", "name": "config/fetch", "value": {}}, {"type": "invoke", "name": None, "value": None},
    {"entities": [{"type": "https://schema.org/Message", "odd": [1]}, {"type": "mention"}]},
    {"value": [1, 2]}, {"attachments": [{"contentType": "x/y"}]},
])  # fmt: skip
async def test_what_is_unknown_is_taken_and_ignored(teams: TeamsHarness, changes: dict[str, object]) -> None:
    await sarah_of(teams)
    ack = await teams.driver.send({**teams.driver.anything(), **changes})
    assert ack.status == 200


@pytest.mark.parametrize(("text", "name", "rest"), [
    ("/ai-status claims &amp; triage", "ai-status", "claims & triage"), ("AI-Status\xa0sepsis", "ai-status", "sepsis"),
    ("status sepsis", "ai-status", "sepsis"), ("ai new", "ai", "new"), ("help", "ai", "help"),
])  # fmt: skip
async def test_words_are_commands_with_or_without_a_slash(teams: TeamsHarness, text: str, name: str, rest: str) -> None:
    await sarah_of(teams)
    await teams.driver.send({**teams.driver.anything(), "text": text})
    (seen,) = teams.flows.seen
    assert isinstance(seen, Command)
    assert (seen.name, seen.text, seen.public) == (name, rest, False)


async def test_in_a_channel_the_mention_is_removed_and_what_spells_the_bots_name_is_not(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    channel = await teams.channel(sarah)
    await teams.command(sarah, "ai-status", "Steward pilot", channel)
    (seen,) = teams.flows.seen
    assert isinstance(seen, Command)
    assert (seen.text, seen.public, seen.sender.direct) == ("Steward pilot", True, False)
    assert seen.sender.conversation == channel.conversation


async def test_what_is_not_said_to_the_bot_is_not_heard(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    place = teams.place((await teams.channel(sarah)).conversation)
    await teams.driver.write(teams.person(sarah), "ai-status sepsis", place, mention=False)
    assert teams.flows.seen == []


async def test_zone_and_language_come_with_everything(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    person = teams.person(sarah)
    person.timezone, person.locale = "Asia/Kolkata", "en-IN"
    await teams.command(sarah, "ai-status", "sepsis")
    sender = teams.flows.seen[0].sender
    assert (sender.timezone, sender.locale) == ("Asia/Kolkata", "en-IN")


async def test_installing_and_removing_the_app_is_heard(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    await teams.driver.install(teams.person(sarah))
    await teams.driver.install(teams.person(sarah), removed=True)
    await settle()
    heard = [seen for seen in teams.flows.seen if isinstance(seen, BotAdded)]
    assert [seen.removed for seen in heard] in ([False, True], [False, False, True])
    assert all(seen.sender.direct and seen.sender.user == sarah.user for seen in heard)


async def test_an_older_client_sends_a_button_as_a_message(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    ref = await teams.platform.send(await teams.platform.open_direct(sarah), EVERYTHING, {}, "delivery-1")
    teams.driver.knows_execute = False
    teams.flows.will(Replace(THANKS))
    await teams.press(sarah, ref, SNOOZE)
    (seen,) = teams.flows.seen
    assert isinstance(seen, ActionPressed)
    assert seen.message == ref
    assert "Thank you" in teams.fake.read(teams.posted(ref))


async def test_one_form_sent_by_submit_and_by_execute_is_one_interaction(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    teams.flows.will(OpenForm(CHECK_IN))
    await teams.command(sarah, "ai", "checkin")
    person = teams.person(sarah)
    (asking,) = teams.fake.by_the_bot(teams.fake.personal(person))
    values = {"status": "green", "progress": "Fine", "next": "2026-12-01"}
    button = teams.driver.button(person, asking, CHECK_IN.submit)
    await teams.driver.press(person, asking, button, values)
    await teams.driver.send(payloads.submitted(teams.fake, person, asking, {**button.data, **values}))
    await settle()
    assert len([seen for seen in teams.flows.seen if isinstance(seen, FormSubmitted)]) == 1


async def test_a_button_of_an_older_version_says_so(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    person = teams.person(sarah)
    ref = await teams.platform.send(await teams.platform.open_direct(sarah), EVERYTHING, {}, "delivery-1")
    made = teams.driver.anything()
    value = {"action": {"type": "Action.Execute", "verb": "x", "data": {"steward": {"action": "gone", "value": "1"}}}}
    ack = await teams.driver.send(
        {**made, "type": "invoke", "name": "adaptiveCard/action", "value": value, "replyToId": ref.message}
    )
    await settle()
    assert ack.status == 200
    assert any("older version" in teams.fake.read(each) for each in teams.fake.by_the_bot(teams.fake.personal(person)))


# Where others read


async def test_what_is_for_the_asker_alone_goes_to_their_own_chat(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    channel = await teams.channel(sarah)
    teams.flows.will(Say(THANKS))
    await teams.command(sarah, "ai", "checkin", channel)
    assert teams.standing(channel) == []
    assert "Thank you, noted." in "\n".join(teams.told(sarah))


async def test_without_a_chat_of_their_own_the_asker_is_told_how_to_get_one(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    channel = await teams.channel(sarah)
    teams.person(sarah).installed = False
    teams.fake.fault("create", "status", status=403, code="BotNotInConversationRoster")
    teams.flows.will(Say(THANKS))
    await teams.command(sarah, "ai", "checkin", channel)
    (words,) = teams.standing(channel)
    assert "no chat between us yet" in words
    assert "Thank you" not in words


async def test_a_form_asked_for_in_a_channel_opens_for_who_presses_the_button(teams: TeamsHarness) -> None:
    sarah, ravi = await sarah_of(teams), await teams.member("ravi@northlake.example", "Ravi Shah")
    channel = await teams.channel(sarah, ravi)
    teams.flows.will(OpenForm(CHECK_IN), OpenForm(CHECK_IN))
    await teams.command(sarah, "ai", "new", channel)
    (posted,) = teams.fake.by_the_bot(teams.place(channel.conversation))
    person = teams.person(ravi)
    await teams.driver.press(person, posted, teams.driver.button(person, posted, CHECK_IN.title))
    seen = teams.flows.seen[-1]
    assert isinstance(seen, Command)
    assert (seen.text, seen.sender.user, seen.public) == ("new", ravi.user, False)
    assert teams.form(ravi)
    assert teams.form(sarah) is None


async def test_replies_in_a_channel_stay_in_its_thread(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    channel = await teams.channel(sarah)
    teams.flows.will(Say(THANKS, Audience.EVERYONE))
    await teams.command(sarah, "ai-status", "sepsis", channel)
    (posted,) = teams.fake.by_the_bot(teams.place(channel.conversation))
    assert posted.thread


# Searches


async def test_the_message_extension_offers_what_matches_and_posts_what_may_be_shared(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    person = teams.person(sarah)
    teams.flows.will(Matches((Match("SEPSIS", "Sepsis <early> warning", "pilot"),)), Say(THANKS, Audience.EVERYONE))
    (found,) = await teams.driver.search(person, "sep")
    assert "&lt;early&gt;" in found["preview"]["content"]["title"]
    (chosen,) = await teams.driver.choose(person, found)
    searched, pressed = teams.flows.seen
    assert isinstance(searched, Searched)
    assert searched.text == "sep"
    assert isinstance(pressed, ActionPressed)
    assert pressed.value == "SEPSIS"
    assert "Thank you" in str(chosen["content"])


async def test_what_may_not_be_shared_is_not_posted_from_the_extension(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    person = teams.person(sarah)
    teams.flows.will(Matches((Match("SEPSIS", "Sepsis", ""),)), Say(THANKS))
    (found,) = await teams.driver.search(person, "sep")
    assert await teams.driver.choose(person, found) == []


async def test_errors_come_back_with_the_dialog_and_all_values(teams: TeamsHarness) -> None:
    sarah = await sarah_of(teams)
    ref = await teams.platform.send(await teams.platform.open_direct(sarah), EVERYTHING, {}, "delivery-1")
    teams.flows.will(OpenForm(CHECK_IN), FormErrors(CHECK_IN, {"progress": "“lots” is not a number."}))
    await teams.press(sarah, ref, ANSWER)
    await teams.submit(sarah, {"status": "green", "progress": "lots"})
    shown = teams.form(sarah)
    assert shown
    assert "“lots” is not a number." in shown.words
    assert shown.values["progress"] == "lots"
    assert shown.values["status"] == "green"
