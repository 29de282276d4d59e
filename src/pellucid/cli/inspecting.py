"""What ``pellucid inspect`` looks at: a row for each look, from a model and data to a result."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.cli.console import tell
from pellucid.cli.runs import CHECKPOINT, RECORD, model_path, read_record
from pellucid.cli.settings import examples_of
from pellucid.data.dataset import Dataset, Part
from pellucid.data.sources import load
from pellucid.equations.losses import natural_loss
from pellucid.errors import DataError, RecipeError
from pellucid.inspection.attribution import attribution
from pellucid.inspection.dimensions import dimension_check
from pellucid.inspection.doctor import examine
from pellucid.inspection.graph import chain_rule, derivative_graph
from pellucid.inspection.importance import what_matters
from pellucid.inspection.linear import collapse
from pellucid.inspection.merging import merge
from pellucid.inspection.walk import walk
from pellucid.model.archive import load_model
from pellucid.model.model import Model
from pellucid.plan.examples import Examples
from pellucid.plan.recipe import Recipe
from pellucid.plan.recipe_json import from_json
from pellucid.training.checkpoints import load_checkpoint
from pellucid.training.history import History
from pellucid.training.parts import hold_out

BATCH = 32  # examples that a walk averages over where no run says otherwise
GRAPHS = ("text", "mermaid", "graphviz")


class Result(NamedTuple):
    """What a look found, as text and as plain data, each worked out when it is asked for."""

    text: Callable[[], str]
    data: Callable[[], Any]


@dataclass(frozen=True)
class Asked:
    """What the options say about looks."""

    row: int | None
    batch_size: int | None
    notation: str
    layout: str
    units: int | None
    terms: int | None
    focus: tuple[str, ...]
    digits: int | None
    method: str
    by: str


class Examined:
    """A model and, once they are named, the data it is looked at with."""

    def __init__(self, path: Path, part: str | None) -> None:
        if part not in (None, "train", "test"):
            raise RecipeError(f"part: expected train or test, got {part!r}.")
        self.path, self._part = path, part
        self.model: Model = load_model(model_path(path))

    @cached_property
    def record(self) -> dict[str, Any]:
        """What run.json says; nothing of a model file alone."""
        return read_record(self.path) if (self.path / RECORD).is_file() else {}

    @property
    def recipe(self) -> Recipe | None:
        """How it was trained, where that is known."""
        return from_json(self.record["recipe"]) if "recipe" in self.record else None

    @property
    def history(self) -> History | None:
        """What the epochs of its run have brought, where there is a checkpoint."""
        path = self.path / CHECKPOINT
        if not path.is_file():
            return None
        checkpoint = load_checkpoint(path)
        state, metrics = checkpoint.state, checkpoint.plan.recipe.metrics
        reason = str(self.record.get("results", {}).get("stopped", ""))
        best = None if state.best is None else state.best.epoch
        epochs = tuple(state.history)
        return History(epochs, reason, "", "", state.engine, state.seconds, best, metrics)

    @property
    def loss(self) -> str:
        """What it was trained for, or the loss whose link its output is."""
        return self.model.loss or natural_loss(
            self.model.network.architecture.layers[-1].activation
        )

    def examples(self, data: str) -> tuple[Examples, str, Dataset]:
        """Return the examples of the part asked for, and which part that is."""
        dataset = load(data, tell)
        name = self._part or ("train" if dataset.test is None else "test")
        part: Part | None = dataset.train if name == "train" else dataset.test
        if part is None:
            raise DataError(f"{data} has no test part. Use --part train.")
        return examples_of(self.model, self.loss, part), name, dataset


def _summary(examined: Examined, _: Any, asked: Asked) -> Result:
    network = examined.model.network
    check = dimension_check(network)
    n = len(network.parameters)
    head = [repr(network), f"{n:,} parameters in {network.precision}, loss {examined.loss}"]
    classes = examined.model.classes
    if classes is not None:
        head.append(
            f"{len(classes)} classes: {', '.join(classes[:12])}" + "…" * (len(classes) > 12)
        )
    return Result(
        lambda: "\n".join([*head, "", str(check)]),
        lambda: {
            "network": repr(network),
            "parameters": n,
            "precision": network.precision,
            "loss": examined.loss,
            "dimensions": check.as_dict(),
        },
    )


def _walk(examined: Examined, data: str, asked: Asked) -> Result:
    examples, part, _ = examined.examples(data)
    row, n = _row(asked.row or 0, len(examples)), len(examples)
    recipe = examined.recipe
    size = (
        (recipe.batch_size if recipe else BATCH) if asked.batch_size is None else asked.batch_size
    )
    size = n if size == "all" else size
    if not isinstance(size, int) or size < 1:
        raise RecipeError(f"batch-size: expected at least 1, got {size}.")
    batch = examples.take((row + np.arange(min(size, n))) % n)
    found = walk(
        examined.model.network,
        batch.X[:],
        batch.Y,
        loss=None if recipe else examined.loss,
        recipe=recipe,
        notation=asked.notation,
        units=asked.units,
        terms=asked.terms,
        focus=asked.focus,
        digits=asked.digits,
    )
    seen = f"Row {row} of {data} ({part} part), {_said(examined.model, batch, found.trace.P[0])}"
    found = replace(found, title=found.title.replace("Example 0", seen, 1))
    return Result(
        lambda: found.formatted(asked.layout).rstrip("\n"),
        lambda: {
            "row": row,
            "part": part,
            "notation": found.notation.stated,
            "cost": found.trace.cost,
            "batch_cost": found.batch.cost,
            "lines": [{"parts": list(s.parts), "value": s.value} for s in found.statements],
        },
    )


def _graph(examined: Examined, form: str, asked: Asked) -> Result:
    if form not in GRAPHS:
        raise RecipeError(f"graph: expected one of {', '.join(GRAPHS)}, got {form!r}.")
    graph = derivative_graph(examined.model.network.architecture, asked.notation)
    forms = {"text": graph.__str__, "mermaid": graph.mermaid, "graphviz": graph.graphviz}
    return Result(lambda: forms[form]().rstrip("\n"), graph.as_dict)


def _chain(examined: Examined, name: str, asked: Asked) -> Result:
    rule = chain_rule(examined.model.network.architecture, name, asked.notation)
    return Result(lambda: rule, lambda: rule)


def _dimensions(examined: Examined, _: Any, asked: Asked) -> Result:
    check = dimension_check(examined.model.network)
    markdown = asked.layout == "markdown"
    return Result(lambda: check.markdown() if markdown else str(check), check.as_dict)


def _doctor(examined: Examined, data: str, asked: Asked) -> Result:
    """The network with what it was trained on; a run's validation part and history too."""
    dataset, model = load(data, tell), examined.model
    training, held_out = examples_of(model, examined.loss, dataset.train), None
    recipe, history = examined.recipe, examined.history
    if recipe is not None:
        share = examined.record["validation"]
        training, held_out = hold_out(model.network, recipe, training, share or None)
    found = examine(
        model.network,
        training.X[:],
        training.Y,
        None if recipe else examined.loss,
        validation=None if held_out is None else (held_out.X[:], held_out.Y),
        recipe=recipe,
        history=history,
    )
    return Result(found.__str__, found.as_dict)


