"""Signs in the targets: what they look like, and what ties them to the inputs."""

from collections.abc import Iterator

import numpy as np

from pellucid.arrays import Array
from pellucid.inspection.signs_case import LEARNT, Case, Sign
from pellucid.inspection.signs_inputs import is_picture

TOLD, GAP = 0.99, 0.9  # correlation ratio of a column that is the classes; that tells them apart
COPY, NEAR = 0.9999, 0.993  # correlation of a column that is the target; that nearly is
RANKS = 0.9995  # the same, of ranks
ENOUGH = 30  # examples that a leak is looked for in
CROWD, MOST = 100, 700  # examples that mistaken labels are looked for in
CLEAREST = 0.25  # share of them whose class is clear
# Errors there beside errors everywhere: overlap makes for less than half, mistakes for about all.
# Where many examples are in error hard and mistaken look alike, and more is asked for; where half
# of them are, nothing is said.
EVEN, HARD, EVENER, CLUELESS = 0.55, 0.36, 0.65, 0.5
WIDTHS, PENALTIES = (0.5, 1.0, 2.0), (1e-4, 1e-3, 1e-2, 0.1)  # of kernel ridge regression


def unscaled_target(case: Case, limit: float) -> Iterator[Sign]:
    """Yield large targets, where nothing has been learnt of them."""
    Y = case.trace.Y
    output = case.network.architecture.layers[-1].activation
    if case.data.codes is not None or output != "identity" or case.learnt >= LEARNT:
        return
    sizes = np.sqrt((Y.astype(np.float64) ** 2).mean(axis=0))
    worst = int(np.argmax(sizes))
    if sizes[worst] > limit:
        yield Sign(
            f"target {worst}",
            float(sizes[worst]),
            f"target {worst} is {Y[:, worst].mean():.4g} ± {Y[:, worst].std():.4g}, which first "
            f"weights and rates are not made for, and 1 − cost / cost of a constant is "
            f"{case.learnt:.3f}",
        )


def imbalance(case: Case, limit: float) -> Iterator[Sign]:
    """Yield a class that is much rarer than another."""
    codes = case.data.codes
    if codes is None:
        return
    weights = case.data.sample.weights
    n_classes = max(2, case.network.architecture.n_outputs)
    counts = np.bincount(codes, weights, n_classes)
    if len(codes) < 20 * n_classes:
        return
    rarest, commonest = int(counts.argmin()), int(counts.argmax())
    ratio = float(counts[rarest] / counts[commonest])
    if ratio < limit:
        right, own, recall = case.judged.right, codes == rarest, ""
        if right is not None and own.any() and case.judged.learnt > 0.05:
            recall = f"; {right[own].mean():.0%} of it are recognised"
        yield Sign(
            f"class {rarest}",
            ratio,
            f"class {rarest} has {counts[rarest] / counts.sum():.2%} of the examples, class "
            f"{commonest} {counts[commonest] / counts.sum():.2%}{recall}",
        )


