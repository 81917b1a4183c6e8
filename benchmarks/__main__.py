"""`make bench`: every figure in one run; a name as argument runs those whose module has it in its name."""

import asyncio
import importlib
import pkgutil
import sys
from collections.abc import Awaitable, Callable
from typing import cast

import benchmarks
from benchmarks.row import Row

Measure = Callable[[], Awaitable[list[Row]]]


def measures(wanted: list[str]) -> list[Measure]:
    """Return the `rows` function of every module here that has one and is wanted."""
    found = []
    for module in sorted(pkgutil.iter_modules(benchmarks.__path__), key=lambda each: each.name):
        if module.name.startswith("__") or (wanted and not any(word in module.name for word in wanted)):
            continue
        rows = getattr(importlib.import_module(f"benchmarks.{module.name}"), "rows", None)
        if rows is not None:
            found.append(cast("Measure", rows))
    return found


def main() -> None:
    """Print every row as it is measured; exit 1 when one misses its limit."""
    missed, found = 0, measures(sys.argv[1:])
    if not found:
        print(f"No figures are named {' or '.join(sys.argv[1:])}.", file=sys.stderr)
        sys.exit(2)
    for measure in found:
        for row in asyncio.run(_listed(measure)):
            print(row, flush=True)
            missed += not row.holds
    print(f"{missed} missed" if missed else "every figure holds")
    sys.exit(1 if missed else 0)


async def _listed(measure: Measure) -> list[Row]:
    return await measure()


if __name__ == "__main__":
    main()