def _matters(examined: Examined, data: str, asked: Asked) -> Result:
    examples, _, _ = examined.examples(data)
    network, weights = examined.model.network, examples.weights
    ranking = what_matters(
        network, examples.X[:], examples.Y, examined.loss, by=asked.by, sample_weight=weights
    )
    return Result(ranking.__str__, ranking.as_dict)


def _attribute(examined: Examined, data: str, asked: Asked) -> Result:
    examples, _, _ = examined.examples(data)
    X = examples.X[:]
    if asked.row is not None:
        row = _row(asked.row, len(X))
        X = X[row : row + 1]
    found = attribution(examined.model.network, X, method=asked.method)
    return Result(found.__str__, found.as_dict)


def _collapse(examined: Examined, _: Any, asked: Asked) -> Result:
    """One matrix where the hidden layers allow that, else what can be merged."""
    network = examined.model.network
    hidden = network.architecture.layers[:-1]
    one = all(layer.activation == "identity" for layer in hidden)
    found = collapse(network) if one else merge(network)
    return Result(found.__str__, found.as_dict)


def _row(row: int, n: int) -> int:
    if not 0 <= row < n:
        raise DataError(f"row: expected 0 to {n - 1}, got {row}.")
    return row


def _said(model: Model, batch: Examples, P: Array) -> str:
    """What the example is and what the model takes it for, where it has classes."""
    if model.classes is None:
        return "a target of numbers,"
    Y = batch.Y[0]
    if batch.Y.ndim == 1 or len(P) > 1:
        right = int(Y) if batch.Y.ndim == 1 else int(np.argmax(Y))
        return f"{model.classes[right]} taken for {model.classes[int(P.argmax())]},"
    right, taken = int(Y[0] > 0.5), int(P[0] >= 0.5)
    return f"{model.classes[right]} taken for {model.classes[taken]},"


LOOKS: dict[str, Callable[[Examined, Any, Asked], Result]] = {
    "summary": _summary,
    "walk": _walk,
    "dimensions": _dimensions,
    "graph": _graph,
    "chain": _chain,
    "doctor": _doctor,
    "matters": _matters,
    "attribute": _attribute,
    "collapse": _collapse,
}
