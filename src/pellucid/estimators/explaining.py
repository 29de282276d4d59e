"""What was chosen, and why, in words: of the columns, and of how good the result is."""

from collections.abc import Sequence

import numpy as np

from pellucid.data.encode import Encoding
from pellucid.estimators.choosing import Choice

SHOWN = 8  # names in a list
APART = 0.1  # between scores on rows that were seen and on others, from which it is said


def of_columns(encoding: Encoding | None) -> list[Choice]:
    """Return what became of the columns; None stands for a sparse table."""
    if encoding is None:
        why = "the table is sparse; its numbers are not scaled, and should be about as large as 1"
        return [Choice("columns", "as they are", why)]
    e = encoding
    name = [column.name for column in e.columns]
    numbers, categories = len(e.numbers), len(e.categories)
    kinds = [f"{numbers} of numbers"] * bool(numbers)
    kinds += [f"{categories} of categories"] * bool(categories)
    ways = ["a number is counted from its median, in units of its spread"] * bool(numbers)
    ways += ["a category has an input for each of its values"] * bool(categories)
    said = " and ".join(kinds) or "none that tells rows apart"
    n = e.n_inputs
    said = f"{said}, which make{'s' * (numbers + categories == 1)} {n:,} input{'s' * (n > 1)}"
    found = [Choice("columns", said, "; ".join(ways) or "a network has to have one")]
    if e.missing:
        why = "the median stands in, and one more input says that it does"
        found.append(Choice("missing numbers", listed([name[j] for j in e.missing]), why))
    cut = [(name[j], places, e.columns[j].values or ()) for j, places in e.categories]
    cut = [(n, places, values) for n, places, values in cut if len(places) < len(values)]
    if cut:
        said = listed([f"{n} {len(places)} of {len(values):,}" for n, places, values in cut])
        why = "the most frequent have an input; all others count as none of these"
        found.append(Choice("many categories", said, why))
    return found + _left_out(e)


def _left_out(encoding: Encoding) -> list[Choice]:
    out = [column for column in encoding.columns if column.name in set(encoding.left_out)]
    names = [c.name for c in out if len(c.values or ()) > 1 or c.kind == "identifier"]
    same = [c.name for c in out if len(c.values or ()) <= 1 and c.kind != "identifier"]
    why = "nearly every row has a value of its own, which says nothing about other rows"
    found = [Choice("left out as names", listed(names), why)] if names else []
    why = "it is the same in every row, or always missing"
    return found + ([Choice("left out as constant", listed(same), why)] if same else [])


def of_scores(name: str, held_out: Sequence[float], constant: float, seen: float) -> list[Choice]:
    """Return how good the result can be expected to be, and what is wrong if it is not good.

    Parameters
    ----------
    name : str
        Of the score.
    held_out : sequence of float
        Of each network on rows that it had not learnt from.
    constant : float
        Of the best answer that does not look at the columns.
    seen : float
        Of the mean of all networks on all rows.
    """
    if len(held_out) < 2:
        why = "no row was left out to judge by; cross_val_score tells"
        return [Choice(f"expected {name}", "unknown", why)]
    mean = float(np.mean(held_out))
    error = float(np.std(held_out, ddof=1) / np.sqrt(len(held_out)))
    why = (
        "of single networks on rows that they left out, by which their epoch was chosen too; the "
        f"mean of all is usually better; without looking at the columns it is {constant:.3f}"
    )
    said = f"{mean:.3f} ± {error:.3f}".replace("-", "−")
    found = [Choice(f"expected {name}", said, why)]
    if mean - 2 * error <= constant:
        why = "the columns say little about the target, or the rows are too few to find out what"
        found.append(Choice("little learnt", "hardly better than without the columns", why))
    elif seen - mean > max(APART, 3 * error):
        why = "it knows these by heart in part; more rows, or fewer columns, would help"
        found.append(Choice("overfitting", f"{name} {seen:.3f} on the rows learnt from", why))
    return found


def listed(names: Sequence[str]) -> str:
    """Return names one after the other, the first of them where there are many."""
    said, more = ", ".join(names[:SHOWN]), len(names) - SHOWN
    return f"{said} and {more:,} others" if more > 0 else said
