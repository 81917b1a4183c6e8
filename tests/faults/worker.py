"""A worker of the torture run: `steward serve --role worker` with short leases and no pacing, composing one message."""

import asyncio
import os
from dataclasses import replace
from datetime import datetime, timedelta

import bot.app
from adapters.slack.platform import SlackPlatform
from bot.domain.deliveries import Address, DeliveryKind, MessageRef
from bot.domain.policy import Policy
from bot.settings import Settings
from tests.faults.machine import says_something, use
from tests.flows.office import UNPACED

BLIND = "TORTURE_BLIND"
LEASE = timedelta(seconds=4)


def policy() -> Policy:
    """Return the policy with times so short that a run of minutes has what otherwise takes hours."""
    delivery = replace(
        Policy().delivery,
        paces=UNPACED,
        lease=LEASE,
        call_timeout=timedelta(seconds=1),
        lease_margin=timedelta(seconds=0.5),
        look_after=timedelta(seconds=0.3),
        read_backs_apart=timedelta(0),
        backoff_base=timedelta(seconds=0.1),
        backoff_cap=timedelta(seconds=2),
        outage_pause=timedelta(seconds=0.5),
        most_attempts=1000,
        batch=40,
    )
    return replace(Policy(), delivery=delivery)


async def finds_nothing(_self: SlackPlatform, _to: Address, _key: str, _since: datetime) -> MessageRef | None:
    """Return that nothing is there, as without looking up."""
    return None


def main() -> None:
    """Work until told to stop."""
    bot.app.Policy = policy  # type: ignore[assignment, attr-defined]
    use(dict.fromkeys(DeliveryKind, says_something))
    if os.environ.get(BLIND):
        SlackPlatform.find_sent = finds_nothing  # type: ignore[method-assign, assignment]
    asyncio.run(bot.app.serve(Settings(), "worker"))


if __name__ == "__main__":
    main()
