"""The words about who somebody is."""

from collections.abc import Sequence

DEACTIVATED = "Your account is deactivated in Steward. The portfolio lead or an admin can change that."
OUTSIDER = "Steward answers members of the organisation only, not guests or bots."
NOBODY = "Nobody of that name is known to Steward. Give the e-mail address the portfolio has."


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
