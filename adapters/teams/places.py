"""
Where a conversation is, in one string: the service URL and Teams' id of the conversation, a blank between.

The service URL is regional and may change, so the newest one is kept with each conversation (teams.md 4).
"""

from urllib.parse import quote

DEFAULT_SERVICE_URL = "https://smba.trafficmanager.net/teams"
THREAD = ";messageid="


def place(service_url: str, conversation_id: str) -> str:
    """Return the reference of a conversation; a channel's without the thread."""
    return f"{service_url.rstrip('/')} {conversation_id.partition(THREAD)[0]}"


def parts(reference: str, default: str = DEFAULT_SERVICE_URL) -> tuple[str, str]:
    """Return the service URL and the conversation id of a reference; an id typed by hand has no URL of its own."""
    service_url, _, conversation_id = reference.rpartition(" ")
    return (service_url or default).rstrip("/"), conversation_id


def is_channel(reference: str) -> bool:
    """Return whether a conversation is a channel of a team, whose messages have threads."""
    return "@thread.tacv2" in reference or "@thread.skype" in reference


def url(reference: str, *path: str, thread: str = "", default: str = DEFAULT_SERVICE_URL) -> str:
    """Return the address of something in a conversation, or in a thread of a channel."""
    service_url, conversation_id = parts(reference, default)
    within = f"{conversation_id}{THREAD}{thread}" if thread and is_channel(reference) else conversation_id
    return "/".join([f"{service_url}/v3/conversations", *(quote(each, safe="") for each in (within, *path))])
