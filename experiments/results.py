"""What was found, kept as JSON and shown as a table."""

import hashlib
import json
import math
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pellucid.files import write_atomically

HEAD = """# Results

Written by `make experiments`; do not edit. Each row is a figure of an experiment; the file of that
name beside this one says exactly what was run, and every seed that was run is shown. *Ours* is what
the verdict is about: the best seed's figure, or the mean or the median of all. Where the best of
three seeds missed the book's figure, ten were run afterwards: the table judges both.

No part but the training part has a say in the training, except that runs with patience stop by the
validation part. A peak over the epochs on the test part was chosen with the test part in view, and
is a little too good for that: it stands here where the source reports one.

"""
COLUMNS = ["experiment", "figure", "source", "published", "ours", "mean ± s.d.", "each seed"]
COLUMNS += ["stopped by", "s a run", "verdict"]
SUMMARIES: dict[str, Callable[[list[Any]], float]] = {
    "mean": statistics.mean,
    "median": statistics.median,
    "count": sum,
}
DIGITS = {"accuracy": 2, "coverage": 1, "solved": 0, "iterations": 0}  # others: 3
LOWER_IS_BETTER = ("MAE", "iterations")


def read(path: Path, experiments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results so far, without those of experiments that have changed since."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept = {}
    for name, experiment in experiments.items():
        digest = _digest(experiment)
        same = before.get(name, {}).get("digest") == digest
        kept[name] = before[name] if same else {"digest": digest, "seeds": {}}
    return kept


def write(path: Path, kept: Mapping[str, Any]) -> None:
    """Keep the results."""
    text = json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True)
    write_atomically(path, f"{text}\n".encode())


def table(experiments: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    """Return RESULTS.md."""
    rows = [COLUMNS, ["---"] * len(COLUMNS)]
    for name, experiment in experiments.items():
        seeds = kept[name]["seeds"]
        runs = [seeds[number] for number in sorted(seeds, key=int)]
        for i, figure in enumerate(experiment["figure"]):
            about = experiment["experiment"]
            begin = [f"{name}: {about['title']}", _label(figure), about["source"]]
            rows.append([*begin, *_row(figure, runs[: figure.get("first")], i)])
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def shown(value: Any, figure: Mapping[str, Any]) -> str:
    """A number with as many digits as say something; a text as it is."""
    if value is None or isinstance(value, bool):
        return {None: "–", True: "yes", False: "no"}[value]
    return value if isinstance(value, str) else f"{value:.{DIGITS.get(figure['name'], 3)}f}"


def _label(figure: Mapping[str, Any]) -> str:
    if figure["name"] == "accuracy":
        epochs = {"peak": "peak over epochs", "last": "last epoch"}
        epoch = epochs.get(figure["epoch"], "epoch of best validation")
        return f"% right, {figure['part']} part, {epoch}"
    if figure["name"] == "coverage":
        return f"% of test targets up to the {figure['level']} quantile"
    labels = {"solved": "seeds that solved it", "iterations": "epochs of those solved"}
    labels |= {"reason": "reason of stopping"}
    return labels.get(figure["name"], f"{figure['name']}, test part")


def _row(figure: Mapping[str, Any], runs: list[Any], i: int) -> list[str]:
    """The cells from "published" on."""
    found = [run["figures"][i] for run in runs]
    if not found:
        return [_target(figure, found), "not run yet", *[""] * 5]
    values = [f["value"] for f in found]
    reasons = [run["reason"] for run in runs]
    stopped = ", ".join(f"{reason} ({reasons.count(reason)})" for reason in dict.fromkeys(reasons))
    engine = runs[0]["engine"].split()[0].strip(":")
    seconds = f"{statistics.mean(run['seconds'] for run in runs):.1f} ({engine})"
    end = [", ".join(shown(value, figure) for value in values), stopped, seconds]
    end.append(_verdict(figure, found))
    if isinstance(values[0], str):
        return [_target(figure, found), ", ".join(dict.fromkeys(values)), "", *end]
    hows = {"best": f"best of {len(found)}", "count": f"of {len(found)}"}
    how = hows.get(figure["judged"], figure["judged"])
    ours = f"{shown(_ours(figure, found), figure)} ({how})"
    return [_target(figure, found), ours, _spread(figure, values), *end]


def _spread(figure: Mapping[str, Any], values: list[Any]) -> str:
    numbers = [value for value in values if value is not None and not isinstance(value, bool)]
    if len(numbers) < 2:
        return ""
    mean, deviation = statistics.mean(numbers), statistics.stdev(numbers)
    return f"{shown(mean, figure)} ± {shown(deviation, figure)}"


def _ours(figure: Mapping[str, Any], found: list[Any]) -> float:
    """The one number of several seeds that the verdict is about."""
    if figure["judged"] == "best":
        return float(max(found, key=lambda f: f.get("rank", f["value"]))["value"])
    numbers = [f["value"] for f in found if f["value"] is not None]
    return float(SUMMARIES[figure["judged"]](numbers)) if numbers else math.nan


def _target(figure: Mapping[str, Any], found: list[Any]) -> str:
    """What our number is held against, in words."""
    if "baseline" in figure and found:
        mean = statistics.mean(f["baseline"] for f in found)
        return f"{shown(mean, figure)} ({figure['baseline']}, same data)"
    for key, sign in (("at_least", "≥"), ("at_most", "≤")):
        if key in figure:
            return f"{sign} {figure[key]}"
    return shown(figure.get("published"), figure)


def _verdict(figure: Mapping[str, Any], found: list[Any]) -> str:
    published = figure.get("published")
    if isinstance(published, str):
        return "as expected" if all(f["value"] == published for f in found) else "NOT as expected"
    if published is not None:
        return _distance(figure, found)
    if "baseline" in figure:
        gain = _ours(figure, found) - statistics.mean(f["baseline"] for f in found)
        better = (gain < 0) == (figure["name"] in LOWER_IS_BETTER)
        return f"{'better' if better else 'worse'} by {shown(abs(gain), figure)}"
    if "at_least" in figure or "at_most" in figure:
        ours = _ours(figure, found)
        reached = figure.get("at_least", ours) <= ours <= figure.get("at_most", ours)
        return "reached" if reached else "NOT reached"
    return "reported"


def _distance(figure: Mapping[str, Any], found: list[Any]) -> str:
    """How far from the published number; of means also how many seeds are near it by themselves."""
    published, tolerance = figure["published"], figure["tolerance"]
    if tolerance == "2 s.e.":
        tolerance = 2 * found[0]["error"]
    off = _ours(figure, found) - published
    verdict = f"{off:+.2f}: {'' if abs(off) <= tolerance else 'NOT '}within {tolerance:.1f}"
    if figure["judged"] == "best":
        return verdict
    near = sum(abs(f["value"] - published) <= tolerance for f in found)
    return f"{verdict} ({near} of {len(found)} seeds)"


def _digest(experiment: Mapping[str, Any]) -> str:
    """Of what a run depends on; titles and targets may change without a new one."""
    deciding = ("name", "part", "epoch", "level")
    figures = [{key: figure.get(key) for key in deciding} for figure in experiment["figure"]]
    parts = [figures, *(experiment[part] for part in ("data", "network", "recipe"))]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