def leak(case: Case, limit: float) -> Iterator[Sign]:
    """Yield inputs that tell the target by themselves, where the others do not."""
    A, Y = case.data.A, case.data.sample.Y
    if len(A) < ENOUGH or A.shape[1] < 2:
        return
    strength = _told(A, case.data.codes) if case.data.codes is not None else _correlated(A, Y)
    sure, near = (TOLD, GAP) if case.data.codes is not None else (COPY, limit)
    suspects = np.flatnonzero(strength >= near)
    if not 0 < len(suspects) <= max(2, A.shape[1] // 10):
        return
    for j in suspects.tolist():
        if strength[j] >= sure or _alone(case, suspects):
            what = "correlation ratio" if case.data.codes is not None else "correlation"
            yield Sign(
                f"input {j}",
                float(strength[j]),
                f"input {j} alone tells the target: {what} {strength[j]:.4f}, where the usual "
                f"input has {np.median(strength):.2f}",
                near,
            )


def label_noise(case: Case, limit: float) -> Iterator[Sign]:
    """Yield a share of labels that contradict what all other examples say, where that is clear.

    Where classes merely overlap there are clear regions, in which nearly every label is right.
    Labels that were mixed up contradict them everywhere, by the same share.
    """
    codes = case.data.codes
    if codes is None or len(codes) < CROWD or not codes[:MOST].any():
        return
    codes = codes[:MOST]
    said = predicted_by_others(case.data.A[:MOST], np.eye(int(codes.max()) + 1)[codes])
    wrong, margin = said.argmax(axis=1) != codes, np.diff(np.sort(said, axis=1)[:, -2:])[:, 0]
    sure = margin >= np.quantile(margin, 1.0 - CLEAREST)
    n, noise = int(sure.sum()), float(wrong[sure].mean())
    least = noise - 1.64 * np.sqrt(noise * (1.0 - noise) / n)
    everywhere = float(wrong.mean())
    even = noise >= (EVEN if everywhere <= HARD else EVENER) * everywhere
    if noise < limit or least < limit / 2 or not even or everywhere > CLUELESS:
        return
    if not _better(wrong, codes) or _trusted(case, noise):
        return
    yield Sign(
        "the labels",
        noise,
        f"of {n} examples whose class is clearest from all others, {noise:.1%} are labelled "
        "otherwise",
    )


def _better(wrong: Array, codes: Array) -> bool:
    """Whether the other examples tell more than how common the classes are."""
    base = 1.0 - np.bincount(codes).max() / len(codes)
    return bool(wrong.mean() + 3.0 * np.sqrt(base * (1.0 - base) / len(codes)) < base)


def _trusted(case: Case, noise: float) -> bool:
    """Whether the network does better than such labels allow, on new examples and on known ones."""
    new, known = case.judged_validation, case.judged.right
    if new is None or new.right is None or known is None:
        return False
    return max(1.0 - float(new.right.mean()), 1.0 - float(known.mean())) < 0.5 * noise


def _told(A: Array, codes: Array) -> Array:
    """Share of each column's variance that classes make up, beyond chance, (n_inputs,)."""
    members = np.eye(int(codes.max()) + 1)[codes]
    counts = np.maximum(members.sum(axis=0), 1.0)
    centred = A - A.mean(axis=0)
    means = members.T @ centred / counts[:, None]
    total = (centred**2).sum(axis=0)
    within = total - (counts[:, None] * means**2).sum(axis=0)
    n, n_classes = len(codes), len(np.unique(codes))
    if n == n_classes:
        return np.zeros(A.shape[1])
    chance = (n - 1) / (n - n_classes)
    return np.where(total > 0, 1.0 - chance * within / np.where(total > 0, total, 1.0), 0.0)


def _correlated(A: Array, Y: Array) -> Array:
    """The largest correlation of each column, or of its ranks, with a target, (n_inputs,)."""
    direct = np.abs(_correlations(A, Y)).max(axis=1)
    ranks = np.abs(_correlations(_ranks(A), _ranks(Y))).max(axis=1)
    return np.maximum(direct, np.where(ranks > RANKS, ranks, 0.0))


def _correlations(A: Array, Y: Array) -> Array:
    centred, targets = A - A.mean(axis=0), Y - Y.mean(axis=0, dtype=np.float64)
    sizes = np.outer(np.linalg.norm(centred, axis=0), np.linalg.norm(targets, axis=0))
    return np.where(sizes > 0, centred.T @ targets / np.where(sizes > 0, sizes, 1.0), 0.0)


def _ranks(values: Array) -> Array:
    return values.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable").astype(np.float64)


def _alone(case: Case, suspects: Array) -> bool:
    """Whether the suspects tell the target sharply, and all other inputs together do not."""
    others = np.delete(case.data.A[:MOST], suspects, axis=1)
    if others.shape[1] < 3:
        return False
    codes, Y = case.data.codes, case.data.sample.Y[:MOST]
    if codes is None:
        residual = Y - predicted_by_others(others, Y)
        return bool((residual**2).sum() > 0.05 * ((Y - Y.mean(axis=0)) ** 2).sum())
    codes = codes[:MOST]
    members = np.eye(int(codes.max()) + 1)[codes]
    right, rest = (
        float((predicted_by_others(A, members).argmax(axis=1) == codes).mean())
        for A in (case.data.A[:MOST, suspects], others)
    )
    return right >= 0.995 and rest <= 0.98


def predicted_by_others(A: Array, Y: Array) -> Array:
    """Return what kernel ridge regression makes of each example from all the others, (n, m).

    Width and penalty are those with the least error. Leaving an example out needs no new fit:
    its error is that of the whole fit, divided by 1 − h, with h its own share in it (Allen 1974).
    """
    deviation, mean = A.std(axis=0), Y.mean(axis=0, dtype=np.float64)
    scaled = A if is_picture(A) else A / np.where(deviation > 0, deviation, 1.0)
    squares = (scaled**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares - 2.0 * scaled @ scaled.T, 0.0)
    best, least = np.zeros_like(Y, np.float64), np.inf
    for width in WIDTHS:
        kernel = np.exp(-distances / max(width * float(np.median(distances)), 1e-300))
        values, vectors = np.linalg.eigh(kernel)
        projected = vectors.T @ (Y - mean)
        for penalty in PENALTIES:
            kept = np.maximum(values, 0.0) / (np.maximum(values, 0.0) + penalty * len(A))
            fitted = vectors @ (kept[:, None] * projected)
            errors = (Y - mean - fitted) / (1.0 - (vectors**2) @ kept)[:, None]
            if (errors**2).mean() < least:
                best, least = Y - errors, float((errors**2).mean())
    return best
