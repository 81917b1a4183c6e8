"""`python -m tests.golden FILE`: the findings and colours of a file of facts, as JSON."""

import json
import sys
from pathlib import Path

from tests.golden.evaluating import report


def main() -> None:
    """Print what the product's own rules make of the file named on the command line."""
    if len(sys.argv) != 2:
        print("usage: python -m tests.golden FILE", file=sys.stderr)
        sys.exit(2)
    print(json.dumps(report(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), indent=1, ensure_ascii=False))


main()
