"""An example of every message and form, plain and at its worst: what the tests render and `steward gallery` shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar import weeks_after
from bot.domain.checkins import Commitment, Prompt, PromptState, Rag
from bot.domain.initiatives import Initiative, Lifecycle, Stage
from bot.domain.names import Closest, Entry, Several
from bot.domain.ownership import OWNER_ROLES, Role, RoleAssignment
from bot.domain.people import EVERYTHING, Absence, Access, Data, Visibility
from bot.domain.questions import Option, Purpose, Question, QuestionKind
from bot.domain.raid import RaidCategory, RaidKind
from bot.domain.status import InitiativeStatus, OwnerLine, PromiseLine, RaidLine
from bot.messages import absences, checkin_list, checkins, initiatives, names, ownership, people, status
from bot.messages import help as help_words
from bot.messages.examples import explain, gates, metrics, undelivered
from bot.messages.examples.digest import DIGEST_EXAMPLES
from bot.messages.examples.escalation import ESCALATION_EXAMPLES, ESCALATION_FORMS, escalation_line
from bot.messages.examples.explain import EXPLAIN_EXAMPLES
from bot.messages.examples.gates import GATE_EXAMPLES, gate_forms
from bot.messages.examples.metrics import METRIC_EXAMPLES, METRIC_FORMS
from bot.messages.examples.undelivered import UNDELIVERED_EXAMPLES
from bot.messages.forms import Form
from bot.messages.model import Message
from bot.messages.words import sentence

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")
NASTY = (
    "<!channel> <@U123> *bold* _it_ `x` &amp; <https://example.com|click> "
    "\u202eright to left\u202c \U0001f468\u200d\U0001f52c"
)
LONG = (NASTY + " ") * 40


def _prompt(**changes: object) -> Prompt:
    one = Prompt(
        id="01J0000000000000000000PRMT",
        cycle="2026-W48",
        initiative_id="01J0000000000000000000INIT",
        role=Role.OPERATIONS_LEADER,
        person_id="01J0000000000000000000PERS",
        due_at=NOW + timedelta(days=1),
        state=PromptState.SENT,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def _listing(name: str, count: int, reminder: int = 0, **changes: object) -> Message:
    item = checkin_list.Item(_prompt(**changes), "SEPSIS", name, Rag.GREEN, may_repeat=True)
    return checkin_list.listing(checkin_list.Listing("2026-W48", (item,) * count, ZONE, reminder=reminder))


def _answered() -> Message:
    return _listing("Sepsis early warning", 1, state=PromptState.ANSWERED, answered_at=NOW, rag=Rag.AMBER)


def _initiative(name: str, **changes: object) -> Initiative:
    one = Initiative(
        id="01J0000000000000000000INIT",
        key="SEPSIS",
        name=name,
        portfolio_id="01J000000000000000000FOLIO",
        stage=Stage.PRODUCTION,
        stage_entered_on=date(2026, 6, 22),
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def _status(name: str, words: str, many: int, **changes: object) -> InitiativeStatus:
    owners = tuple(
        OwnerLine(
            role=role,
            person_id="01J0000000000000000000PERS",
            name=name[:60],
            accepted=True,
            delegates=(name[:60],),
            answered_at=NOW - timedelta(days=3),
            cycle="2026-W47",
            rag=Rag.GREEN,
        )
        for role in OWNER_ROLES
    )
    raid = RaidLine(
        id="01J0000000000000000000RAID",
        kind=RaidKind.DECISION_NEEDED,
        title=words,
        category=RaidCategory.LEADERSHIP,
        owner=name[:60],
        owner_id="01J0000000000000000000PERS",
        needs_from=name[:60],
        needs_from_id=None,
        raised_at=NOW - timedelta(days=9),
        due=date(2026, 11, 27),
    )
    return InitiativeStatus(
        initiative=_initiative(name, **changes),
        access=_access(),
        owners=owners,
        declared=tuple((weeks_after("2026-W47", n), Rag.AMBER if n > -3 else Rag.GREEN) for n in range(-11, 1)),
        given=tuple(("2026-W47", role, Rag.AMBER) for role in OWNER_ROLES),
        promises=((date(2026, 11, 20), "kept"), (date(2026, 11, 13), "missed")),
        commitments=(PromiseLine(text=words, name=name[:60], due=date(2026, 11, 25)),) * many,
        raids=(raid, replace(raid, kind=RaidKind.BLOCKER)) * many,
        escalations=(escalation_line(),),
        closed_by=name[:60],
    )


def _list(one: InitiativeStatus, total: int) -> Message:
    return names.listing(names.Listing(title="Portfolio", which="portfolio", statuses=[one] * 12, total=total))


def _access() -> Access:
    return Access(
        initiative_id="01J0000000000000000000INIT",
        portfolio_id="01J000000000000000000FOLIO",
        visibility=Visibility.ORG,
    )


def _shown(one: InitiativeStatus, *, shared: bool = False, read_at: datetime | None = None) -> Message:
    rights = frozenset({Data.SUMMARY}) if shared else EVERYTHING
    return status.initiative(
        status.Shown(
            status=one,
            rights=rights,
            now=NOW,
            zone=ZONE,
            opens_at=NOW + timedelta(hours=1),
            mine=True,
            answerable=True,
            may_resolve=True,
            shared=shared,
            read_at=read_at,
        )
    )


def _untouched() -> InitiativeStatus:
    vacant = tuple(OwnerLine(role=role) for role in OWNER_ROLES)
    return InitiativeStatus(initiative=_initiative(NAME, stage=Stage.PILOT), access=_access(), owners=vacant)


def _entries(name: str) -> tuple[Entry, ...]:
    entry = Entry(key="SEPSIS", name=name, stage=Stage.PILOT, lifecycle=Lifecycle.ACTIVE, access=_access())
    return (entry,) * 5


def _proposal(name: str) -> ownership.Proposal:
    assignment = RoleAssignment(
        id="01J0000000000000000000ROLE",
        initiative_id="01J0000000000000000000INIT",
        role=Role.TECHNICAL_LEAD,
        person_id="01J0000000000000000000PERS",
        valid_from=date(2026, 11, 24),
    )
    return ownership.Proposal(assignment, "SEPSIS", name, name[:60])


def _away(**changes: object) -> absences.Told:
    return replace(absences.Told(first=date(2026, 12, 1), last=date(2026, 12, 8)), **changes)  # type: ignore[arg-type]


def _absence() -> Absence:
    return Absence(
        id="01J0000000000000000000AWAY",
        person_id="01J0000000000000000000PERS",
        first=date(2026, 12, 1),
        last=date(2026, 12, 8),
    )


def _standing(name: str, many: int) -> absences.Standing:
    one = _absence()
    roles = (("SEPSIS", Role.TECHNICAL_LEAD),) * many
    return absences.Standing(absence_id=one.id, name=name, first=one.first, last=one.last, roles=roles)


def _question(key: str, purpose: Purpose, kind: QuestionKind, text: str) -> Question:
    options = (Option("none", "none"), Option("trust", "trust")) if kind is QuestionKind.CHOICE else ()
    return Question(key=key, purpose=purpose, kind=kind, text=text, options=options)


QUESTIONS = (
    _question("a_acted", Purpose.VALUE, QuestionKind.NUMBER, "Share of outputs acted on"),
    _question("rag", Purpose.RAG, QuestionKind.RAG, "Is it working in the daily workflow?"),
    _question("commit_prev", Purpose.COMMITMENTS, QuestionKind.DONE_LIST, "Which of your promises are done?"),
    _question("commit_next", Purpose.NEXT_COMMITMENT, QuestionKind.TEXT, "The one thing you commit to finish"),
    _question("friction", Purpose.REMARK, QuestionKind.CHOICE, "Main friction"),
)


def _asking(name: str, words: str, many: int) -> checkins.Asking:
    promise = Commitment(
        id="01J0000000000000000000CMMT",
        initiative_id="01J0000000000000000000INIT",
        role=Role.OPERATIONS_LEADER,
        person_id="01J0000000000000000000PERS",
        text=words[:140],
        due=date(2026, 11, 20),
        made_at=NOW,
    )
    promises = tuple(replace(promise, id=f"{promise.id[:-2]}{n:02d}") for n in range(many))
    return checkins.Asking(
        prompt=_prompt(),
        key="SEPSIS",
        name=name,
        questions=QUESTIONS,
        state='{"p":"01J0000000000000000000PRMT","r":0,"c":{}}',
        initial={"rag": "Green", "a_acted": 92.5, "commit_next": words[:140], "friction": "trust"},
        commitments=promises,
        notice=f"{name[:60]} answered Tue 24 Nov 10:12. Sending this replaces that answer; both are kept.",
    )


def _follow_up(name: str, words: str, *, ask: bool) -> Form:
    asking = _asking(name, words, 3)
    blocker, wanted = ("", "decision") if ask else ("data", "")
    unkept = asking.commitments if not ask else ()
    return checkins.follow_up(checkins.FollowUp(asking=asking, path=True, blocker=blocker, ask=wanted, unkept=unkept))


def _on_hold(name: str, words: str) -> Message:
    changes = {"lifecycle": Lifecycle.ON_HOLD, "hold_review_on": date(2027, 1, 15), "closing_note": words}
    return _shown(_status(name, words, 1, **changes))


NAME = "Sepsis early warning"
WORDS = "recalibrate the threshold on October data"
MESSAGES: dict[str, Callable[[], Message]] = {
    "check-in prompt": lambda: _listing(NAME, 1),
    "check-in prompt, 23 initiatives": lambda: _listing(NAME, 23),
    "check-in prompt, worst": lambda: _listing(LONG, 23, snoozed=True, on_behalf_of="x"),
    "check-in reminder": lambda: _listing(NAME, 2, reminder=1),
    "check-in answered": _answered,
    "check-in refused": lambda: checkins.kept_words(checkins.CLOSED, (WORDS,)),
    "check-in refused, worst": lambda: checkins.kept_words(checkins.NOT_YOURS, (NASTY,) * 5),
    "check-in missed": lambda: _listing(NAME, 1, state=PromptState.MISSED),
    "status": lambda: _shown(_status(NAME, WORDS, 1)),
    "status, worst": lambda: _shown(_status(LONG, LONG, 9)),
    "status shared to a channel": lambda: _shown(_status(NAME, WORDS, 1), shared=True),
    "status on hold": lambda: _on_hold(NAME, WORDS),
    "status, worst, on hold": lambda: _on_hold(LONG, LONG),
    "status of one just registered": lambda: _shown(_untouched()),
    "status while the database is away": lambda: _shown(_status(NAME, WORDS, 1), read_at=NOW - timedelta(days=1)),
    "status history": lambda: status.history(_status(NAME, WORDS, 1), NOW, ZONE),
    "status list": lambda: _list(_status(NAME, WORDS, 1), 40),
    "status list, worst": lambda: _list(_status(LONG, LONG, 9), 4000),
    "status, several": lambda: names.several("alerts", Several(_entries(NAME), 3), {}),
    "status, several, worst": lambda: names.several(
        LONG, Several(_entries(LONG), 3000), {_access().initiative_id: _status(LONG, LONG, 9)}
    ),
    "status, closest": lambda: names.closest("sepsys alerts", Closest(_entries(NAME)[:1])),
    "status, closest, worst": lambda: names.closest(LONG, Closest(_entries(LONG), 30)),
    "status, unknown": lambda: names.unknown(NASTY),
    "status, usage": names.usage,
    "initiative registered": lambda: initiatives.registered("SEPSIS", NAME),
    "role proposed": lambda: ownership.proposed([_proposal(NAME)]),
    "role proposed, worst": lambda: ownership.proposed([_proposal(LONG)] * 30),
    "role accepted": lambda: ownership.answered(_proposal(NAME), "Mei Chen", date(2026, 11, 24), accepted=True),
    "roles lapsed": lambda: ownership.lapsed([(_proposal(NAME), "Mei Chen")]),
    "roles lapsed, many": lambda: ownership.lapsed([(_proposal(LONG), LONG)] * 40),
    "role declined": lambda: ownership.answered(_proposal(NAME), "Mei Chen", date(2026, 11, 24), accepted=False),
    "absence told": lambda: absences.told(_away(delegate="Cleo Ray", moved={"Cleo Ray": 2})),
    "absence told, nobody answers": lambda: absences.told(_away(excused=1, unanswered_for=6)),
    "absence told, worst": lambda: absences.told(_away(delegate=LONG, moved={NASTY: 30, NASTY + ".": 1}, excused=40)),
    "absence, how to tell it": lambda: absences.usage([_absence()]),
    "absence, not understood": lambda: absences.usage([], absences.UNREADABLE),
    "absence over": lambda: absences.back(date(2026, 12, 1), date(2026, 12, 8), 2, ahead=False),
    "absence called off": lambda: absences.back(date(2026, 12, 1), date(2026, 12, 1), 0, ahead=True),
    "standing in": lambda: absences.stand_in(_standing("Ana Ortiz", 2)),
    "standing in, worst": lambda: absences.stand_in(_standing(LONG, 300)),
    "standing in declined": lambda: absences.declined_by_you("Ana Ortiz"),
    "standing in declined, told": lambda: absences.declined("Cleo Ray", date(2026, 12, 1), date(2026, 12, 8)),
    "account, link code": lambda: people.link_code("7KQ4XWM2", timedelta(minutes=10)),
    **EXPLAIN_EXAMPLES,
    "why, worst": lambda: explain.worst(LONG),
    **GATE_EXAMPLES,
    "gate, worst": lambda: gates.worst(LONG),
    "gate decided, worst": lambda: gates.worst_told(LONG),
    "gate reminder, worst": lambda: gates.worst_reminder(LONG),
    "success criteria, worst": lambda: gates.worst_agreed(LONG),
    **UNDELIVERED_EXAMPLES,
    **METRIC_EXAMPLES,
    "metrics, worst": lambda: metrics.worst(LONG),
    "undelivered, worst": lambda: undelivered.worst(LONG),
    "account linked": lambda: people.linked("Mei Chen", "teams"),
    "help": lambda: help_words.overview([("ai-status", "where an initiative stands"), ("ai help", "this list")]),
    "greeting": lambda: help_words.greeting("Mei Chen"),
    "a sentence with markup": lambda: sentence(NASTY),
    **ESCALATION_EXAMPLES,
    **DIGEST_EXAMPLES,
}
FORMS: dict[str, Callable[[], Form]] = {
    **METRIC_FORMS,
    "check-in with values, worst": lambda: metrics.check_in(LONG, LONG[:40]),
    "value of a metric, worst": lambda: metrics.worst_form(LONG),
    "check-in": lambda: checkins.form(_asking(NAME, WORDS, 2)),
    "check-in, worst": lambda: checkins.form(_asking(LONG, LONG, 10)),
    "check-in follow-up": lambda: _follow_up(NAME, WORDS, ask=False),
    "check-in follow-up, ask": lambda: _follow_up(LONG, LONG, ask=True),
    "hand-over": lambda: ownership.handover_form("SEPSIS", Role.TECHNICAL_LEAD, "01J0000000000000000000PRMT"),
    **ESCALATION_FORMS,
    **gate_forms(LONG),
    "look up": names.look_up_form,
    "new initiative": lambda: initiatives.new_form({"name": LONG[:120]}),
}
