"""What administrators and portfolio leads are told when messages cannot arrive."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ownership import Role
from bot.messages.model import Code, Message, Paragraph, Plain, Text, clip, plain
from bot.messages.words import ROLE_WORDS

LONGEST_NAME = 80
MOST_ROLES = 10
NOTHING_LEFT = "Nothing of this check-in is yours to answer any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """A person no chat platform can reach, and the roles they hold as (key of the initiative, role)."""

    name: str
    email: str | None
    held: Sequence[tuple[str, Role]] = ()


def unreachable(who: OutOfReach, *, admin: bool) -> Message:
    """Return what administrators and the leads of the portfolios concerned read about a person nobody can reach."""
    name = clip(who.name, LONGEST_NAME)
    address = f" ({clip(who.email, LONGEST_NAME)})" if who.email else ", who has no e-mail address in the portfolio"
    lacking = ", ".join(f"{key} has no reachable {ROLE_WORDS[role]}" for key, role in who.held[:MOST_ROLES])
    more = f" and {len(who.held) - MOST_ROLES} more roles" if len(who.held) > MOST_ROLES else ""
    finding = f" {name} cannot be reached: {lacking}{more}." if lacking else ""
    return _notice(
        Plain(
            f"{'As administrator' if admin else 'As portfolio lead'}: messages to {name}{address} do not arrive."
            f"{finding} Correct the address in the portfolio file, ask them to write to Steward once, or give what "
            "they hold to somebody else."
        )
    )


def channel_lost(portfolio: str, platform: str, conversation: str) -> Message:
    """Return what a portfolio's lead reads when its digest cannot be posted in a channel."""
    return _notice(
        Plain(
            f"As lead of {clip(portfolio, LONGEST_NAME)}: the weekly digest cannot be posted in the {platform} channel "
        ),
        Code(conversation),
        Plain(". Add Steward to that channel, or write "),
        Code("/ai digest here"),
        Plain(" in another one."),
    )


def not_authorized(platform: str) -> Message:
    """Return what an administrator reads when a platform refuses Steward's credentials."""
    return _notice(
        Plain(f"As administrator: {platform} no longer accepts Steward's credentials, so nothing is sent there. "),
        Code("steward doctor"),
        Plain(" says what to do."),
    )


def _notice(*spans: Plain | Code) -> Message:
    text: Text = spans
    return Message("", (Paragraph(text),), plain(text))
