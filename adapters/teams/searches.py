"""What is found while somebody types: in a choice of a form that asks us, and in the message extension."""

from dataclasses import dataclass

from adapters.teams import render
from adapters.teams.interactions import OWN
from adapters.teams.replies import CARD, Answer, InvokeAnswer, Surface, said
from adapters.teams.sizes import Json
from bot.messages import hiccups
from bot.ports import Audience, Match, Matches, Say

THUMBNAIL = "application/vnd.microsoft.card.thumbnail"
SEARCHED = "application/vnd.microsoft.search.searchResponse"


@dataclass(frozen=True, slots=True)
class SuggestSurface:
    """A choice that asks for what matches the letters typed."""

    def ack(self, answer: Answer) -> InvokeAnswer:
        """Return the choices; none where something went wrong."""
        found = [{"title": _line(each), "value": each.key} for each in _found(answer)]
        return 200, {"statusCode": 200, "type": SEARCHED, "value": {"results": found}}

    def waiting(self) -> InvokeAnswer:
        """Return no choices yet: each further letter asks again."""
        return self.ack(Matches(()))

    def slowly(self) -> Surface:
        """Return this surface, where nothing can follow."""
        return self

    async def later(self, answer: Answer) -> None:
        """Do nothing more."""


@dataclass(frozen=True, slots=True)
class ExtensionSurface:
    """The message extension: what matches, or the card of what was chosen, which its user then posts."""

    def ack(self, answer: Answer) -> InvokeAnswer:
        """Return what matches as a list, a card to post, or a sentence."""
        if isinstance(answer, Matches):
            return 200, _extension([_preview(each) for each in answer.found])
        if isinstance(answer, Say) and answer.to is Audience.EVERYONE:
            return 200, _extension([{"contentType": CARD, "content": render.closing(answer.message)}])
        words = said(answer)
        text = words.message.fallback if words else hiccups.FINISHED
        return 200, {"composeExtension": {"type": "message", "text": text}}

    def waiting(self) -> InvokeAnswer:
        """Return the request for patience."""
        return 200, {"composeExtension": {"type": "message", "text": hiccups.ONE_MOMENT}}

    def slowly(self) -> Surface:
        """Return this surface, where nothing can follow."""
        return self

    async def later(self, answer: Answer) -> None:
        """Do nothing more."""


def _extension(attachments: list[Json]) -> Json:
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": attachments}}


def _preview(found: Match) -> Json:
    tap = {"type": "invoke", "value": {OWN: {"key": found.key}}}
    content = {"title": found.name, "text": _plain_html(f"{found.key} {found.about}".strip()), "tap": tap}
    preview = {"contentType": THUMBNAIL, "content": {**content, "title": _plain_html(found.name)}}
    return {"contentType": THUMBNAIL, "content": preview["content"], "preview": preview}


def _plain_html(text: str) -> str:
    """Return people's words for a thumbnail card, whose texts are HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _found(answer: Answer) -> tuple[Match, ...]:
    return answer.found if isinstance(answer, Matches) else ()


def _line(found: Match) -> str:
    return f"{found.key} {found.name}" if found.name else found.key
