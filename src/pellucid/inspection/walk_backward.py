"""The second half of a walk: from the cost back to every weight, by the chain rule."""

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.losses import loss_of
from pellucid.equations.normalization import EPSILON
from pellucid.inspection.expressions import put_in, total
from pellucid.inspection.formulas import slope_of
from pellucid.inspection.lines import Line, Section, says, together
from pellucid.inspection.loss_terms import term_of
from pellucid.inspection.scene import FEW_UNITS, Scene, largest
from pellucid.network.passes import activate_backward

UNFUSED = "no value, as a factor has none or infinity meets 0: only the fused form below has one"


def backward_sections(scene: Scene) -> list[Section]:
    """Deltas, from the output's to the first layer's."""
    L = scene.architecture.n_layers
    return [_output(scene, L)] + [_hidden(scene, l) for l in range(L - 1, 0, -1)]


def _output(scene: Scene, L: int) -> Section:
    layer, row = scene.layer(L), loss_of(scene.trace.loss)
    softmax = layer.activation == "softmax"
    lines = _loss_slopes(scene, L) if softmax else []
    for s in scene.shown[L]:
        lines += [_softmax_delta(scene, L, s)] if softmax else _factors(scene, L, s)
        if row.link == layer.activation and row.needs_link:
            lines.append(_fused(scene, L, s))
        if layer.norm != "none":
            lines.append(_through_norm(scene, L, s))
    chain = "Σ ∂C/∂a · ∂a/∂z over all outputs" if softmax else "∂C/∂a · a′"
    title = f"Back: {scene.notation.layer(L)} (output)"
    about = "[x = y] is 1 where that is so, else 0" if softmax else ""
    return Section(title, tuple(lines), rule=scene.named(f"δ = ∂C/∂z = {chain}"), about=about)


