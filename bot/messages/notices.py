"""What administrators and portfolio leads are told when messages cannot arrive."""

from bot.messages.model import Code, Message, Paragraph, Plain, Text, clip, plain

LONGEST_NAME = 80
NOTHING_LEFT = "Nothing of this check-in is yours to answer any more."


def unreachable(name: str, email: str | None) -> Message:
    """Return what an administrator reads about a person no chat platform can reach."""
    address = f" ({clip(email, LONGEST_NAME)})" if email else ", who has no e-mail address in the portfolio"
    return _notice(
        Plain(
            f"As administrator: messages to {clip(name, LONGEST_NAME)}{address} do not arrive. Correct the address in "
            "the portfolio file, or ask them to write to Steward once."
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
