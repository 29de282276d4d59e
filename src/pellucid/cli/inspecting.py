"""What ``pellucid inspect`` looks at: a row for each look, from a model and data to a result."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pellucid.arrays import Array
from pellucid.cli.asking import Asked
from pellucid.cli.data_sets import dataset_for
from pellucid.cli.runs import CHECKPOINT, model_path, record_of
from pellucid.cli.settings import examples_of, validation_of
from pellucid.data.dataset import Dataset, Part
from pellucid.equations.losses import loss_of, natural_loss
from pellucid.errors import DataError, RecipeError
from pellucid.inspection.attribution import SHOWN, Attribution, attribution
from pellucid.inspection.dimensions import dimension_check
from pellucid.inspection.doctor import examine
from pellucid.inspection.graph import chain_rule, derivative_graph
from pellucid.inspection.importance import what_matters
from pellucid.inspection.linear import collapse
from pellucid.inspection.merging import merge
from pellucid.inspection.walk import Walk, walk
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
        return record_of(self.path)

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
        dataset = dataset_for(self.model, data, self.record)
        name = self._part or ("train" if dataset.test is None else "test")
        part: Part | None = dataset.train if name == "train" else dataset.test
        if part is None:
            raise DataError(f"{data} has no test part. Use --part train.")
        return examples_of(self.model, self.loss, part), name, dataset


def _summary(examined: Examined, _: Any, asked: Asked) -> Result:
    network = examined.model.network
    check = dimension_check(network)
    n = network.n_parameters
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
        _targets(examined, batch),
        loss=None if recipe else examined.loss,
        recipe=recipe,
        notation=asked.notation,
        units=asked.units,
        terms=asked.terms,
        focus=asked.focus,
        digits=asked.digits,
    )
    seen = f"Row {row} of {data} ({part} part), {_said(examined.model, found)}"
    found = replace(found, title=found.title.replace("Example 0", seen, 1))
    return Result(
        lambda: found.formatted(asked.layout).rstrip("\n"),
        lambda: {
            "row": row,
            "part": part,
            "notation": found.notation.stated,
            "cost": found.trace.cost,
            "batch_cost": found.batch.cost,
            "lines": [
                {"section": section.title, "parts": list(said.parts), "value": said.value}
                for section in found.sections
                for line in section.lines
                for said in line.statements
            ],
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
    model = examined.model
    dataset = dataset_for(model, data, examined.record)
    training, held_out = examples_of(model, examined.loss, dataset.train), None
    recipe, history = examined.recipe, examined.history
    if recipe is not None:
        share, own = examined.record["validation"], bool(examined.record.get("own_validation"))
        validation = validation_of(model, recipe.loss, dataset, share, own)
        training, held_out = hold_out(model.network, recipe, training, validation, dataset.holding)
    found = examine(
        model.network,
        training.X[:],
        _targets(examined, training),
        None if recipe else examined.loss,
        validation=None if held_out is None else (held_out.X[:], _targets(examined, held_out)),
        recipe=recipe,
        history=history,
    )
    return Result(found.__str__, found.as_dict)


def _matters(examined: Examined, data: str, asked: Asked) -> Result:
    examples, _, _ = examined.examples(data)
    network, weights = examined.model.network, examples.weights
    Y = _targets(examined, examples)
    ranking = what_matters(
        network,
        examples.X[:],
        Y,
        examined.loss,
        by=asked.by,
        notation=asked.notation,
        sample_weight=weights,
    )
    return Result(ranking.__str__, ranking.as_dict)


def _attribute(examined: Examined, data: str, asked: Asked) -> Result:
    examples, _, _ = examined.examples(data)
    X = examples.X[:]
    if asked.row is not None:
        row = _row(asked.row, len(X))
        X = X[row : row + 1]
    found = attribution(examined.model.network, X, method=asked.method)
    table = examined.model.table
    if table is None:
        return Result(found.__str__, found.as_dict)
    names = table.encoding.names  # of inputs; a category has several
    shown = [f"{j:>8}  {names[j]}" for j in found.order[:SHOWN]]
    return Result(lambda: "\n".join([str(found), "", *shown]), lambda: _with_names(found, names))


def _with_names(found: Attribution, names: tuple[str, ...]) -> dict[str, Any]:
    data = found.as_dict()
    for column in data["columns"]:
        column["name"] = names[column["column"]]
    return data


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


def _targets(examined: Examined, examples: Examples) -> Array:
    """Targets as ``pellucid.train`` takes them: of several quantiles each stands once."""
    row = loss_of(examined.loss)
    return examples.Y[:, :: len(row.numbers)] if row.constant == "levels" else examples.Y


def _said(model: Model, found: Walk) -> str:
    """What the example is, and what the model takes it for."""
    P, Y = found.trace.P[0], found.trace.Y[0]
    if model.classes is None:
        shown = (", ".join(f"{value:.4g}" for value in values[:5]) for values in (Y, P))
        return "target {}, predicted {},".format(*shown)
    right, taken = (
        int(values.argmax()) if len(P) > 1 else int(values[0] >= (0.5 if Y.min() >= 0 else 0.0))
        for values in (Y, P)
    )
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