def _hidden(scene: Scene, l: int) -> Section:
    layer = scene.layer(l)
    lines: list[Line] = []
    for s in scene.shown[l]:
        if s % layer.pieces == 0:
            lines.append(_from_above(scene, l, s // layer.pieces))
        dA = float(scene.trace.dA[l][0, s // layer.pieces])
        lines.append(_through_activation(scene, l, s, dA))
        if layer.norm != "none":
            lines.append(_through_norm(scene, l, s))
    slope = slope_of(layer.activation)
    title = f"Back: {scene.notation.layer(l)} (hidden)"
    rule = scene.named(f"δ = ∂C/∂z = ∂C/∂a · a′, a′ = {slope}")
    return Section(title, tuple(lines), rule=rule)


def _loss_slopes(scene: Scene, L: int) -> list[Line]:
    """∂C/∂a of the outputs where the loss depends most on them."""
    dP = _slopes_of_loss(scene)
    some = [u for u in largest(dP, scene.terms, all_up_to=FEW_UNITS) if dP[u] != 0]
    return [_loss_slope(scene, L, u, float(dP[u])) for u in some]


def _loss_slope(scene: Scene, L: int, u: int, dP: float) -> Line:
    trace = scene.trace
    p, y = float(trace.P[0, u]), float(trace.Y[0, u])
    term = term_of(trace.loss, p, y, trace.P.shape[1], u)
    numbers = put_in(term.derivative, {"p": scene.f(p), "y": scene.f(y)})
    symbols = put_in(term.derivative, {"p": scene.notation.symbols["A"]})
    name = f"∂C/∂{scene.notation.unit('A', L, u)}"
    return says(name, symbols, numbers, scene.n(dP), value=dP)


def _factors(scene: Scene, L: int, s: int) -> list[Line]:
    """∂C/∂a from the loss, a′ from the activation, and their product."""
    u, first = divmod(s, scene.layer(L).pieces)
    dP = float(_slopes_of_loss(scene)[u])
    lines = [_loss_slope(scene, L, u, dP)] if first == 0 else []
    return [*lines, _through_activation(scene, L, s, dP)]


def _through_activation(scene: Scene, l: int, s: int, dA: float) -> Line:
    """δ = ∂C/∂a · a′, with both factors."""
    trace, layer, notation = scene.trace, scene.layer(l), scene.notation
    u = s // layer.pieces
    a, z = float(trace.A[l][0, u]), float(trace.N[l][0, s])
    slope = _slope(scene, l, s)
    product = _product(dA, slope)
    words = put_in(slope_of(layer.activation), {"a": scene.f(a), "z": scene.f(z)})
    if layer.pieces > 1:
        words = "1, the largest" if slope else "0, not the largest"
    if layer.activation == "identity":
        words = ""
    of = f"{notation.symbols['A']}′"
    first = says(of, *([words] if words else []), scene.n(slope), value=slope)
    formula = f"∂C/∂{notation.unit('A', l, u)} · {of}"
    numbers = f"{scene.f(dA)}·{scene.f(slope)}"
    remark = _unfused(scene, l, product)
    name = _delta(scene, l, s)
    result = says(name, formula, numbers, scene.n(product), value=product, remark=remark)
    return together(first, result)


def _fused(scene: Scene, L: int, s: int) -> Line:
    """The product in one: a − y, without a division that could fail."""
    trace, notation = scene.trace, scene.notation
    p, y = float(trace.P[0, s]), float(trace.Y[0, s])
    value = float(trace.dN[L][0, s])
    name = notation.unit("A", L, s)
    numbers = f"{scene.n(p)} − {scene.f(y)}"
    return says(
        f"{_delta(scene, L, s)}, fused", f"{name} − y", numbers, scene.n(value), value=value
    )


def _softmax_delta(scene: Scene, L: int, j: int) -> Line:
    """δ_j = Σ_k ∂C/∂a_k · a_k ([k = j] − a_j), each factor from its own formula."""
    trace, notation = scene.trace, scene.notation
    P, running = trace.P[0], notation.letter(L)
    dP = _slopes_of_loss(scene)
    with np.errstate(all="ignore"):
        terms = np.where(dP == 0, 0.0, dP * P * ((np.arange(len(P)) == j) - P[j]))
    some = [k for k in largest(terms, scene.terms) if terms[k] != 0]  # NaN is not 0 either
    shown = [f"{scene.f(dP[k])}·{scene.f(P[k])}·({int(k == j)} − {scene.f(P[j])})" for k in some]
    left = np.delete(terms, some)
    if left.any():
        shown.append(f"{scene.n(left.sum())} [{np.count_nonzero(left)} more]")
    value, own = float(terms.sum()), notation.unit("A", L, j)
    formula = f"Σ_{{{running}}} ∂C/∂{notation.every('A', L)} · {notation.every('A', L)} "
    formula += f"([{running} = {notation.subscript(L, j)}] − {own})"
    remark = _unfused(scene, L, value)
    result = scene.n(value)
    return says(_delta(scene, L, j), formula, total(shown), result, value=value, remark=remark)


def _from_above(scene: Scene, l: int, u: int) -> Line:
    """∂C/∂a: over all that the unit feeds, weight times delta."""
    trace, notation = scene.trace, scene.notation
    formula, left, right, names = [], [], [], list[str]()
    for to in scene.consumers(l):
        weight = notation.every_weight(
            to, l, to=notation.letter(to), origin=notation.subscript(l, u), skips=scene.skips(to)
        )
        formula.append(f"Σ_{{{notation.letter(to)}}} {weight} {notation.every('delta', to)}")
        left.append(trace.W[l, to][u])
        right.append(trace.dZ[to][0])
        names += [notation.subscript(to, s) for s in range(scene.architecture.sums(to))]
    value = float(trace.dA[l][0, u])
    numbers = scene.sum_of(np.concatenate(left), np.concatenate(right), names)
    name = f"∂C/∂{notation.unit('A', l, u)}"
    return says(name, total(formula), numbers, scene.n(value), value=value)


def _through_norm(scene: Scene, l: int, s: int) -> Line:
    """δ from the derivative by the normalized sum."""
    trace, name = scene.trace, scene.notation.unit("delta", l, s)
    value, dN = float(trace.dZ[l][0, s]), trace.dN[l][0]
    root = f"√({scene.n(scene.own('variance', l, s))} + {EPSILON:g})"
    if scene.layer(l).norm == "batch":
        numbers = f"{scene.f(dN[s])}·{scene.f(scene.own('gain', l, s))}/{root}"
        return says(name, "∂C/∂n · gain/√(variance + ε)", numbers, scene.n(value), value=value)
    D, Z_hat = trace.named[f"gain.{l}"] * dN, trace.Z_hat(l)[0]
    numbers = (
        f"({scene.n(D[s])} − {scene.f(D.mean())} − {scene.f(Z_hat[s])}·"
        f"{scene.f((D * Z_hat).mean())})/{root}"
    )
    formula = "(D − mean(D) − ẑ mean(D ẑ))/√(variance + ε) with D = gain ∂C/∂n"
    return says(name, formula, numbers, scene.n(value), value=value)


def _unfused(scene: Scene, l: int, product: float) -> str:
    """What is to be said where a product of factors has no value, though delta has one."""
    row, output = loss_of(scene.trace.loss), scene.architecture.layers[-1]
    fused = l == scene.architecture.n_layers and row.needs_link and row.link == output.activation
    return UNFUSED if fused and not np.isfinite(product) else ""


def _delta(scene: Scene, l: int, s: int) -> str:
    """δ; where there is a normalization, first the derivative by what it made of z."""
    if scene.layer(l).norm == "none":
        return scene.notation.unit("delta", l, s)
    return f"∂C/∂n of {scene.notation.unit('Z', l, s)}"


def _slopes_of_loss(scene: Scene) -> Array:
    """∂C/∂a of each output; infinite where a logarithm is, and no number for 0/0."""
    with np.errstate(all="ignore"):
        dP: Array = loss_of(scene.trace.loss).dP(scene.trace.P, scene.trace.Y, np)[0]
    return dP


def _slope(scene: Scene, l: int, s: int) -> float:
    """a′ at the example: what the activation's backward makes of a derivative of 1."""
    trace = scene.trace
    A = trace.tape.F[l]
    slopes: Array = activate_backward(scene.layer(l), np.ones_like(A), trace.N[l], A)
    return float(slopes[0, s])


def _product(dA: float, slope: float) -> float:
    with np.errstate(all="ignore"):
        return float(np.float64(dA) * slope)
