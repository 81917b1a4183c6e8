"""Taking an answer: what is stored, what is said at a field, and who may."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.checkins import CommitmentState, PromptState, Rag
from bot.domain.deliveries import DeliveryKind
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import AssignmentKind, AssignmentState, Role
from bot.errors import UserError
from bot.flows import answering
from bot.messages import checkins as words
from bot.messages.forms import FormName, TextField
from bot.messages.model import Quote, plain
from bot.ports import Done, FormErrors, OpenForm, Say
from tests.builders import ANA, a_commitment, a_digest, a_portfolio, an_assignment, an_initiative
from tests.flows.world import BEN, CLEO, DANA, Values, World, the_cycle

GREEN = {"rag_model": "Green"}


async def test_a_form_has_at_most_five_inputs_and_a_title_that_says_what_it_is(world: World) -> None:
    form = (await world.form_of(await world.asks())).form
    assert form.name is FormName.CHECKIN
    assert [field.name for field in form.fields] == [
        "rag_model", "commit_next", "confidence", "sample", "blocker_tech"
    ]  # fmt: skip
    assert plain(form.intro) == "SEPSIS Sepsis early warning\nas technical lead of SEPSIS"


async def test_an_answer_is_stored_with_its_colour_confidence_and_words(world: World) -> None:
    prompt = await world.asks()
    reply = await world.answered(prompt, {**GREEN, "confidence": "7", "sample": "140/400", "commit_next": "Tune it"})
    assert reply == Done()
    after = await world.prompt()
    assert (after.state, after.rag, after.confidence, after.revision) == (PromptState.ANSWERED, Rag.GREEN, 7, 1)
    response = await world.response(prompt)
    assert dict(response.answers) == {
        "rag_model": "Green", "confidence": "7", "sample": "140/400", "commit_next": "Tune it"
    }  # fmt: skip
    assert response.asked["blocker_tech"]
    assert response.asked["data_change"] is False


async def test_an_answer_plans_the_update_of_the_message_and_one_audit_event(world: World) -> None:
    prompt = await world.asks()
    await world.answered(prompt, {**GREEN, "commit_next": "Call Dr. Weber"})
    assert await world.updates(ANA) == 1
    (event,) = [link for link in await world.events() if link.action == "checkin.answered"]
    assert (event.entity_id, event.actor_id) == (prompt.id, ANA)
    assert "Weber" not in json.dumps(dict(event.facts))
    assert event.personal_hash


@pytest.mark.parametrize(
    ("stage", "values", "field", "said"),
    [
        (Stage.LAUNCH, {"incidents": "lots"}, "incidents", "“lots” is not a number"),
        (Stage.LAUNCH, {"incidents": "500"}, "incidents", "500 is outside the usual 0 to 100"),
        (Stage.PILOT, {"sample": "many"}, "sample", "“many” is not a pair of counts"),
        (Stage.PILOT, {"commit_next": "x" * 141}, "commit_next", "That is 141 characters; at most 140 fit."),
        (Stage.PILOT, {"rag_model": ""}, "rag_model", "This one is needed."),
        (Stage.PILOT, {"rag_model": "blue"}, "rag_model", "Choose Green, Amber or Red."),
        (Stage.PILOT, {"blocker_tech": "weather"}, "blocker_tech", "Choose one of the options."),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    world: World, stage: Stage, values: Values, field: str, said: str
) -> None:
    await world.has(an_initiative(stage=stage))
    prompt = await world.asks()
    typed = {**GREEN, "commit_next": "Tune it", **values}
    reply = await world.answered(prompt, typed)
    assert isinstance(reply, FormErrors)
    assert list(reply.errors) == [field]
    assert said in reply.errors[field]
    kept = {f.name: f.initial for f in reply.form.fields if isinstance(f, TextField)}
    assert kept["commit_next"] == typed["commit_next"]
    assert (await world.prompt()).revision == 0


async def test_an_implausible_number_is_stored_when_it_is_sent_again(world: World) -> None:
    await world.has(an_initiative(stage=Stage.LAUNCH))
    prompt = await world.asks()
    asked = await world.answered(prompt, {**GREEN, "incidents": "500"})
    assert isinstance(asked, FormErrors)
    other = await world.act(answering.answer, world.sent(asked, {**GREEN, "incidents": "600"}))
    assert isinstance(other, FormErrors)
    assert await world.act(answering.answer, world.sent(asked, {**GREEN, "incidents": "500"})) == Done()
    assert (await world.response(prompt)).answers["incidents"] == 500.0


async def test_an_answer_after_the_close_is_taken_and_marked_late(world: World) -> None:
    prompt = await world.asks(state=PromptState.MISSED)
    world.clock.set(datetime(2026, 12, 1, 15, tzinfo=UTC))
    assert await world.answered(prompt, GREEN) == Done()
    assert (await world.prompt()).state is PromptState.ANSWERED_LATE
    assert (await world.response(prompt)).late


async def test_a_late_answer_is_told_under_the_digest_that_was_posted_without_it(world: World) -> None:
    channels = (("slack", "C-leaders"), ("teams", "leaders"))
    await world.has(a_portfolio(digest_channels=channels), a_digest("2026-W48"))
    prompt = await world.asks(state=PromptState.MISSED)
    world.clock.set(datetime(2026, 12, 1, 15, tzinfo=UTC))
    await world.answered(prompt, GREEN)
    for platform, conversation in channels:
        row = await world.delivery(prompt.id, platform, conversation, kind=DeliveryKind.DIGEST_LATE)
        assert row is not None
        assert row.address is not None
        assert (row.address.platform, row.address.conversation) == (platform, conversation)


async def test_an_answer_in_time_is_not_told_under_the_digest(world: World) -> None:
    await world.has(a_portfolio(digest_channels=(("slack", "C1"),)), a_digest("2026-W48"))
    prompt = await world.asks()
    await world.answered(prompt, GREEN)
    assert await world.delivery(prompt.id, "slack", "C1", kind=DeliveryKind.DIGEST_LATE) is None


async def test_an_answer_to_a_closed_cycle_is_refused_and_its_words_are_given_back(world: World) -> None:
    prompt = await world.asks()
    form = await world.form_of(prompt)
    world.clock.set(datetime(2026, 12, 3, 16, tzinfo=UTC))
    reply = await world.act(answering.answer, world.sent(form, {**GREEN, "commit_next": "Three hours of notes"}))
    assert isinstance(reply, Say)
    assert words.CLOSED in reply.message.fallback
    assert Quote("Three hours of notes") in reply.message.blocks
    assert (await world.prompt()).revision == 0
    with pytest.raises(UserError, match="is closed"):
        await world.form_of(prompt)


async def test_only_who_holds_the_role_or_stands_in_may_answer(world: World) -> None:
    prompt = await world.asks()
    for stranger in (BEN, CLEO, DANA):
        with pytest.raises(UserError, match="not yours to answer"):
            await world.form_of(prompt, stranger)


async def test_someone_who_lost_the_role_with_the_form_open_is_refused_and_keeps_the_words(world: World) -> None:
    prompt = await world.asks()
    form = await world.form_of(prompt)
    ended = an_assignment(state=AssignmentState.ENDED, valid_to=date(2026, 11, 26))
    await world.has(ended, an_assignment(person_id=CLEO, valid_from=date(2026, 11, 26)))
    reply = await world.act(answering.answer, world.sent(form, {**GREEN, "commit_next": "Tune it"}))
    assert isinstance(reply, Say)
    assert words.NOT_YOURS in reply.message.fallback
    assert Quote("Tune it") in reply.message.blocks


async def test_i03_a_delegate_answers_and_the_holder_stays_accountable(world: World) -> None:
    await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    prompt = await world.asks()
    assert await world.answered(prompt, {**GREEN, "commit_next": "Tune it"}, CLEO) == Done()
    response = await world.response(prompt)
    assert (response.responder_id, response.on_behalf_of) == (CLEO, ANA)
    (promise,) = await world.commitments()
    assert promise.person_id == ANA
    assert await world.updates(ANA) == 1


async def test_i03_a_stand_in_for_an_absence_answers_on_behalf(world: World) -> None:
    prompt = await world.asks(person_id=CLEO, on_behalf_of=ANA)
    assert await world.answered(prompt, GREEN, CLEO) == Done()
    response = await world.response(prompt)
    assert (response.responder_id, response.on_behalf_of) == (CLEO, ANA)


async def test_when_somebody_else_answered_meanwhile_the_form_says_who_and_keeps_what_was_typed(world: World) -> None:
    await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    prompt = await world.asks()
    form = await world.form_of(prompt)
    await world.answered(prompt, {"rag_model": "Red", "commit_next": "Cleo's"}, CLEO)
    mine = {"rag_model": "Amber", "commit_next": "Ana's"}
    reply = await world.act(answering.answer, world.sent(form, mine))
    assert isinstance(reply, FormErrors)
    assert "Cleo Ray answered Thu 26 Nov 10:00" in reply.errors["rag_model"]
    assert [f.initial for f in reply.form.fields if f.name == "commit_next"] == ["Ana's"]
    assert (await world.prompt()).rag is Rag.RED
    assert await world.act(answering.answer, world.sent(reply, mine)) == Done()
    after = await world.prompt()
    assert (after.rag, after.revision) == (Rag.AMBER, 2)
    assert [each.text for each in await world.commitments()] == ["Ana's"]


async def test_a_form_opened_after_somebody_else_answered_says_so(world: World) -> None:
    await world.has(an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    prompt = await world.asks()
    await world.answered(prompt, {"rag_model": "Red"}, CLEO)
    assert "Cleo Ray answered" in plain((await world.form_of(prompt)).form.intro)


async def test_an_edit_starts_from_the_answer_and_keeps_one_promise(world: World) -> None:
    prompt = await world.asks()
    await world.answered(prompt, {**GREEN, "confidence": "7", "commit_next": "Tune it"})
    form = await world.form_of(prompt)
    initial = {field.name: field.initial for field in form.form.fields}
    assert (initial["rag_model"], initial["confidence"], initial["commit_next"]) == (("Green",), ("7",), "Tune it")
    world.clock.advance(hours=1)
    await world.act(answering.answer, world.sent(form, {"rag_model": "Amber", "commit_next": "Tune it well"}))
    assert [(each.text, each.state) for each in await world.commitments()] == [("Tune it well", CommitmentState.OPEN)]
    after = await world.prompt()
    assert (after.rag, after.revision, after.answered_at) == (Rag.AMBER, 2, datetime(2026, 11, 26, 16, tzinfo=UTC))


async def test_a_form_starts_from_last_weeks_values_but_not_its_promise(world: World) -> None:
    answers = {"rag_model": "Green", "confidence": "8", "sample": "140/400", "commit_next": "Old"}
    await world.answered_before(answers=answers, asked=dict.fromkeys(answers, True))
    form = await world.form_of(await world.asks())
    initial = {field.name: field.initial for field in form.form.fields}
    assert initial["rag_model"] == ("Green",)
    assert initial["commit_next"] == ""


async def test_a_large_value_comes_back_with_every_digit(world: World) -> None:
    await world.has(an_initiative(stage=Stage.PRODUCTION), the_cycle("2026-W45"))
    world.clock.set(datetime(2026, 11, 6, 16, tzinfo=UTC))
    prompt = await world.asks(Role.BUSINESS_SPONSOR, DANA, cycle="2026-W45")
    await world.answered(prompt, {"rag_outcome": "Green", "benefit": "12 345 678,25"}, DANA)
    form = await world.form_of(prompt, DANA)
    assert [field.initial for field in form.form.fields if field.name == "benefit"] == ["12345678.25"]


@pytest.mark.parametrize("state", ["", "{}", "[]", '{"p":"x"}', '{"p":"x","r":"one","c":{}}', "no json", "null"])
async def test_a_forged_state_is_refused(world: World, state: str) -> None:
    form = await world.form_of(await world.asks())
    forged = OpenForm(replace(form.form, state=state))
    with pytest.raises(UserError, match="does not exist any more"):
        await world.act(answering.answer, world.sent(forged, GREEN))


async def test_a_forged_prompt_is_refused(world: World) -> None:
    form = await world.form_of(await world.asks())
    forged = OpenForm(replace(form.form, state='{"p":"nothing","r":0,"c":{}}'))
    reply = await world.act(answering.answer, world.sent(forged, GREEN))
    assert isinstance(reply, Say)
    assert reply.message.fallback == words.UNKNOWN


async def test_a_stopped_initiative_takes_no_answer(world: World) -> None:
    prompt = await world.asks()
    form = await world.form_of(prompt)
    await world.has(an_initiative(lifecycle=Lifecycle.STOPPED))
    reply = await world.act(answering.answer, world.sent(form, GREEN))
    assert isinstance(reply, Say)
    assert "was withdrawn" in reply.message.fallback


async def test_i25_an_answer_never_changes_another_roles_colour(world: World) -> None:
    await world.asks(
        Role.OPERATIONS_LEADER, BEN, state=PromptState.ANSWERED, rag=Rag.RED, answered_at=world.clock.now()
    )
    prompt = await world.asks()
    await world.answered(prompt, GREEN)
    assert (await world.prompt(Role.OPERATIONS_LEADER)).rag is Rag.RED


async def test_control_characters_are_left_out_and_other_scripts_kept(world: World) -> None:
    prompt = await world.asks()
    text = "\x00<!channel> \u202eאב👩‍🔬 *bold*\ud800"
    await world.answered(prompt, {**GREEN, "commit_next": text})
    assert (await world.commitments())[0].text == "<!channel> \u202eאב👩‍🔬 *bold*"


async def test_a_tick_at_somebody_elses_promise_has_no_effect(world: World) -> None:
    theirs = a_commitment("Theirs", role=Role.OPERATIONS_LEADER, person_id=BEN, due=date(2026, 11, 27))
    await world.has(a_commitment("Mine", due=date(2026, 12, 4)), theirs)
    prompt = await world.asks()
    await world.answered(prompt, {**GREEN, "commit_prev": [theirs.id]})
    assert {each.text: each.state for each in await world.commitments()}["Theirs"] is CommitmentState.OPEN
    assert (await world.response(prompt)).answers["commit_prev"] == []
