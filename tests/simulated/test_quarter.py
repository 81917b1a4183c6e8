"""The quarter of `make bench`, three weeks of it: nothing at the wrong time, nothing too much, and a breach is seen."""

from dataclasses import replace
from datetime import timedelta

from benchmarks.acting import asks_of
from benchmarks.quarter import figures, play, table


async def test_the_figures_hold_and_a_breach_of_each_would_be_seen() -> None:
    quarter = await play(weeks=3, owners=12)
    missed = [str(row) for row in figures(quarter) if not row.holds]
    assert not missed
    assert "2026-W41" in table(quarter)
    assert quarter.answered

    who, one = quarter.messages[0]
    night = replace(one, at=one.at + timedelta(hours=12))
    broken = replace(quarter, messages=[*quarter.messages, *[(who, night)] * 4])
    assert len(broken.out_of_hours()) == 4
    assert broken.most_a_day() >= 4

    reminded = next((who, one) for who, one in quarter.messages if one.message.title.startswith("Reminder"))
    asked_again = replace(reminded[1], at=reminded[1].at + timedelta(days=9))
    late = replace(quarter, messages=[(reminded[0], asked_again)], answered=dict.fromkeys(asks_of(reminded[1]), one.at))
    assert late.after_an_answer()
