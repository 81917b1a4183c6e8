"""A process that decides the gates it is told of, one a line; started by `benchmarks.gates`."""

import asyncio
import sys

from bot.domain.gates.decisions import Decision, Intent, KillReason
from bot.flows.gates.deciding import decide
from bot.flows.gates.desk import Refused
from bot.playbook.gates import load_gates
from scheduler.clock import SystemClock
from storage.engine import Database
from storage.queries import SqlReads
from tests.builders import make_ports

STOP = Intent(
    decision=Decision.KILL,
    rationale="The figures of the pilot do not carry it.",
    kill_reason=KillReason.NO_VALUE,
)


async def main(url: str, who: str) -> None:
    """Decide each gate named on a line of standard input; print whether it was this process that did."""
    database = Database.at(url)
    reads = SqlReads(database)
    ports = make_ports(database, SystemClock(), reads=reads, gates=load_gates())
    print("ready", flush=True)
    while gate_id := (await asyncio.to_thread(sys.stdin.readline)).strip():
        try:
            async with ports.open_unit_of_work() as uow:
                asker = await uow.people.get(who)
                if asker is None:
                    raise LookupError(who)
                await decide(gate_id, STOP, asker, uow, ports)
                await uow.commit()
        except Refused as refused:
            print(refused, flush=True)
        else:
            print("decided", flush=True)
    await reads.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
