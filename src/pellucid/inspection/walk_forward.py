"""The first half of a walk: from the input to the cost, a line an equation."""

import numpy as np

from pellucid.equations.losses import loss_of
from pellucid.equations.named import name_and_numbers
from pellucid.equations.normalization import EPSILON
from pellucid.inspection.expressions import put_in, total
from pellucid.inspection.formulas import formula_of
from pellucid.inspection.lines import Line, Section, says
from pellucid.inspection.loss_terms import term_of, term_values
from pellucid.inspection.scene import FEW_UNITS, Scene, largest


def forward_sections(scene: Scene) -> list[Section]:
    """Every layer's weighted sums and activations, then the cost."""
    layers = range(1, scene.architecture.n_layers + 1)
    return [_input(scene), *(_layer(scene, l) for l in layers), _cost(scene)]


def _input(scene: Scene) -> Section:
    """The row that was given, and how the network scales it."""
    architecture, notation = scene.architecture, scene.notation
    given, A0 = scene.trace.X[0].astype(float), scene.trace.A[0][0]
    scale, shift = (np.broadcast_to(v, A0.shape) for v in (architecture.scale, architecture.shift))
    name, lines = notation.every("A", 0), []
    scaled = bool((scale != 1).any() or (shift != 0).any())
    for i in range(len(A0)) if len(A0) <= FEW_UNITS else ():
        numbers = f"{scene.n(given[i])}·{scene.f(scale[i])}" if scaled else scene.n(given[i])
        numbers += f" + {scene.f(shift[i])}" if shift[i] else ""
        shown = [numbers, scene.n(A0[i])] if scaled else [numbers]
        lines.append(says(notation.unit("A", 0, i), *shown, value=float(A0[i])))
    how = f"{name} is the number given"
    if scaled:
        even = np.ptp(scale) == 0 and np.ptp(shift) == 0
        how += f" · {scene.n(scale[0])}" if even else " · scale"
        how += f" + {scene.n(shift[0])}" if even and shift[0] else "" if even else " + shift"
    zeros = f"; {np.count_nonzero(A0)} of {len(A0)} are not 0" if len(A0) > FEW_UNITS else ""
    return Section("Input", tuple(lines), about=how + zeros)


