"""Signs in a network as it stands: units, weights, gradients, and what its output is for."""

from collections.abc import Iterator

import numpy as np

from pellucid.arrays import Array
from pellucid.inspection.signs_case import HALF, LEARNT, MASTERED, Case, Sign

# How far a sum has to be on the level side of a function for its slope to be a hundredth of the
# steepest: below −z where only one side is level, beyond ±z where both are. Of hard_tanh, whose
# slope is 0 from 1 on, so far that a few steps do not bring it back.
OFF = {
    "relu": 0.0,
    "elu": 4.7,
    "selu": 4.7,
    "gelu": 3.2,
    "gelu_tanh": 3.2,
    "silu": 6.3,
    "softplus": 4.6,
    "exp": 4.6,
}
LEVEL = {"sigmoid": 6.0, "tanh": 3.0, "scaled_tanh": 4.5, "hard_tanh": 3.0, "softsign": 9.0}
STALLED = 0.75  # of the limit for saturated units, where little was learnt
SPARE = 0.6  # share of dead units that a network which works may have
HOPELESS = 3e-4  # of the limit for vanishing gradients, as long as weights are the first
EXAMPLES = 16  # fewer say little about a unit
ALIKE = 1e-4  # distance of two units' weights, as a share of their length
WEAK = 1e-3  # length of weights beside the longest, below which a unit is as good as absent
UNITS = 1024  # that are compared with each other
REACH = {  # which numbers an output can give
    "sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "scaled_tanh": (-1.7159, 1.7159),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
    "exp": (0.0, np.inf),
    "elu": (-1.0, np.inf),
    "selu": (-1.7581, np.inf),
    "gelu": (-0.17, np.inf),
    "gelu_tanh": (-0.171, np.inf),
    "silu": (-0.2785, np.inf),
}
DISTANCES = ("half_sse", "sse", "mse", "mae", "huber")  # losses that are not for classes
CLASSICAL = ("half_sse", "sse")  # with sigmoid outputs, of the books: a fault only where it harms
STUCK, SHARE = 0.01, 0.25  # slope of a sigmoid that hardly moves; of how many examples


def dead_units(case: Case, limit: float) -> Iterator[Sign]:
    """Yield hidden layers in which units do not react to any example."""
    limit = SPARE if case.learnt >= MASTERED else limit
    for l in case.hidden:
        layer = case.network.architecture.layer(l)
        if layer.activation not in OFF or len(case.trace.X) < EXAMPLES:
            continue
        fed = np.abs(case.incoming(l)).max(axis=0) > 0
        dead = (case.trace.N[l].max(axis=0) <= -OFF[layer.activation]) & fed
        share = float(dead.mean())
        if share >= limit:
            yield Sign(
                f"layer {l}",
                share,
                f"{int(dead.sum())} of {layer.units} {layer.activation} units are off for each of "
                f"{len(case.trace.X)} examples: no gradient passes, and they cannot come back",
                limit,
            )


def saturated_units(case: Case, limit: float) -> Iterator[Sign]:
    """Yield hidden layers that are at the level ends of their function."""
    if case.learnt >= MASTERED:  # sure answers come from large sums
        return
    if case.learnt < HALF and not case.fresh:
        limit = STALLED * limit
    for l in case.hidden:
        layer = case.network.architecture.layer(l)
        if layer.activation not in LEVEL:
            continue
        sizes = np.abs(case.trace.N[l])
        share = float((sizes >= LEVEL[layer.activation]).mean())
        if share >= limit:
            yield Sign(
                f"layer {l}",
                share,
                f"{share:.0%} of the sums of {layer.units} {layer.activation} units are beyond "
                f"±{LEVEL[layer.activation]:g}, where it is level ({np.median(sizes):.3g} in the "
                "middle)",
                limit,
            )


def vanishing_gradients(case: Case, limit: float) -> Iterator[Sign]:
    """Yield a layer that hardly anything of the error reaches, where nothing was learnt."""
    sizes = _errors(case)
    if not sizes or case.learnt >= LEARNT:
        return
    limit = HOPELESS * limit if case.fresh else limit
    worst = min(sizes, key=lambda l: sizes[l])
    if 0 < sizes[worst] < limit:  # at 0 nothing passes at all: units are dead, or weights are 0
        yield Sign(
            f"layer {worst}",
            sizes[worst],
            f"dZ of layer {worst} is {sizes[worst]:.2g} times that of the output, in length; "
            f"1 − cost / cost of a constant is {case.learnt:.3f}",
            limit,
        )


