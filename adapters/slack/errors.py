"""Slack's many ways to say no, as the five errors every platform has."""

from collections.abc import Awaitable, Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import (
    MessageRejected,
    NotAuthorized,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RecipientUnreachable,
)

SHORTEST_WAIT = 1.0
DEFAULT_WAIT = 30.0
LIMITED = frozenset({"ratelimited", "rate_limited", "restricted_too_many", "message_limit_exceeded"})
EXPIRED = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})
NOT_SENT = frozenset(
    {"service_unavailable", "team_added_to_org", "org_login_required", "accesslimited", "migration_in_progress"}
)
MAYBE_SENT = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "duplicate_message_not_found", "duplicate_channel_not_found"}
)
WORKSPACE = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"}
    | {"no_permission", "not_allowed_token_type", "access_denied", "ekm_access_denied", "two_factor_setup_required"}
    | {"team_access_not_granted", "enterprise_is_restricted", "app_not_installed", "messages_tab_disabled"}
)
RECIPIENT = frozenset(
    {"channel_not_found", "is_archived", "is_inactive", "not_in_channel", "user_not_in_channel", "user_not_found"}
    | {"users_not_found", "user_disabled", "user_not_visible", "cannot_dm_bot", "cannot_dm_user", "not_found"}
    | {"restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"}
    | {"restricted_action_non_threadable_channel", "restricted_action_thread_locked", "thread_not_found"}
    | {"message_not_found", "cant_update_message", "edit_window_closed", "team_not_found", "user_is_restricted"}
    | {"external_channel_migrating", "method_not_supported_for_channel_type", "cannot_find_channel"}
)


async def answered(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Return Slack's answer to a call; raises the PlatformError that says what went wrong."""
    try:
        return await call
    except SlackApiError as error:
        raise of_answer(error) from error
    except (aiohttp.ClientError, TimeoutError, OSError, SlackClientError, ValueError) as error:
        raise of_connection(error) from error


def of_connection(error: Exception) -> PlatformUnavailable:
    """Return the error for a call that got no answer: not sent only when there was no connection at all."""
    never_left = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    return PlatformUnavailable(type(error).__name__, maybe_sent=not never_left)


def of_answer(error: SlackApiError) -> PlatformError:
    """Return the error for an answer that is not a plain yes."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, Mapping) else ""
    if status == 429 or code in LIMITED:
        return RateLimited(retry_after(getattr(response, "headers", {})), code or "rate_limited")
    if code in NOT_SENT:
        return PlatformUnavailable(code)
    if status >= 500 or not code or code in MAYBE_SENT:
        return PlatformUnavailable(code or f"http_{status}", maybe_sent=True)
    return of_code(code)


def of_code(code: str) -> PlatformError:
    """Return the error for one of Slack's codes that say why a request is refused for good."""
    if code in WORKSPACE:
        return NotAuthorized(code)
    if code in RECIPIENT:
        return RecipientUnreachable(code)
    return MessageRejected(code)


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds Slack asks to wait, which may come as a fraction, as nonsense or not at all."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return min(max(SHORTEST_WAIT, float(given)), 3600.0)
    except ValueError:
        return DEFAULT_WAIT
