"""Who asks about initiatives and which one is meant: one statement for who asks, names resolved in memory."""

import asyncio
import html
from dataclasses import dataclass
from datetime import datetime

from bot.domain.names import Catalogue, Entry, Found, Resolution, decide
from bot.domain.people import OPERATOR, Viewer
from bot.domain.status import InitiativeStatus
from bot.errors import Unavailable
from bot.flows.people import identify
from bot.messages import status as words
from bot.ports import Asked, Ports, Sender

QUOTES = str.maketrans({"\u201c": "", "\u201d": "", "\u2018": "'", "\u2019": "'", '"': ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    What is asked: the words behind the command, by whom and at what instant.

    `shared` when everybody will read the answer, `known` the status read with the asker, `outage` when the database is
    out of reach and only what was read before can be shown.
    """

    text: str
    viewer: Viewer
    now: datetime
    as_of: datetime | None = None
    shared: bool = False
    known: InitiativeStatus | None = None
    outage: bool = False


async def question_of(sender: Sender, typed: str, ports: Ports) -> Question | None:
    """Return what is asked and by whom, from memory while the database is away; None when they are not known yet."""
    text = " ".join(html.unescape(typed).translate(QUOTES).split())
    account = (sender.platform, sender.tenant, sender.user)
    now = ports.clock.now()
    try:
        asked = await _ask(sender, text, ports)
    except Unavailable as error:
        viewer = ports.last_known.viewers.get(account)
        if viewer is None:
            raise Unavailable(words.UNAVAILABLE) from error
        return Question(text=text, viewer=viewer, now=now, outage=True)
    if asked.viewer is None:
        return None
    ports.last_known.remember_viewer(account, asked.viewer)
    return Question(text=text, viewer=asked.viewer, now=now, known=asked.status)


async def _ask(sender: Sender, text: str, ports: Ports) -> Asked:
    """
    Return who asks, with the status most likely meant, in one statement.

    The guess is made without rights and proves nothing: `describe` resolves the name again as the asker may see it.
    """
    catalogue = await ports.reads.catalogue()
    guess = catalogue.exactly(text, OPERATOR) if text else None
    initiative_id = guess.entry.access.initiative_id if isinstance(guess, Found) else ""
    asked = await ports.reads.ask(sender, initiative_id)
    await ports.reads.catalogue(asked.catalogue_version)
    if asked.viewer is None and sender.profile is not None:
        async with ports.open_unit_of_work() as uow:
            await identify(sender, uow, ports)
            await uow.commit()
        asked = await ports.reads.ask(sender, initiative_id)
    return asked


async def resolve(text: str, viewer: Viewer, catalogue: Catalogue, ports: Ports) -> Resolution:
    """Return what a typed name means to `viewer`."""
    direct = catalogue.exactly(text, viewer, ports.policy.names)
    return decide(await scored(text, catalogue, ports), viewer, ports.policy.names) if direct is None else direct


async def scored(text: str, catalogue: Catalogue, ports: Ports) -> list[tuple[float, Entry]]:
    """Return which initiatives are close to a name and how close; worked out in parts, so nobody else is held up."""
    scores: list[tuple[float, Entry]] = []
    for part in catalogue.scored(text, ports.policy.names):
        scores += part
        await asyncio.sleep(0)
    return scores
