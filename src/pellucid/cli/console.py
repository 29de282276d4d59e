"""Where the terminal door speaks: results to standard output, progress to standard error."""

import json
import sys
from typing import Any


def say(text: str = "") -> None:
    """Write a line of results to standard output."""
    print(text, flush=True)


def tell(text: str) -> None:
    """Write a line about what is going on to standard error."""
    print(text, file=sys.stderr, flush=True)


def say_json(data: dict[str, Any]) -> None:
    """Write one JSON object, and nothing else, to standard output; NaN becomes null."""
    say(json.dumps(plain(data), allow_nan=False))


def plain(value: Any) -> Any:
    """Return data as JSON has them: what is no finite number becomes null."""
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value
