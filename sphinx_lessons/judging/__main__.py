"""One comparison as a program, for callers that must be able to end it.

Reads ``[expected, actual, modes]`` as JSON and writes ``[equal, diff, line]`` as JSON.
"""

from __future__ import annotations

import json
import sys

from .comparing import compare


def main() -> None:
    """Compare what stdin says and write the outcome to stdout."""
    expected, actual, modes = json.load(sys.stdin)
    outcome = compare(expected, actual, modes)
    json.dump([outcome.equal, outcome.diff, outcome.line], sys.stdout)


if __name__ == "__main__":
    main()