def _layer(scene: Scene, l: int) -> Section:
    layer, notation = scene.layer(l), scene.notation
    lines: list[Line] = []
    pieces = layer.pieces
    for s in scene.shown[l]:
        lines.append(_weighted_sum(scene, l, s))
        if layer.norm != "none":
            lines.append(_normalized(scene, l, s))
        if (s + 1) % pieces == 0:  # the last piece of its neuron
            lines.append(_activation(scene, l, s // pieces))
    kind = "output" if l == scene.architecture.n_layers else "hidden"
    shown = len(scene.shown[l]) // pieces
    some = "" if shown == layer.units else f", {shown} of {layer.units} units shown"
    title = f"Forward: {notation.layer(l)} ({kind}{some})"
    rule = scene.named(f"a = {formula_of(layer.activation)}")
    return Section(title, tuple(lines), rule=rule, about=layer.activation)


def _weighted_sum(scene: Scene, l: int, s: int) -> Line:
    trace, notation, architecture = scene.trace, scene.notation, scene.architecture
    formula, left, right, names = [], [], [], list[str]()
    for k in architecture.inputs(l):
        mask = architecture.mask(k, l)
        into = trace.W[k, l][:, s]
        existing = np.ones(len(into), bool) if mask is None else mask[:, s]
        weight = notation.every_weight(
            l, k, to=notation.subscript(l, s), origin=notation.letter(k), skips=scene.skips(l)
        )
        formula.append(f"Σ_{{{notation.letter(k)}}} {weight} {_fed_by(scene, k)}")
        left.append(into[existing])
        right.append(trace.A[k][0][existing])
        names += [notation.subscript(k, int(i)) for i in np.flatnonzero(existing)]
    beside = []
    if scene.layer(l).bias != "none":
        formula += [] if notation.bias_as_weight else [scene.bias_name(l, s)]
        beside.append(scene.bias(l, s))
    value = float(trace.Z[l][0, s])
    numbers = scene.sum_of(np.concatenate(left), np.concatenate(right), names, beside)
    return says(notation.unit("Z", l, s), total(formula), numbers, scene.n(value), value=value)


def _fed_by(scene: Scene, k: int) -> str:
    """The activations of a layer in a sum; ã has the 1 that a bias is multiplied with."""
    name = scene.notation.every("A", k)
    return f"ã{name[1:]}" if scene.notation.bias_as_weight else name


def _normalized(scene: Scene, l: int, s: int) -> Line:
    """N from Z: by the statistics that the network predicts with."""
    trace, named = scene.trace, scene.notation.unit("Z", l, s)
    gain, shift, mean, variance = (
        scene.own(kind, l, s) for kind in ("gain", "shift", "mean", "variance")
    )
    z, value = float(trace.Z[l][0, s]), float(trace.N[l][0, s])
    over = "running averages" if scene.layer(l).norm == "batch" else "over the layer"
    return says(
        f"n of {named}",
        f"gain (z − mean)/√(variance + {EPSILON:g}) + shift ({over})",
        f"{scene.f(gain)}·({scene.n(z)} − {scene.f(mean)})/√({scene.n(variance)} + {EPSILON:g}) "
        f"+ {scene.f(shift)}",
        scene.n(value),
        value=value,
    )


def _activation(scene: Scene, l: int, unit: int) -> Line:
    layer, notation, trace = scene.layer(l), scene.notation, scene.trace
    value = float(trace.A[l][0, unit])
    name, result = notation.unit("A", l, unit), scene.n(value)
    if layer.activation == "softmax":
        return _softmax(scene, l, unit, name, value)
    if layer.pieces > 1:
        own = trace.N[l][0, unit * layer.pieces : (unit + 1) * layer.pieces]
        return says(name, f"max({', '.join(map(scene.n, own))})", result, value=value)
    of = "n" if layer.norm != "none" else notation.unit("Z", l, unit)
    n = float(trace.N[l][0, unit])
    if layer.activation == "identity":
        return says(name, of, result, value=value)
    numbers = put_in(formula_of(layer.activation), {"z": scene.f(n)})
    return says(name, f"{layer.activation}({of})", numbers, result, value=value)


def _softmax(scene: Scene, l: int, unit: int, name: str, value: float) -> Line:
    N, notation = scene.trace.N[l][0], scene.notation
    some = largest(scene.trace.A[l][0], scene.terms)
    some = [k for k in some if k != unit] + [unit] if len(some) < len(N) else some
    powers = [f"exp({scene.n(N[k])})" for k in some]
    if len(some) < len(N):
        powers = [
            f"{power} [{notation.subscript(l, k)}]" for power, k in zip(powers, some, strict=True)
        ]
        powers.append(scene.rest(np.exp(N), some))
    formula = f"exp({notation.unit('Z', l, unit)})/Σ_{{{notation.letter(l)}}} "
    formula += f"exp({notation.every('Z', l)})"
    numbers = f"exp({scene.n(N[unit])})/({total(powers)})"
    return says(name, formula, numbers, scene.n(value), value=value)


def _cost(scene: Scene) -> Section:
    trace, L = scene.trace, scene.architecture.n_layers
    P, Y, row = trace.P[0], trace.Y[0], loss_of(trace.loss)
    values = term_values(trace.loss, trace.N[L], trace.P, trace.Y)
    # A target of 0 adds nothing to a cross-entropy, and there are many such.
    counted = np.flatnonzero(values) if row.targets == "classes" else np.arange(len(values))
    some = [int(counted[i]) for i in largest(values[counted], scene.terms, all_up_to=FEW_UNITS)]
    terms = []
    for j in some:
        term = term_of(trace.loss, float(P[j]), float(Y[j]), len(P), j)
        terms.append(put_in(term.value, {"p": scene.f(P[j]), "y": scene.f(Y[j])}))
    if len(some) < len(counted):
        terms = [
            f"{term} [{scene.notation.subscript(L, j)}]"
            for term, j in zip(terms, some, strict=True)
        ]
        terms.append(scene.rest(values[counted], [int(np.searchsorted(counted, j)) for j in some]))
    value = float(trace.losses[0])
    name, _ = name_and_numbers(trace.loss)
    formula = row.formula
    if name == "huber":  # whose δ is another than that of the way back
        formula = put_in(formula, {"δ": scene.n(row.numbers[0]), "e": "(p − y)"})
    certain = row.needs_link and bool(((P == 0) | (P == 1)).any())
    remark = "calculated from z, where no digit of a p near 0 or 1 is lost" if certain else ""
    line = says("C", formula, total(terms), scene.n(value), value=value, remark=remark)
    about = f"{name}; p is the output {scene.notation.every('A', L)}, "
    return Section("Cost", (line,), about=about + _targets(scene))


def _targets(scene: Scene) -> str:
    """The targets y in words."""
    Y, L = scene.trace.Y[0], scene.architecture.n_layers
    if len(Y) > FEW_UNITS and np.count_nonzero(Y) == 1 and Y.max() == 1:
        unit = scene.notation.subscript(L, int(Y.argmax()))
        return f"the target y is 1 for unit {unit}, else 0"
    return f"the target y is {', '.join(scene.n(y) for y in Y[:10])}{', …' * (len(Y) > 10)}"
