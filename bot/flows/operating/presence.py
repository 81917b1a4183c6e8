"""The processes of Steward's know of one another: each shows itself in the database now and then."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.operating.health import Replica, alive
from bot.ports import Ports


async def show(me: Replica, ports: Ports) -> list[Replica]:
    """Show that a process is there; return the others that are alive."""
    now, policy = ports.clock.now(), ports.policy.health
    async with ports.open_unit_of_work() as uow:
        others = [each for each in await uow.replicas.all() if each.name != me.name]
        await uow.replicas.show(replace(me, seen_at=now))
        await uow.replicas.forget(now - policy.remembered)
        await uow.commit()
    return alive(others, now, policy.alive_within)


async def leave(me: Replica, ports: Ports) -> None:
    """Take a process that ends out again."""
    async with ports.open_unit_of_work() as uow:
        await uow.replicas.forget(ports.clock.now() - ports.policy.health.remembered, me.name)
        await uow.commit()


async def present(ports: Ports) -> list[Replica]:
    """Return the processes that are alive."""
    async with ports.open_unit_of_work() as uow:
        everyone = await uow.replicas.all()
    return alive(everyone, ports.clock.now(), ports.policy.health.alive_within)


def sharing(processes: Iterable[Replica]) -> str:
    """Return what is wrong with these processes on one SQLite file, empty when nothing is."""
    names = sorted(f"{each.role} on {each.host}" for each in processes)
    if len(names) < 2:
        return ""
    return f"{len(names)} processes share a SQLite file ({', '.join(names)}): use PostgreSQL for more than one"
