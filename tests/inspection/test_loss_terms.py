"""The texts of losses, worked out, are the losses."""

import math
import re

import numpy as np
import pytest

from pellucid.equations.losses import LOSSES, loss_of
from pellucid.inspection.loss_terms import TERMS, term_of, term_values

POWERS = {"²": "**2"}


def worked_out(text, **letters):
    """What a text such as "½ (p − y)² / n" comes to."""
    text = text.replace("½", "0.5*").replace("−", "-")
    text = re.sub(r"log (\w+|\([^()]*\))", r"log(\1)", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    for power, code in POWERS.items():
        text = text.replace(power, code)
    for _ in range(3):  # what stands beside each other is multiplied
        text = re.sub(r"(?<=[\w)]) (?=[\w(])", "*", text)
    sign = {"sign": lambda e: (e > 0) - (e < 0), "log": math.log, "abs": abs, "max": max}
    return eval(text, {"__builtins__": {}}, sign | letters)


def targets_of(kind, random, n):
    return {
        "bits": random.uniform(0.05, 0.95, n),
        "classes": random.dirichlet(np.ones(n)),
        "counts": random.poisson(2.0, n).astype(float),
        "signs": random.choice([-1.0, 1.0], n),
    }.get(kind, random.normal(size=n))


def case_of(loss, seed):
    random, n = np.random.default_rng(seed), 4
    row = loss_of(loss)
    Z = random.normal(size=(1, n))
    if row.link == "softmax":
        P = np.exp(Z) / np.exp(Z).sum()
    else:
        P = {"sigmoid": 1 / (1 + np.exp(-Z)), "exp": np.exp(Z)}.get(row.link, Z)
    return row, Z, P, targets_of(row.targets, random, n)[None, :]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("loss", [*LOSSES, "huber:0.3", "quantile:0.1,0.9"])
def test_texts_come_to_what_the_rows_do(loss, seed):
    row, Z, P, Y = case_of(loss, seed)
    values = term_values(loss, Z, P, Y)
    dP = row.dP(P, Y, np)[0]
    for j, (p, y) in enumerate(zip(P[0].tolist(), Y[0].tolist(), strict=True)):
        term = term_of(loss, p, y, P.shape[1], j)
        assert worked_out(term.value, p=p, y=y) == pytest.approx(values[j], rel=1e-12, abs=1e-15)
        assert worked_out(term.derivative, p=p, y=y) == pytest.approx(dP[j], rel=1e-12, abs=1e-15)
    assert values.sum() == pytest.approx(row.value(Z, P, Y, np)[0], rel=1e-12)


def test_every_loss_has_its_text():
    assert set(TERMS) == set(LOSSES)
