"""The early signals are seldom wrong and soon right, by a short run of what `make bench` measures at length."""

from benchmarks.detectors import table

RUNS, SEED = 400, 2026


def test_the_headroom_gate_spares_false_alarms_and_keeps_what_it_is_for() -> None:
    found = table(RUNS, SEED)
    print(f"{RUNS} runs, seed {SEED}: {found}")
    assert found["gated, limit 3 sigma, new metric, false"] < found["XmR alone, new metric, false"]
    assert found["gated, limit 3 sigma, mature, false"] < 10
    assert found["gated, 3 sigma drop within 4 weeks"] > 78
    assert found["gated, drift of 0.35 sigma within 8 weeks"] > 75


def test_the_same_seed_gives_the_same_table() -> None:
    assert table(20, SEED) == table(20, SEED)
