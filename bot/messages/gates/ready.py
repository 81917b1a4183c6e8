"""The forms of getting ready: production numbers, roll-out phases, and what the initiative is once in use."""

from datetime import date

from bot.domain.gates.charter import Charter
from bot.domain.initiatives import Initiative, UsageMode
from bot.messages.forms import ChoiceField, DateField, Form, FormName, TextField
from bot.messages.gates.acts import words_of
from bot.messages.model import Plain


def numbers_form(one: Initiative, charter: Charter) -> Form:
    """Return the form of the production-readiness numbers (G2.7)."""
    kept = charter.readiness
    trained = f"{kept.training_percent:g}" if kept.training_percent is not None else ""
    return Form(
        name=FormName.GATE_NUMBERS,
        title="Readiness numbers",
        fields=(
            TextField(name="performance_floor", label="Performance floor", initial=kept.performance_floor, longest=80),
            TextField(name="capacity", label="Capacity", hint="per hour or day", initial=kept.capacity, longest=80),
            TextField(name="training_percent", label="Users trained, in percent", initial=trained, longest=6),
            TextField(name="support_hours", label="Support hours", initial=kept.support_hours, longest=80),
            TextField(name="support_owner", label="Who supports it?", initial=kept.support_owner, longest=80),
        ),
        state=one.id,
    )


def phase_form(one: Initiative, gate_code: str, start: date) -> Form:
    """Return the form in which a roll-out phase is planned, which begins after a gate."""
    return Form(
        name=FormName.GATE_PHASE,
        title="Plan a phase",
        fields=(
            TextField(name="name", label="Where?", hint="for example Ward 3", longest=80),
            TextField(name="population", label="For how many people?", longest=10),
            DateField(name="start", label="From when?", initial=start),
            TextField(name="exit_criteria", label="It counts as done when ...", longest=280),
        ),
        state=f"{one.id}:{gate_code}",
        intro=(Plain(f"It begins once {gate_code} is passed."),),
    )


def use_form(one: Initiative, charter: Charter) -> Form:
    """Return the form that says how it is used and under which id it is an asset (G7)."""
    modes = tuple((mode.value, words_of(mode)) for mode in UsageMode)
    return Form(
        name=FormName.GATE_USE,
        title="Use and asset",
        fields=(
            ChoiceField(name="usage_mode", label="How is it used?", options=modes, initial=(one.usage_mode.value,)),
            TextField(name="asset_id", label="Asset id", initial=charter.asset_id, longest=80),
        ),
        state=one.id,
    )