def exploding_gradients(case: Case, limit: float) -> Iterator[Sign]:
    """Yield a layer in which the error has grown on its way back."""
    if case.learnt >= HALF:  # then it does no harm
        return
    sizes = _errors(case)
    worst = max(sizes, key=lambda l: sizes[l], default=0)
    if worst and sizes[worst] > limit:
        yield Sign(
            f"layer {worst}",
            sizes[worst],
            f"dZ of layer {worst} is {sizes[worst]:.3g} times that of the output, in length",
        )


def symmetric_weights(case: Case, limit: float) -> Iterator[Sign]:
    """Yield hidden layers whose units are copies of each other."""
    for l in case.hidden:
        columns = case.incoming(l)[:, :UNITS]
        lengths = np.linalg.norm(columns, axis=0)
        kept = lengths >= WEAK * lengths.max()
        columns, lengths = columns[:, kept], lengths[kept]
        n = columns.shape[1]
        if n < 2:
            continue
        twins = _twins(columns, lengths)
        share = float(twins.mean())
        if share >= limit:
            yield Sign(
                f"layer {l}",
                share,
                f"{int(twins.sum())} of {n} units have the same weights as another: they get the "
                "same gradient and stay the same",
            )


def wrong_link(case: Case, limit: float) -> Iterator[Sign]:
    """Yield outputs that cannot give the targets, or a loss that is not made for them."""
    output = case.network.architecture.layers[-1].activation
    name = case.data.loss.split(":")[0]
    Y = case.data.sample.Y
    if Y.ndim == 2 and output in REACH:
        low, high = REACH[output]
        beyond = float((np.abs(Y - np.clip(Y, low, high)) > 1e-6).mean())
        if beyond > limit:
            yield Sign(
                "the output",
                beyond,
                f"{beyond:.1%} of the targets are outside of what {output} can give, "
                f"{low:g} to {high:g}",
            )
            return
    if (
        name in DISTANCES
        and case.data.codes is not None
        and len(Y) >= 20
        and (Y.ndim == 1 or _bits(Y))
    ):
        yield from _classes_by_distance(case, output, name)


def _classes_by_distance(case: Case, output: str, name: str) -> Iterator[Sign]:
    """Classes that are learnt by squared errors and the like."""
    P, Y = case.trace.P, case.trace.Y
    stuck = float((((np.abs(P - Y) > 0.5) & (P * (1 - P) < STUCK)).any(axis=1)).mean())
    if output == "sigmoid" and name in CLASSICAL:
        if stuck > SHARE and not case.fresh:  # first weights are wrong anyhow
            yield Sign(
                "the output",
                stuck,
                f"{stuck:.0%} of the examples have an output that is wrong and where sigmoid is "
                f"level: {name} passes hardly any of that error back",
            )
        return
    what = (
        f"and for {stuck:.0%} of the examples an output is wrong where {output} is level"
        if output in ("sigmoid", "softmax")
        else "which are no probabilities"
    )
    yield Sign(
        "the output",
        1.0,
        f"the targets are classes, learnt by {name} from {output} outputs, {what}",
    )


def _errors(case: Case) -> dict[int, float]:
    """The length of each hidden layer's dZ beside that of the output's."""
    norms = {l: float(np.linalg.norm(dZ.astype(np.float64))) for l, dZ in case.trace.dZ.items()}
    last = norms[case.network.architecture.n_layers]
    if not last > 0 or not np.isfinite(last):
        return {}
    return {l: norms[l] / last for l in case.hidden if not np.isnan(norms[l])}


def _twins(columns: Array, lengths: Array) -> Array:
    """Which columns are the same as another, up to rounding."""
    if not lengths.max() > 0:
        return np.ones(len(lengths), bool)
    cosines = columns.T @ columns / np.outer(lengths, lengths)
    squares = 2.0 - 2.0 * cosines  # of the distances between directions
    near = (squares < ALIKE**2) & (np.abs(np.log(lengths[:, None] / lengths)) < ALIKE)
    np.fill_diagonal(near, False)
    return near.any(axis=1)


def _bits(Y: Array) -> bool:
    return bool(((Y == 0) | (Y == 1)).all())
