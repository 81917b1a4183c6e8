"""The words about who somebody is."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.ownership import Role
from bot.messages.model import Code, Message, Paragraph, Plain, Text, plain
from bot.messages.words import ROLE_WORDS

DEACTIVATED = "Your account is deactivated in Steward. The portfolio lead or an admin can change that."
OUTSIDER = "Steward answers members of the organisation only, not guests or bots."
NOBODY = "Nobody of that name is known to Steward. Give the e-mail address the portfolio has."

CODE_ELSEWHERE = (
    "Steward does not know this account yet. Write /ai link where it knows you, then write here /ai link and the code "
    "it shows."
)
NO_SUCH_CODE = "This code is wrong, used or too old. Write /ai link where Steward knows you for a new one."
CODE_IN_PUBLIC = (
    "A code is for you alone, and others can read along here: it is void now. Write /ai link for a new one and give it "
    "to Steward in your own chat with it."
)


FORMER = "former owner"
"""What stands in the place of the name of somebody who was erased."""
ERASED = "[erased]"
"""What stands in the place of the words of somebody who was erased."""
ERASED_ALREADY = "This person has been erased already."
MOST_NAMED = 5


def only_admin(name: str) -> str:
    """Return why the only administrator is not erased."""
    return f"{name} is the only administrator. Make somebody else one in the portfolio file first."


def holds(name: str, roles: Sequence[tuple[str, Role]], portfolios: Sequence[str]) -> str:
    """Return why somebody is not erased who still answers for something, and what to do."""
    held = [f"{key} {ROLE_WORDS[role]}" for key, role in roles] + [f"portfolio {key}" for key in portfolios]
    more = f" and {len(held) - MOST_NAMED} more" if len(held) > MOST_NAMED else ""
    return (
        f"{name} still holds {', '.join(held[:MOST_NAMED])}{more}. Give it to somebody else in chat or in the "
        "portfolio file first, or leave it vacant with --force."
    )


def not_known(email: str) -> str:
    """Return the sentence for an address that belongs to nobody in the portfolio."""
    return f"Steward does not know {email} yet. The portfolio lead or an admin can add that address."


def has_left(name: str) -> str:
    """Return the sentence for somebody who is not active any more."""
    return f"{name} has left. Name somebody who is active."


def several(people: Sequence[tuple[str, str | None]], total: int) -> str:
    """Return the sentence that lists whom a name may mean, as (name, address) of the first few of `total`."""
    named = ", ".join(f"{name} ({email or 'no address'})" for name, email in people)
    more = f" and {total - len(people)} more" if total > len(people) else ""
    return f"Several people match: {named}{more}. Give the e-mail address."


def link_code(code: str, lives: timedelta) -> Message:
    """Return the code that links one more account, and what to do with it."""
    half = len(code) // 2
    minutes = int(lives.total_seconds() // 60)
    text: Text = (
        Plain("To add your account on another platform, write "),
        Code(f"/ai link {code[:half]}-{code[half:]}"),
        Plain(f" to Steward there within {minutes} minutes. The code works once; give it to nobody."),
    )
    return Message("", (Paragraph(text),), plain(text))


def linked(name: str, platform: str) -> Message:
    """Return that an account belongs to its person, and how to be written to there."""
    command = f"/ai prefer {platform}"
    text: Text = (
        Plain(f"This account belongs to {name}. Write "),
        Code(command),
        Plain(" to get your messages here from now on."),
    )
    return Message("", (Paragraph(text),), plain(text))


def account_of(name: str) -> str:
    """Return the sentence for an account that is somebody else's than the code's."""
    return f"This account is linked to {name} already. An account belongs to one person."


def preferred(platform: str) -> str:
    """Return the sentence that somebody is written to on a platform."""
    return f"Steward writes to you on {platform} from now on. What it has written elsewhere stays there and up to date."


def choose_platform(known: Sequence[str], present: str | None) -> str:
    """Return the sentence that says what `/ai prefer` takes."""
    ways = " or ".join(f"/ai prefer {platform}" for platform in known)
    now = f" Now it writes on {present} where it can." if present else ""
    return f"Say where Steward shall write to you: {ways}.{now} /ai link adds an account on another platform."
