"""The table of faults: what each is judged by, where it begins, and what to change.

A row's order is that of causes: what may bring about another fault stands before it. To add a
fault, write what looks for it in one of the ``signs_*.py`` and its row here.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from pellucid.inspection import signs_inputs, signs_network, signs_targets, signs_training
from pellucid.inspection.findings import Finding
from pellucid.inspection.signs_case import Case, Sign


class Symptom(NamedTuple):
    """A fault that the doctor can name."""

    look: Callable[[Case, float], Iterator[Sign]]  # (case, limit) → signs beyond the limit
    measured: str
    limit: float
    command_line: str  # what to change, in the terms of ``pellucid train``
    python: str
    severity: str = "fault"
    needs: str = "data"  # what has to be given: "data", "run" or "validation"
    when: tuple[str, ...] = ("epoch", "end")  # when it is looked for: "begin", "epoch", "end"
    persists: float = 0.1  # share of the epochs that it has to be seen in, before it is told
    explained_by: tuple[str, ...] = ()  # faults that it follows from, so that it is not told too


# Why a network may learn nothing whatever the rate.
STUCK = (
    "symmetric weights",
    "rate too high",
    "dead units",
    "saturated units",
    "vanishing gradients",
)

SYMPTOMS = {
    "unscaled input": Symptom(
        signs_inputs.unscaled_input,
        "size √(mean² + variance) of an input as the network sees it",
        11.0,
        "tables are scaled by themselves; give pictures as uint8 or IDX files, or set scale and "
        "shift in [network] of --config",
        "pel.Network(..., scale=1 / X.std(0), shift=-X.mean(0) / X.std(0)); scale=1 / 255 for "
        "pictures; or scale X before",
        when=("begin", "end"),
    ),
    "unscaled target": Symptom(
        signs_targets.unscaled_target,
        "size √(mean² + variance) of a target, where nothing is learnt",
        30.0,
        "store Y with mean 0 and deviation 1, and scale predictions back",
        "train on (Y - Y.mean(0)) / Y.std(0), and scale predictions back",
    ),
    "constant input": Symptom(
        signs_inputs.constant_input,
        "share of inputs that are the same in every example, paper of pictures left out",
        0.0,
        "leave the column out of X, or find out why it does not vary",
        "X = X[:, X.std(axis=0) > 0], or find out why it does not vary",
        severity="remark",
        when=("begin", "end"),
    ),
    "leak of the target": Symptom(
        signs_targets.leak,
        "correlation (classes: correlation ratio) of one input with the target",
        signs_targets.NEAR,
        "leave the column out of X if it is not known when a prediction is wanted",
        "X = numpy.delete(X, column, axis=1) if it is not known when a prediction is wanted",
        when=("begin", "end"),
    ),
    "imbalance": Symptom(
        signs_targets.imbalance,
        "examples of the rarest class beside those of the commonest",
        0.125,
        "judge by --metric f1,roc_auc instead of accuracy, with --monitor f1 --patience 10; store "
        "the rare examples several times",
        "sample_weight=1 / numpy.bincount(codes)[codes] in pel.train; metrics=['f1']",
        severity="remark",
        when=("begin", "end"),
    ),
    "wrong link": Symptom(
        signs_network.wrong_link,
        "share of targets that the output cannot give; or 1 where classes are learnt by distances",
        0.0,
        "--loss cross_entropy --output softmax for classes, binary_cross_entropy with sigmoid for "
        "yes and no, mse with identity for numbers, poisson with exp for counts",
        'pel.Dense(n, "softmax") and loss="cross_entropy" for classes, "sigmoid" and '
        '"binary_cross_entropy" for yes and no, "identity" and "mse" for numbers',
        when=("begin", "end"),
    ),
    "symmetric weights": Symptom(
        signs_network.symmetric_weights,
        "share of a layer's units whose weights are those of another",
        0.5,
        "--init he for relu, xavier for sigmoid and tanh; not zeros or constant",
        'pel.Network(..., initial="he") for relu, "xavier" for sigmoid and tanh',
    ),
    "rate too high": Symptom(
        signs_training.rate_too_high,
        "cost of the later epochs beside a constant's, or its largest rise",
        0.3,
        "--learning-rate: a tenth of what it is",
        "optimizer=pel.Adam(1e-3), or a tenth of the rate you have",
        needs="run",
        persists=0.34,
    ),
    "exploding gradients": Symptom(
        signs_network.exploding_gradients,
        "length of a layer's dZ beside that of the output",
        100.0,
        "--init he or xavier, --norm batch, or --clip-norm 1",
        'initial="he", pel.Dense(..., norm="batch"), or clip_norm=1.0 in pel.train',
        when=("begin", "epoch", "end"),
        explained_by=("rate too high",),
    ),
    "dead units": Symptom(
        signs_network.dead_units,
        "share of a hidden layer's units that are off for every example",
        0.4,
        "a lower --learning-rate, --init he, or --activation leaky_relu",
        'a lower rate, initial="he", or pel.Dense(n, "leaky_relu")',
        explained_by=("symmetric weights",),
    ),
    "saturated units": Symptom(
        signs_network.saturated_units,
        "share of a hidden layer's sums where the slope is below a hundredth of the steepest",
        0.85,
        "--init xavier, scaled inputs, a lower --learning-rate, or --norm batch",
        'initial="xavier", scaled inputs, a lower rate, or pel.Dense(..., norm="batch")',
        when=("begin", "epoch", "end"),
    ),
    "vanishing gradients": Symptom(
        signs_network.vanishing_gradients,
        "length of a layer's dZ beside that of the output, where nothing is learnt",
        3e-3,
        "--activation relu --init he, fewer layers in --hidden, or --norm batch",
        'pel.Dense(n, "relu"), fewer layers, skip connections (inputs=(0, 1)), or norm="batch"',
        explained_by=("symmetric weights", "saturated units"),
        when=("begin", "epoch", "end"),
        persists=0.34,
    ),
    "rate too low": Symptom(
        signs_training.rate_too_low,
        "steps to the lowest cost in the present direction beside those the run has",
        1.0,
        "--learning-rate: ten times what it is, or more --epochs",
        "a rate ten times as high, as in optimizer=pel.SGD(0.1), or more epochs",
        needs="run",
        explained_by=STUCK,
        persists=0.34,
    ),
    "large updates": Symptom(
        signs_training.large_updates,
        "a step beside the weights that it changes, by their sizes",
        signs_training.ALTOGETHER,
        "a lower --learning-rate, --schedule warm_up, or --clip-norm 1",
        "a lower rate, pel.WarmUp(rate), or clip_norm=1.0 in pel.train",
        needs="run",
    ),
    "small updates": Symptom(
        signs_training.small_updates,
        "a step beside the weights that it changes, where there is something to learn",
        1e-5,
        "a higher --learning-rate, or --optimizer adam",
        "a higher rate, or optimizer=pel.Adam(); look at rate_factors too",
        needs="run",
        persists=0.34,
        explained_by=STUCK,
    ),
    "overfitting": Symptom(
        signs_training.overfitting,
        "gap of accuracy (numbers: of 1 − cost / cost of a constant, twice as wide)",
        0.15,
        "--patience 10, --l2 1e-4, --dropout 0.5, fewer units in --hidden, or more examples",
        "patience=10, l2=1e-4, dropout=0.5, fewer units, or more examples",
        needs="validation",
    ),
    "label noise": Symptom(
        signs_targets.label_noise,
        "share of labels that contradict what all other examples say, where that is clear",
        0.06,
        "look at the labels (pellucid evaluate shows the worst mistakes); --patience 10, "
        "--label-smoothing 0.1",
        "look at the examples with the largest losses; patience=10, label_smoothing=0.1",
        when=("end",),
    ),
}


def find(case: Case, when: str, left_out: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Return the faults that a case shows, of those looked for then, in the order of the table.

    Parameters
    ----------
    when : {"begin", "epoch", "end"}
    left_out : names of faults not to be looked for
    """
    found: dict[str, list[Finding]] = {}
    for name, row in SYMPTOMS.items():
        if when in row.when and name not in left_out and not found.keys() & set(row.explained_by):
            with np.errstate(all="ignore"):  # what is infinite is among what is looked for
                signs = [_finding(name, row, sign) for sign in row.look(case, row.limit)]
            if signs:
                found[name] = signs
    return tuple(finding for findings in found.values() for finding in findings)


def _finding(name: str, row: Symptom, sign: Sign) -> Finding:
    return Finding(
        name,
        sign.where,
        sign.number,
        row.limit if sign.limit is None else sign.limit,
        sign.evidence,
        row.command_line,
        row.python,
        row.severity,
    )
