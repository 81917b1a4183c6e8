"""The sample portfolio and the scenes of the demo's unattended week."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "sample"
SAMPLE = FOLDER / "northlake.yaml"
"""The sample portfolio, in the project's own format."""


def load_scenes() -> list[dict[str, Any]]:
    """Return the scenes of the week: when, a title, and who does what."""
    scenes: list[dict[str, Any]] = yaml.safe_load((FOLDER / "week.yaml").read_text(encoding="utf-8"))["scenes"]
    return scenes
