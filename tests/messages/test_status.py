"""What `/ai-status` says: every fact with its word and date, nothing the reader may not see, in 25 lines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Window
from bot.domain.checkins import Rag
from bot.domain.initiatives import Initiative, Lifecycle, Stage
from bot.domain.ownership import OWNER_ROLES, Role
from bot.domain.people import EVERYTHING, Access, Data, Visibility
from bot.domain.raid import RaidCategory, RaidKind
from bot.domain.status import InitiativeStatus, OwnerLine, PromiseLine, RaidLine, seen_in
from bot.messages import gallery, names, status
from bot.messages.model import Action, Actions, Bullets, Facts, Message, Note, Paragraph, buttons_of, plain
from bot.messages.status import Shown

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
"""Monday 08:30 of 2026-W48 in Chicago."""
ZONE = ZoneInfo("America/Chicago")
OPENS = datetime(2026, 11, 26, 16, tzinfo=UTC)
MOST_LINES = 25


def lines_of(message: Message) -> list[str]:
    """Return a message as lines of plain text, buttons of a row on one line."""
    lines = [message.title] if message.title else []
    for block in message.blocks:
        match block:
            case Paragraph(text) | Note(text):
                lines += plain(text).split("\n")
            case Facts(pairs):
                lines += [line for label, value in pairs for line in f"{label}  {plain(value)}".split("\n")]
            case Bullets(items):
                lines += [plain(item) for item in items]
            case Actions(buttons):
                lines.append(" ".join(f"[{button.label}]" for button in buttons))
            case _:
                raise AssertionError(block)
    return lines


def an_owner(role: Role, name: str = "Dana Whitfield", **changes: object) -> OwnerLine:
    answered = datetime(2026, 11, 20, 18, tzinfo=UTC)
    base = OwnerLine(
        role=role,
        person_id=f"p-{role}",
        name=name,
        accepted=True,
        answered_at=answered,
        cycle="2026-W47",
        rag=Rag.GREEN,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


OWNERS = tuple(an_owner(role) for role in OWNER_ROLES)
ASK = RaidLine(
    id="raid-1",
    kind=RaidKind.DECISION_NEEDED,
    title="Decide on the lab interface",
    category=RaidCategory.LEADERSHIP,
    owner="Priya Raman",
    owner_id="p-technical_lead",
    needs_from="Ola Berg",
    needs_from_id="ola",
    raised_at=datetime(2026, 11, 13, 12, tzinfo=UTC),
    due=date(2026, 11, 27),
)
PROMISE = PromiseLine(text="recalibrate threshold on Oct data", name="Priya Raman", due=date(2026, 11, 25))


def an_initiative(**changes: object) -> Initiative:
    base = Initiative(
        id="i",
        key="SEPSIS",
        name="Sepsis early warning",
        portfolio_id="P",
        stage=Stage.PRODUCTION,
        stage_entered_on=date(2026, 6, 22),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def a_status(**changes: object) -> InitiativeStatus:
    base = InitiativeStatus(
        initiative=an_initiative(),
        access=Access(initiative_id="i", portfolio_id="P", visibility=Visibility.ORG),
        owners=OWNERS,
        declared=(("2026-W46", Rag.AMBER), ("2026-W47", Rag.GREEN)),
        given=tuple(("2026-W47", role, Rag.GREEN) for role in OWNER_ROLES),
        promises=((date(2026, 11, 20), "kept"), (date(2026, 11, 13), "missed"), (date(2025, 1, 1), "missed")),
        commitments=(PROMISE,),
        raids=(ASK,),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def a_shown(one: InitiativeStatus | None = None, **changes: object) -> Shown:
    base = Shown(status=one or a_status(), rights=EVERYTHING, now=NOW, zone=ZONE, opens_at=OPENS, viewer_id="somebody")
    return replace(base, **changes)  # type: ignore[arg-type]


def said(one: InitiativeStatus | None = None, **changes: object) -> str:
    return "\n".join(lines_of(status.initiative(a_shown(one, **changes))))


def test_an_ordinary_answer_reads_like_the_specification() -> None:
    assert lines_of(status.initiative(a_shown(mine=True, answerable=True, may_resolve=True))) == [
        "SEPSIS  Sepsis early warning",
        "production, 154 days in this stage | owners reported Green (2026-W47)",
        "Why Green: reported by sponsor, technical and operations.",
        "Owners  sponsor Dana Whitfield, Fri | technical Dana Whitfield, Fri | operations Dana Whitfield, Fri",
        "Promises kept  1 of 2 (8 weeks)",
        "Open promises  “recalibrate threshold on Oct data”, Priya Raman, due Wed 25 Nov",
        "Blockers  none",
        "Asks  “Decide on the lab interface”, needs Ola Berg, by Fri 27 Nov, open 10 days",
        "As of Mon 23 Nov 08:30 (America/Chicago); 3 of 3 owners answered in 2026-W47; "
        "next check-in opens Thu 26 Nov 10:00",
        "[Update now] [History] [Share to channel] [Gate]",
        "[Resolved: Decide on the lab interface]",
    ]


def test_the_reason_names_the_roles_that_gave_the_worst_colour_and_what_the_others_said() -> None:
    given = (("2026-W47", role, Rag.RED if role is Role.TECHNICAL_LEAD else Rag.GREEN) for role in OWNER_ROLES)
    text = said(a_status(given=tuple(given), declared=(("2026-W47", Rag.RED),)))
    assert "Why Red: reported by technical; sponsor Green, operations Green." in text


def test_the_reason_is_of_the_week_of_the_colour_though_owners_have_answered_the_next_one() -> None:
    early = an_owner(Role.TECHNICAL_LEAD, cycle="2026-W48", rag=Rag.GREEN)
    red = tuple(("2026-W47", role, Rag.RED if role is Role.TECHNICAL_LEAD else Rag.GREEN) for role in OWNER_ROLES)
    one = a_status(
        owners=(OWNERS[0], early, OWNERS[2]),
        declared=(("2026-W47", Rag.RED), ("2026-W48", Rag.GREEN)),
        given=(*red, ("2026-W48", Role.TECHNICAL_LEAD, Rag.GREEN)),
    )
    hidden = said(seen_in(one, "2026-W48", by_owner=True))
    assert "owners reported Red (2026-W47)" in hidden
    assert "Why Red: reported by technical; sponsor Green, operations Green." in hidden
    assert "Why Green: reported by technical." in said(one)


WINDOW = Window(due_at=datetime(2026, 11, 27, 21, tzinfo=UTC), closes_at=datetime(2026, 11, 30, 14, tzinfo=UTC))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 11, 27, 20, tzinfo=UTC), "; check-in open, due Fri 27 Nov 15:00"),
        (datetime(2026, 11, 28, 20, tzinfo=UTC), "; check-in was due Fri 27 Nov 15:00, open until Mon 30 Nov 08:00"),
    ],
)
def test_an_open_check_in_is_said_to_be_open(now: datetime, words: str) -> None:
    assert words in said(now=now, window=WINDOW)
    assert "next check-in" not in said(now=now, window=WINDOW)


def test_one_registered_after_the_opening_is_told_that_its_first_check_in_is_open() -> None:
    fresh = a_status(declared=(), given=(), owners=tuple(OwnerLine(role=role) for role in OWNER_ROLES))
    now = datetime(2026, 11, 26, 16, 5, tzinfo=UTC)
    assert "No check-in yet; the first is open, due Fri 27 Nov 15:00." in said(fresh, now=now, window=WINDOW)
    after = datetime(2026, 11, 28, 16, 5, tzinfo=UTC)
    assert "No check-in yet; first cycle opens Thu 26 Nov 10:00." in said(fresh, now=after, window=WINDOW)


def test_back_in_time_it_says_the_year_and_what_is_of_today() -> None:
    then = datetime(2025, 11, 24, 14, 30, tzinfo=UTC)
    lines = said(now=then, asked_at=NOW, mine=True, answerable=True).split("\n")
    assert lines[-2].startswith("As of Mon 24 Nov 2025 08:30 (America/Chicago)")
    assert lines[-1] == names.LOOKING_BACK
    assert "days in this stage" not in lines[1]
    assert "As of Mon 23 Nov 08:30" in said(asked_at=NOW)


def test_an_owner_without_anything_to_answer_has_no_button_for_it() -> None:
    assert "[History] [Share to channel] [Gate]" in said(mine=True)


def test_a_review_that_is_past_is_overdue() -> None:
    one = an_initiative(lifecycle=Lifecycle.ON_HOLD, hold_review_on=date(2026, 11, 20))
    assert "On hold, review is overdue since 20 Nov 2026" in said(a_status(initiative=one))


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        (OwnerLine(role=Role.OPERATIONS_LEADER), "operations vacant"),
        (an_owner(Role.OPERATIONS_LEADER, accepted=False), "operations Dana Whitfield (not accepted yet)"),
        (an_owner(Role.OPERATIONS_LEADER, answered_at=None, cycle=""), "operations Dana Whitfield, no answer yet"),
        (an_owner(Role.OPERATIONS_LEADER, delegates=("Eli Fox",)), "operations Dana Whitfield (delegate Eli Fox), Fri"),
        (
            an_owner(Role.OPERATIONS_LEADER, answered_at=NOW - timedelta(days=9)),
            "operations Dana Whitfield, 9 days ago",
        ),
    ],
)
def test_owners_are_shown_as_they_are(owner: OwnerLine, words: str) -> None:
    assert words in said(a_status(owners=(*OWNERS[:2], owner)))


def test_nobody_answered_yet_says_when_the_first_cycle_opens() -> None:
    silent = tuple(replace(owner, answered_at=None, cycle="", rag=None) for owner in OWNERS)
    text = said(a_status(declared=(), owners=silent))
    assert "no answer yet" in text
    assert "No check-in yet; first cycle opens Thu 26 Nov 10:00." in text


def test_one_in_intake_says_what_has_to_happen_first() -> None:
    one = a_status(initiative=an_initiative(stage=Stage.INTAKE), declared=())
    assert "It is in intake; check-ins begin when a sponsor has accepted it." in said(one)


@pytest.mark.parametrize(
    ("lifecycle", "changes", "words"),
    [
        (
            Lifecycle.ON_HOLD,
            {"hold_review_on": date(2027, 1, 15)},
            "On hold since 18 Nov 2026 by Ola Berg, review on 15 Jan 2027: waiting for the vendor",
        ),
        (Lifecycle.STOPPED, {}, "Stopped on 18 Nov 2026 by Ola Berg: waiting for the vendor"),
        (Lifecycle.RETIRED, {}, "Retired on 18 Nov 2026 by Ola Berg: waiting for the vendor"),
    ],
)
def test_what_is_not_active_says_what_was_decided_when_by_whom_and_why(
    lifecycle: Lifecycle, changes: dict[str, object], words: str
) -> None:
    one = an_initiative(
        lifecycle=lifecycle, closed_on=date(2026, 11, 18), closing_note="waiting for the vendor", **changes
    )
    assert words in said(a_status(initiative=one, closed_by="Ola Berg"), opens_at=None)


def test_without_the_right_to_free_text_only_numbers_are_shown() -> None:
    text = said(rights=frozenset({Data.SUMMARY}))
    assert PROMISE.text not in text
    assert ASK.title not in text
    assert "Open promises  1 open" in text
    assert "Asks  1 open" in text
    assert "Promises kept" not in text
    assert "Promises kept" in said(rights=frozenset({Data.SUMMARY, Data.DETAIL}))


def test_who_is_asked_for_help_reads_that_ask_and_may_close_it() -> None:
    message = status.initiative(a_shown(rights=frozenset({Data.SUMMARY}), viewer_id="ola"))
    assert ASK.title in "\n".join(lines_of(message))
    assert Action.RAID_RESOLVE in {button.action for button in buttons_of(message)}


ANYBODY_S = (Action.STATUS_HISTORY, Action.GATE_SHOW)


def test_update_now_is_for_owners_and_sharing_not_for_restricted_ones() -> None:
    restricted = a_status(access=Access(initiative_id="i", portfolio_id="P", visibility=Visibility.RESTRICTED))
    assert {b.action for b in buttons_of(status.initiative(a_shown()))} == {*ANYBODY_S, Action.STATUS_SHARE}
    owners = {b.action for b in buttons_of(status.initiative(a_shown(restricted, mine=True, answerable=True)))}
    assert owners == {Action.STATUS_UPDATE, *ANYBODY_S}


def test_in_front_of_everybody_there_are_no_buttons_and_no_words_of_owners() -> None:
    message = status.initiative(a_shown(rights=frozenset({Data.SUMMARY}), viewer_id="", shared=True))
    assert list(buttons_of(message)) == []
    assert ASK.title not in "\n".join(lines_of(message))


def test_during_an_outage_it_says_from_when_it_is() -> None:
    lines = lines_of(status.initiative(a_shown(read_at=NOW)))
    assert lines[1] == "Status is unavailable, last known Mon 23 Nov 08:30."
    assert list(buttons_of(status.initiative(a_shown(read_at=NOW)))) == []


def test_history_is_a_letter_a_week_with_a_dash_for_silence() -> None:
    declared = (("2026-W38", Rag.RED), ("2026-W46", Rag.AMBER), ("2026-W47", Rag.GREEN))
    lines = lines_of(status.history(a_status(declared=declared), NOW, ZONE))
    assert lines[1] == "reported --R-------AG"
    assert lines[2] == "2026-W36 to 2026-W47, one letter a week: G Green, A Amber, R Red, - no answer"


def test_history_takes_in_this_week_once_it_has_an_answer() -> None:
    lines = lines_of(status.history(a_status(declared=(("2026-W48", Rag.RED),)), NOW, ZONE))
    assert lines[1] == "reported -----------R"


def test_I_24_an_old_colour_is_only_what_was_said_last() -> None:  # noqa: N802
    one = seen_in(a_status(declared=(("2026-W44", Rag.GREEN),)), "2026-W48", by_owner=False)
    assert "no recent answer, last said Green in 2026-W44" in said(one)
    assert "owners reported" not in said(one)


def test_owners_do_not_see_each_others_answers_of_this_week_before_all_are_in() -> None:
    early = an_owner(Role.TECHNICAL_LEAD, cycle="2026-W48", rag=Rag.RED)
    one = a_status(owners=(OWNERS[0], early, OWNERS[2]), declared=(("2026-W47", Rag.GREEN), ("2026-W48", Rag.RED)))
    assert "Red" not in said(seen_in(one, "2026-W48", by_owner=True))
    assert "1 of 3 owners answered in 2026-W48" in said(seen_in(one, "2026-W48", by_owner=True))
    assert "owners reported Red (2026-W48)" in said(seen_in(one, "2026-W48", by_owner=False))
    complete = replace(one, owners=tuple(replace(owner, cycle="2026-W48") for owner in one.owners))
    assert "owners reported Red (2026-W48)" in said(seen_in(complete, "2026-W48", by_owner=True))


def test_a_page_of_a_list_says_how_many_are_left_and_asks_for_the_next() -> None:
    shown = names.Listing(title="Portfolio", which="portfolio", statuses=[a_status()] * 12, total=30)
    message = names.listing(shown)
    assert lines_of(message)[1] == (
        "SEPSIS Sepsis early warning, production, owners reported Green (2026-W47), Dana Whitfield"
    )
    assert lines_of(message)[-2:] == ["18 more; or ask for one by name", "[Next 12]"]
    assert [button.value for button in buttons_of(message)] == ["portfolio 2"]
    last = names.listing(replace(shown, statuses=[a_status()] * 6, page=2))
    assert list(buttons_of(last)) == []


@pytest.mark.parametrize("name", [name for name in gallery.MESSAGES if name.startswith("status")])
def test_an_answer_has_25_lines_at_most(name: str) -> None:
    assert len(lines_of(gallery.MESSAGES[name]())) <= MOST_LINES


@given(st.text(max_size=400), st.integers(0, 30))
def test_whatever_people_typed_is_shown_as_typed_within_every_limit(text: str, many: int) -> None:
    one = a_status(
        initiative=an_initiative(name=text, closing_note=text, lifecycle=Lifecycle.ON_HOLD),
        owners=tuple(replace(owner, name=text, delegates=(text, text)) for owner in OWNERS),
        commitments=(replace(PROMISE, text=text, name=text),) * many,
        raids=(replace(ASK, title=text, needs_from=text), replace(ASK, title=text, kind=RaidKind.BLOCKER)) * many,
        closed_by=text,
    )
    message = status.initiative(a_shown(one, mine=True, may_resolve=True))
    if many and len(text) <= 20 and "\n" not in text:
        assert f"“{text}”" in "\n".join(lines_of(message))
