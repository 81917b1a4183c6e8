"""
Every error Steward raises, by who can act on it.

StewardError
├── UserError               the person who asked: shown to them in chat or on stderr
│   └── Overtaken           nobody: the flow is run again and sees what somebody else did at the same moment
├── ConfigError             the operator: a setting is missing or wrong
├── Unavailable             nobody here: the database or another service is out of reach
│   └── Outdated            the operator, soon: program and database have different schemas, nothing is written
└── PlatformError           a chat platform refused or lost a call
    ├── RateLimited         not sent; try again after `retry_after` seconds
    ├── PlatformUnavailable not sent, or `maybe_sent`
    ├── RecipientUnreachable this person or channel, for good
    ├── NotKnowable         nobody: the platform does not say whether a message stands
    ├── MessageRejected     our message is malformed: a bug of ours
    └── NotAuthorized       the whole workspace: token revoked or scope missing
"""


class StewardError(Exception):
    """Something went wrong."""

    def __str__(self) -> str:
        """Return the message given, else the class's own sentence."""
        return super().__str__() or (type(self).__doc__ or "").strip()


class UserError(StewardError):
    """That is not possible."""


class Overtaken(UserError):
    """Somebody else did the same at the same moment."""


class ConfigError(StewardError):
    """A setting is missing or wrong."""


class Unavailable(StewardError):
    """Something Steward depends on is out of reach."""


class Outdated(Unavailable):
    """The program and the database do not have the same schema."""


class PlatformError(StewardError):
    """The chat platform did not take the call; `code` is the platform's own name for why."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class RateLimited(PlatformError):
    """The platform asks to wait; `retry_after` in seconds."""

    def __init__(self, retry_after: float, code: str = "rate_limited") -> None:
        super().__init__(code)
        self.retry_after = retry_after


class PlatformUnavailable(PlatformError):
    """The platform did not answer; `maybe_sent` when the message may have been accepted all the same."""

    def __init__(self, code: str = "", *, maybe_sent: bool = False) -> None:
        super().__init__(code)
        self.maybe_sent = maybe_sent


class RecipientUnreachable(PlatformError):
    """This person or channel cannot be reached."""


class MessageRejected(PlatformError):
    """The platform says the message is malformed."""


class NotKnowable(PlatformError):
    """The platform does not say whether a message stands."""


class NotAuthorized(PlatformError):
    """The platform no longer accepts our credentials for this workspace."""
