"""Messages and forms with everything in them, small and as large as the model allows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from bot.messages import gallery
from bot.messages.forms import (
    MOST_CHECKBOXES,
    ChoiceField,
    DateField,
    Form,
    FormName,
    InitiativeField,
    PersonField,
    TextField,
)
from bot.messages.model import (
    HEAVIEST_MESSAGE,
    Action,
    Actions,
    Bold,
    Bullets,
    Button,
    Code,
    Divider,
    Emphasis,
    Facts,
    Link,
    Mention,
    Message,
    Note,
    Paragraph,
    Plain,
    Quote,
    When,
    message_weight,
)

NASTY = '<!channel> <@U0000SARAH> *bold* _it_ `c` & https://evil.example/ :tada: \u202eabc "q" \\ 🧭 <b>'
DUE = datetime(2026, 11, 26, 22, tzinfo=UTC)
ANSWER = Button("Answer", Action.CHECKIN_ANSWER, "prompt-1", Emphasis.PRIMARY, opens_form=True)
SNOOZE = Button("Snooze until due", Action.CHECKIN_SNOOZE, "prompt-1")

EVERYTHING = Message(
    title="Weekly check-in & more",
    blocks=(
        Paragraph((Plain("You are "), Bold("technical lead"), Plain(" of "), Link("Sepsis", "https://x.example/1"))),
        Facts((("Stage", (Plain("Pilot"),)), ("Due", (When(DUE, "26 Nov 2026 17:00"),)), ("Owner", ()))),
        Bullets(((Plain("one "), Code("/ai help")), (Bold("two"), Plain(" lines\nhere")))),
        Quote(f"I said:\n{NASTY}"),
        Divider(),
        Note((Plain("Small print: "), Plain(NASTY))),
        Note((Plain("By "), Mention("person-1", "Sarah Chen"), Plain(", "), When(DUE, "Thursday"))),
        Actions((ANSWER, SNOOZE, Button("Sepsis", Action.STATUS_SHOW, "1"), Button("Stroke", Action.STATUS_SHOW, "2"))),
        Actions((Button("Not mine", Action.CHECKIN_NOT_MINE, "", Emphasis.DANGER),)),
    ),
    fallback="Your weekly check-in for Sepsis & Stroke is due on Thursday.",
)
EMPTY = Message(title="", blocks=(), fallback="Nothing to report.")
HOLLOW = Message(
    title=" ",
    blocks=(Paragraph(()), Facts(()), Bullets(((), (Plain(""),))), Quote(""), Note(()), Actions(())),
    fallback="Nothing in it.",
)

CHECK_IN = Form(
    name=FormName.CHECKIN,
    title="Check-in",
    state="prompt-1:3",
    intro=(Plain("Sepsis, as "), Bold("technical lead")),
    fields=(
        ChoiceField(name="status", label="Status", options=(("green", "Green"), ("amber", "Amber"), ("red", "Red"))),
        TextField(name="progress", label="What moved?", hint="One or two lines", multiline=True, longest=500),
        DateField(name="next", label="Next date", initial=date(2026, 12, 1), optional=True),
        PersonField(name="helper", label="Who helps?", optional=True),
        ChoiceField(
            name="risks", label="Risks", options=(("data", "Data"), ("people", "People")), multiple=True, optional=True
        ),
    ),
)
LOOK_UP = Form(
    name=FormName.LOOK_UP,
    title="Look up",
    state="look-1",
    fields=(InitiativeField(name="initiative", label="Which initiative?"), TextField(name="note", label="Note")),
)
LARGE_FORM = Form(
    name=FormName.INITIATIVE_NEW,
    title="T" * 24,
    submit="S" * 24,
    state="s" * 1000,
    intro=(Plain("i" * 2800),),
    fields=(
        TextField(name="text", label="L" * 300, hint="H" * 300, initial="🧭" * 1500),
        ChoiceField(
            name="one", label="One", options=tuple((f"v{n}", f"{n:070}") for n in range(100)), initial=("v99",)
        ),
        ChoiceField(
            name="many",
            label="Many",
            options=tuple((f"v{n}", f"{n:070}") for n in range(MOST_CHECKBOXES)),
            initial=("v0", "v9"),
            multiple=True,
        ),
    ),
)


def heaviest() -> Iterator[Message]:
    """Yield messages as heavy as the model lets them be, each of another material."""
    for filling in ("word ", '"', "<&>", "🧭", "\n", "\x07"):
        blocks: list[Paragraph] = []
        while True:
            more = [*blocks, Paragraph((Plain((filling * 2800)[: 2800 // (5 if filling == "<&>" else 1)]),))]
            if _fits(*more) is None:
                break
            blocks = more
        yield Message(title="T", blocks=tuple(blocks), fallback="Heavy.")
    yield Message(
        title="Many lines", blocks=(_many_bullets(), _many_bullets(), _many_bullets()), fallback="Many lines."
    )


def _fits(*blocks: Paragraph) -> Message | None:
    try:
        return Message(title="T", blocks=blocks, fallback="Heavy.")
    except ValueError:
        return None


def _many_bullets() -> Bullets:
    return Bullets(tuple((Bold(f"n{n:03}"), Plain(" is on its way")) for n in range(120)))


def messages() -> dict[str, Message]:
    """Return every message to try, those of the product's gallery too, by name."""
    assert max(map(message_weight, heaviest())) > HEAVIEST_MESSAGE * 0.7
    own = {f"example {number}": made for number, made in enumerate([EVERYTHING, EMPTY, HOLLOW, *heaviest()])}
    return own | {name: make() for name, make in gallery.MESSAGES.items()}


def forms() -> dict[str, Form]:
    """Return every form to try, those of the product's gallery too, by name."""
    return {"small": CHECK_IN, "large": LARGE_FORM, "look up": LOOK_UP} | {
        name: make() for name, make in gallery.FORMS.items()
    }
