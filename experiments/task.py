"""One experiment with one seed: train as its file says, and work out its figures."""

import os
from collections.abc import Mapping
from typing import Any

from figures import Outcome, figure_of
from parts import Pair, Parts, parts_of

import pellucid as pel
from pellucid.network.layer import layer_from_json
from pellucid.plan.recipe_json import optimizer_from_json


def carry_out(experiment: Mapping[str, Any], number: int, jobs: int) -> dict[str, Any]:
    """Return what came of the experiment's repetition `number`, as plain data for JSON."""
    options = dict(experiment["recipe"])
    # Those of several starts take the seeds that follow; no two repetitions share one.
    seed = number * options.get("starts", 1)
    parts = parts_of(experiment["data"], seed)
    network = _network(experiment["network"], parts, seed, options.pop("precision", "float32"))
    if "optimizer" in options:
        options["optimizer"] = optimizer_from_json(options["optimizer"])
    if parts.validation is not None:
        options["validation"] = _as_trained(parts.validation, network, parts)
    options |= {"seed": seed, "threads": max(1, (os.cpu_count() or 1) // jobs)}
    X, Y = _as_trained(parts.training, network, parts)
    by_epoch = any(f.get("epoch", "last") != "last" for f in experiment["figure"])
    curves: dict[str, list[float]] = {"validation": [], "test": []} if by_epoch else {}
    outcome = Outcome(network, parts, options["loss"], curves)
    if options.get("starts", 1) > 1:
        outcome.history = pel.train(network, X, Y, **options)
    else:
        run = pel.start(network, X, Y, **options)
        for event in run:
            if isinstance(event, pel.EpochEnded):
                outcome.follow()
        outcome.history = run.history
    history = outcome.history
    return {
        "figures": [figure_of(figure, outcome) for figure in experiment["figure"]],
        "reason": history.reason,
        "sentence": history.sentence,
        "epochs": len(history.epochs),
        "seconds": history.seconds,
        "engine": history.engine,
    }


def _network(described: Mapping[str, Any], parts: Parts, seed: int, precision: str) -> pel.Network:
    options = {"scale": parts.scale, "shift": parts.shift, **described}
    layers = [layer_from_json(layer) for layer in options.pop("layers")]
    n_inputs = parts.training[0].shape[1]
    return pel.Network(n_inputs, layers, seed=seed, precision=precision, **options)


def _as_trained(pair: Pair, network: pel.Network, parts: Parts) -> Pair:
    """Targets as the network learns them: rows for classes, numbers standardized."""
    X, Y = pair
    if Y.ndim == 2:
        return X, (Y - parts.centre) / parts.spread
    softmax = network.architecture.layers[-1].activation == "softmax"
    return X, Y if softmax else pel.one_hot(Y, network.architecture.n_outputs)
