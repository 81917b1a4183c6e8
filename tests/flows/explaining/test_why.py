"""`/ai why`: every message about an initiative to a person, sent and not sent, by the rules that decided it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.dispatch import build_dispatch
from bot.domain.checkins import PromptState
from bot.domain.deliveries import DeliveryKind
from bot.domain.explanation import Outcome
from bot.domain.initiatives import Lifecycle, Stage
from bot.domain.ownership import AssignmentKind, AssignmentState
from bot.domain.people import OrgRole, Visibility
from bot.errors import PlatformUnavailable, UserError
from bot.flows import checkins, cycles, ownership
from bot.flows.explaining.asking import explain_named
from bot.messages import explain
from bot.messages.model import Action
from bot.ports import Command, Say
from tests.builders import (
    ANA,
    a_person,
    a_portfolio,
    an_absence,
    an_assignment,
    an_initiative,
    an_organisation,
)
from tests.flows.asking import text_of
from tests.flows.office import Office
from tests.flows.world import BEN, CLEO

FRIDAY = datetime(2026, 11, 27, 16, tzinfo=UTC)
"""10:00 in Chicago, when the first reminder is due."""


@pytest.fixture
async def asked(office: Office) -> Office:
    """Ana, Ben and Dana have got their check-ins of 2026-W48."""
    await cycles.open_due(office.ports)
    await office.until_idle()
    return office


async def why(office: Office, text: str = "SEPSIS", who: str = ANA) -> str:
    """Return what `/ai why` says."""
    command = Command(sender=office.world.sender(who), name="ai", text=f"why {text}", id="c")
    reply = await build_dispatch(office.ports)(command)
    assert isinstance(reply, Say)
    return text_of(reply)


async def test_what_was_sent_is_told_with_when_where_and_by_which_rule(asked: Office) -> None:
    said = await why(asked)
    assert "Is technical lead since 1 Nov 2026." in said
    assert "because in pilot all owners are asked every week" in said
    assert "Weekly check-in: sent Thu 26 Nov 10:00 on slack." in said
    assert "Policy 1" in said


async def test_what_comes_is_told_with_when(asked: Office) -> None:
    said = await why(asked)
    assert "Reminder 1 of 2: to be sent Fri 27 Nov 10:00 unless it is answered before." in said
    assert "Reminder 2 of 2: to be sent Fri 27 Nov 15:00" in said
    assert "2026-W49, the next cycle" in said
    assert "will be asked" in said


async def test_a_reminder_that_an_answer_made_needless_says_so(asked: Office) -> None:
    prompt = await asked.world.prompt()
    await asked.world.has(replace(prompt, state=PromptState.ANSWERED, answered_at=asked.clock.now()))
    before = await why(asked)
    assert "as things stand it will not be sent, because everything it would ask about is answered" in before
    asked.clock.set(FRIDAY)
    await asked.until_idle()
    assert "Reminder 1 of 2: not sent, because everything it would ask about is answered" in await why(asked)


async def test_a_snooze_is_told(asked: Office) -> None:
    prompt = await asked.world.prompt()
    await asked.world.act(checkins.snooze, asked.world.pressed(Action.CHECKIN_SNOOZE, prompt.id))
    assert "was put off until it is due, so reminder 1 leaves it out" in await why(asked)


async def test_a_full_day_is_told_with_the_day_it_goes_on(asked: Office) -> None:
    for n in range(3):
        await asked.plans(DeliveryKind.ADMIN_NOTICE, f"note:{n}", not_before=FRIDAY)
    said = await why(asked)
    assert "Reminder 2 of 2: as things stand it will not be sent, because it would come too late" in said


async def test_a_day_off_moves_the_asking_and_says_why(office: Office) -> None:
    await office.world.has(replace(a_person(), timezone="Europe/Berlin", workdays=frozenset({4})))
    await cycles.open_due(office.ports)
    moved = "Thu 26 Nov 10:00 in Europe/Berlin is not a working day of theirs, so Ana Ortiz is asked Fri 27 Nov 08:00"
    assert moved in await why(office)


async def test_a_short_week_is_told_with_the_days_off(office: Office) -> None:
    await office.world.has(an_organisation(holidays=frozenset({date(2026, 11, 27)})))
    assert "A short week, Fri 27 Nov off: it opens Wed 25 Nov" in await why(office)


async def test_a_week_with_too_few_days_is_told(office: Office) -> None:
    days = frozenset(date(2026, 11, 30) + timedelta(days=n) for n in range(4))
    await office.world.has(an_organisation(holidays=days))
    await cycles.open_due(office.ports)
    said = await why(office)
    assert "2026-W49, no check-ins" in said
    assert "Only 1 working day" in said
    assert "2026-W50, the next cycle" in said


async def test_an_absence_without_a_delegate_is_told_as_excused(office: Office) -> None:
    await office.world.has(an_absence())
    await cycles.open_due(office.ports)
    said = await why(office)
    assert "is excused, absent: nothing is sent about it" in said
    assert "Away Mon 23 Nov to Sun 29 Nov" in said


async def test_a_delegate_and_the_one_they_stand_in_for_read_of_each_other(office: Office) -> None:
    await office.world.has(an_absence(), an_assignment(person_id=CLEO, kind=AssignmentKind.DELEGATE))
    await cycles.open_due(office.ports)
    assert "Cleo Ray is asked in their place while they are away" in await why(office)
    said = await why(office, who=CLEO)
    assert "in the place of Ana Ortiz, who is away" in said
    assert "Stands in for the technical lead" in said


async def test_a_hand_over_is_told_to_the_one_before_and_the_one_after(asked: Office) -> None:
    proposal = an_assignment(person_id=CLEO, state=AssignmentState.PROPOSED, handover_from=ANA, accepted_at=None)
    await asked.world.has(proposal)
    assert "has not accepted it" in await why(asked, who=CLEO)
    await asked.world.act(ownership.accept_role, asked.world.pressed(Action.ROLE_ACCEPT, proposal.id, CLEO), CLEO)
    await asked.until_idle()
    before, after = await why(asked), await why(asked, who=CLEO)
    assert "it is Cleo Ray now" in before
    assert "Weekly check-in: sent Thu 26 Nov 10:00 on slack." in after
    assert "Reminder 1 of 2: due Fri 27 Nov 10:00; as things stand it will not be sent" in before


async def test_what_failed_is_told_with_attempts_and_the_platforms_reason(office: Office) -> None:
    await cycles.open_due(office.ports)
    office.slack.reads_back = False
    office.slack.fail("send", *[PlatformUnavailable("internal_error", maybe_sent=True)] * 3)
    for _ in range(4):
        await office.until_idle()
        office.clock.advance(seconds=20)
    assert "perhaps sent Thu 26 Nov 10:00; whether it arrived is not known, because “internal_error”" in await why(
        office
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stage": Stage.INTAKE}, "in intake nobody is asked yet"),
        ({"lifecycle": Lifecycle.ON_HOLD}, "while it is on hold only the sponsor is asked"),
        ({"stage": Stage.PRODUCTION}, "will be asked, because in production"),
    ],
)
async def test_stage_and_lifecycle_are_told(office: Office, changes: dict[str, Any], words: str) -> None:
    await office.world.has(an_initiative(**changes))
    assert words in await why(office)


async def test_times_are_in_the_readers_zone_and_the_persons_own_is_named(asked: Office) -> None:
    await asked.world.has(a_person("Cleo Ray", timezone="Europe/Berlin", org_roles=frozenset({OrgRole.ADMIN})))
    said = await why(asked, "SEPSIS for Ana Ortiz", CLEO)
    assert "sent Thu 26 Nov 17:00 on slack" in said
    assert "which is Thu 26 Nov 10:00 in America/Chicago" in said


# Rights


async def test_I_34_a_forbidden_initiative_reads_like_an_unknown_one(asked: Office) -> None:  # noqa: N802
    await asked.world.has(an_initiative("MERGER", name="Merger target screening", visibility=Visibility.RESTRICTED))
    forbidden, unknown = await why(asked, "MERGER"), await why(asked, "QUASAR")
    assert forbidden.replace("MERGER", "QUASAR") == unknown


async def test_somebody_else_is_explained_to_leads_and_admins_only(asked: Office) -> None:
    assert "only for the portfolio lead and administrators" in await why(asked, "SEPSIS for Ana Ortiz", BEN)
    await asked.world.has(a_portfolio(lead_id=BEN))
    assert "Ana Ortiz" in await why(asked, "SEPSIS for Ana Ortiz", BEN)
    assert "Is technical lead" in await why(asked, "SEPSIS for ana-ortiz@northlake.example", BEN)


async def test_somebody_without_a_part_reads_that_nothing_is_sent_to_them(asked: Office) -> None:
    said = await why(asked, who=CLEO)
    assert "Cleo Ray has no role in SEPSIS" in said
    assert "Ana" not in said
    assert "Reminder" not in said


async def test_without_a_name_it_says_how(asked: Office) -> None:
    assert "as in /ai why SEPSIS" in await why(asked, "")


async def test_a_name_near_several_is_told_with_their_keys(asked: Office) -> None:
    await asked.world.has(an_initiative("ALPHA", name="Shared alerts"), an_initiative("BETA", name="Shared alerts"))
    said = await why(asked, "Shared alerts")
    assert "ALPHA (Shared alerts), BETA (Shared alerts)" in said


# The command line's


async def test_the_operator_reads_the_same_facts_as_a_document(asked: Office) -> None:
    explained = await explain_named("Ana Ortiz", "SEPSIS", asked.world.ports)
    document = explain.document(explained)
    assert [message["what"] for message in document["messages"]] == [
        "weekly check-in",
        "reminder 1 of 2",
        "reminder 2 of 2",
    ]
    assert [message["state"] for message in document["messages"]] == ["sent", "pending", "pending"]
    assert document["messages"][1]["fate"]["outcome"] == Outcome.SENT
    assert (document["person"]["zone"], document["policy"]) == ("America/Chicago", 1)
    assert "Weekly check-in: sent Thu 26 Nov 10:00 on slack." in explain.printed(explained)


async def test_the_operator_is_told_what_is_not_there(asked: Office) -> None:
    with pytest.raises(UserError, match="No initiative is named"):
        await explain_named("Ana Ortiz", "zzzzzz", asked.world.ports)
    with pytest.raises(UserError, match="Nobody"):
        await explain_named("nobody@example.com", "SEPSIS", asked.world.ports)


async def test_explaining_changes_nothing(asked: Office) -> None:
    before = await asked.rows_to(ANA), await asked.world.events()
    await why(asked)
    assert (await asked.rows_to(ANA), await asked.world.events()) == before
