"""`steward gallery`: every message and form as each platform shows it, as files to look at."""

import importlib
import json
from pathlib import Path
from types import ModuleType

import adapters
from bot.errors import UserError
from bot.messages.gallery import FORMS, MESSAGES


def write_gallery(folder: Path) -> int:
    """Write one file per platform into `folder`; return how many messages and forms each holds."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in adapters.available():
            (folder / f"{name}.md").write_text(
                _page(name, importlib.import_module(f"adapters.{name}.render")), encoding="utf-8"
            )
    except OSError as error:
        raise UserError(f"Cannot write to {folder}: {error.strerror}.") from None
    return len(MESSAGES) + len(FORMS)


def _page(platform: str, render: ModuleType) -> str:
    parts = [f"# Every message and form on {platform}\n"]
    for name, message in MESSAGES.items():
        parts.append(f"## {name}\n\n```\n{_shown(render.message(message()))}\n```\n")
    for name, form in FORMS.items():
        parts.append(f"## form: {name}\n\n```\n{_shown(render.form(form()))}\n```\n")
    return "\n".join(parts)


def _shown(rendered: object) -> str:
    return rendered if isinstance(rendered, str) else json.dumps(rendered, indent=1, ensure_ascii=False)
