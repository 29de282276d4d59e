"""What is printed of a run when it is over."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from pellucid.cli.console import say, tell
from pellucid.cli.reporting import shown_score
from pellucid.cli.training import Outcome

PARTS = ("train", "validation", "test")


def show_outcome(outcome: Outcome) -> None:
    """Print what came of a run: why it stopped, its figures, where it is kept."""
    figures = outcome.figures
    for line in wrap(outcome.sentence, 80):
        say(line)
    lines = list(_judgements(figures))
    lines += [("engine", figures["engine"]), ("time", f"{figures['seconds']:.2f} s")]
    if "doctor" in figures:
        found = dict.fromkeys(finding["fault"] for finding in figures["doctor"]["findings"])
        lines.append(("doctor", ", ".join(found) or "nothing found"))
    starts: list[dict[str, Any]] = figures.get("starts", [])
    lines += [(f"seed {start['seed']}", _start(start, outcome.score)) for start in starts]
    width = max(len(label) for label, _ in lines)
    for label, text in lines:
        label = f"{label:>{width}}: "
        for line in wrap(text, 80 - len(label)):
            say(label + line)
            label = " " * len(label)
    say(f"{'saved in':>{width}}: {figures['run']}")  # not wrapped: it is to be copied
    if "report" in figures:
        say(f"{'report':>{width}}: {figures['report']}")
    tell(f"try: pellucid evaluate {figures['run']} {figures['data']}")


def _judgements(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Cost and scores of each part."""
    for key, value in figures.items():
        part, _, what = key.partition(".")
        if part in PARTS and what != "examples" and value is not None:
            yield f"{part} {what}".replace("_", " "), shown_score(what, value, digits=6)


def _start(start: dict[str, Any], score: str) -> str:
    """One of several starts: its figures over the part that it was judged by."""
    why = "" if start["reason"] in ("epochs", "steps") else f", {start['reason']}"
    kept = ", kept" if start["kept"] else ""
    shown = f"{score.replace('_', ' ')} {shown_score(score, start['score'])}"
    epochs = f"{start['epochs']} epoch{'' if start['epochs'] == 1 else 's'}"
    return f"cost {start['cost']:.6g}, {shown}, {epochs}, {start['seconds']:.2f} s{why}{kept}"
