"""Which files this project consists of."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("bot", "adapters", "scheduler", "storage")
NEVER_OURS = {
    ".git",
    ".venv",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}


def project_files() -> list[Path]:
    """Every file git tracks or would track; without git (an unpacked archive) every file that is not a tool's own."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
    relative = sorted({Path(name) for name in listed if name})
    return [path for path in relative if not NEVER_OURS & set(path.parts) and (ROOT / path).is_file()]


def python_files(*folders: str) -> list[Path]:
    """The Python files below the named folders; all when none is named."""
    return [path for path in project_files() if path.suffix == ".py" and (not folders or path.parts[0] in folders)]


def is_generated(path: Path) -> bool:
    """A migration is one statement per change of the schema, written by alembic: budgets do not apply."""
    return "versions" in path.parts and "migrations" in path.parts


def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")
