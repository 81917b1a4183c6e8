"""The app as Teams installs it: the zip that `steward manifest teams` writes, with its icons."""

import json
import re
import uuid
import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from adapters.teams import icons
from adapters.teams.settings import TeamsSettings
from bot.errors import ConfigError
from bot.messages.hiccups import PRODUCT

# The newest schema this was tried against. Raise VERSION with every change, or Teams keeps what it has installed.
SCHEMA_VERSION = "1.29"
VERSION = "1.0.0"
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA_VERSION}/MicrosoftTeams.schema.json"
# Teams wants pages about the app; where nobody said one, a reserved name that leads nowhere is at least not another's.
NO_PAGE = "https://steward.example"
SHORT = "Asks owners of AI initiatives where they stand, and tells who needs to know."
FULL = (
    "Steward keeps AI initiatives accountable until they run in production. Once a week it asks the business sponsor, "
    "the technical lead and the operations leader of each initiative where it stands, reminds those who have not "
    "answered, and posts a digest for leaders on Monday. Anyone can ask at any time where an initiative stands."
)
ACCENT = f"#{bytes(icons.BLUE).hex().upper()}"
SEARCH, SEARCHED = "search", "query"
STATUS = ("ai-status", "Where an initiative stands: add its name or key, then history for twelve weeks")
HELP = ("ai help", "Everything Steward understands")
PERSONAL = (  # Teams takes twelve: what most people use often; `ai help` has the rest
    ("ai checkin", "Your open check-ins"),
    STATUS,
    ("ai-status mine", "Your initiatives"),
    ("ai-status due", "Open check-ins"),
    ("ai-status portfolio", "Everything you may see"),
    ("ai new", "Register an initiative"),
    ("ai away", "Say that you are away: add FROM..TO and, if you like, who stands in"),
    ("ai back", "Say that you are back"),
    ("ai why", "Why Steward wrote to you about an initiative, or did not: add its name"),
    ("ai link", "A code for your account on another platform; write it there"),
    HELP,
)
SHARED = (STATUS, ("ai digest here", "Post the weekly digest here, for portfolio leads and admins"), HELP)
GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
# Zip knows no time before this one; the same manifest is the same file whenever it is made.
NEVER = (1980, 1, 1, 0, 0, 0)


def manifest(url: str = "") -> bytes:
    """Return the zip to install, for the bot of the settings reached at `url`; raises ConfigError."""
    return package(TeamsSettings().app_id.strip(), url)


def package(app_id: str, url: str = "") -> bytes:
    """Return the zip to install for the bot with this id; raises ConfigError when id or address is none."""
    written = json.dumps(described(app_id, url), indent=2, ensure_ascii=False) + "\n"
    files = {"manifest.json": written.encode(), "color.png": icons.color(), "outline.png": icons.outline()}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, NEVER)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def described(app_id: str, url: str = "") -> dict[str, Any]:
    """Return what `manifest.json` says of the bot with this id; raises ConfigError when id or address is none."""
    if not GUID.fullmatch(app_id):
        raise ConfigError(
            f"STEWARD_TEAMS_APP_ID is {'not right' if app_id else 'missing'}: "
            'copy the "Application (client) ID" of your app registration from Microsoft Entra'
        )
    page = urlsplit(url or NO_PAGE)
    if page.scheme not in ("https", "http") or not page.hostname:
        raise ConfigError("--url is not right: write the full address of this bot, such as https://steward.example.com")
    return {
        "$schema": SCHEMA,
        "manifestVersion": SCHEMA_VERSION,
        "version": VERSION,
        "id": str(uuid.uuid5(uuid.UUID(app_id), PRODUCT)),
        "developer": {"name": PRODUCT, **dict.fromkeys(("websiteUrl", "privacyUrl", "termsOfUseUrl"), page.geturl())},
        "name": {"short": PRODUCT, "full": f"{PRODUCT}: accountable AI initiatives"},
        "description": {"short": SHORT, "full": FULL},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "bots": [_bot(app_id)],
        "composeExtensions": [_search(app_id)],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [page.hostname] if url else [],
        "webApplicationInfo": {"id": app_id, "resource": f"api://botid-{app_id}"},
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
    }


def _bot(app_id: str) -> dict[str, Any]:
    menus = {"personal": PERSONAL, "team": SHARED, "groupChat": SHARED}
    return {
        "botId": app_id,
        "scopes": list(menus),
        "supportsFiles": False,
        "isNotificationOnly": False,
        "commandLists": [
            {"scopes": [scope], "commands": [{"title": title, "description": does} for title, does in commands]}
            for scope, commands in menus.items()
        ],
    }


def _search(app_id: str) -> dict[str, Any]:
    asked = {"name": SEARCHED, "title": "Initiative", "description": "Its name or key", "inputType": "text"}
    command = {
        "id": SEARCH,
        "type": "query",
        "title": "Find an initiative",
        "description": "Put where an initiative stands into what you write",
        "context": ["compose", "commandBox"],
        "initialRun": False,
        "parameters": [asked],
    }
    return {"botId": app_id, "commands": [command]}
