import inspect
import re

import numpy as np
import pytest

import pellucid as pel
from pellucid.cli.train import train as train_command
from pellucid.inspection.signs_case import Case, Data
from pellucid.inspection.symptoms import SYMPTOMS, find
from pellucid.plan.examples import as_examples

# What a doctor has to be able to name.
ASKED_FOR = {
    *("dead units", "saturated units", "vanishing gradients", "exploding gradients"),
    *("small updates", "large updates", "rate too high", "rate too low", "symmetric weights"),
    *("unscaled input", "constant input", "leak of the target", "wrong link", "imbalance"),
    *("overfitting", "label noise"),
}


def case_of(network, X, Y, loss):
    return Case(
        network, Data(network.architecture, loss, as_examples(network.architecture, loss, X, Y))
    )


def test_every_fault_has_its_row():
    assert set(SYMPTOMS) >= ASKED_FOR


@pytest.mark.parametrize("name", SYMPTOMS)
def test_a_row_says_what_is_measured_and_what_to_change(name):
    row, order = SYMPTOMS[name], list(SYMPTOMS)
    assert row.measured
    assert row.command_line
    assert row.python
    assert np.isfinite(row.limit)
    assert row.severity in ("fault", "remark")
    assert row.needs in ("data", "run", "validation")
    assert set(row.when) <= {"begin", "epoch", "end"}
    assert "end" in row.when
    for cause in row.explained_by:  # causes are found before what follows from them
        assert order.index(cause) < order.index(name)


@pytest.mark.parametrize("name", SYMPTOMS)
def test_advice_names_what_there_is(name):
    """Flags are options of the command, names are public, arguments are those of functions."""
    row = SYMPTOMS[name]
    options = {
        f"--{option.replace('_', '-')}" for option in inspect.signature(train_command).parameters
    }
    assert set(re.findall(r"--[a-z0-9-]+", row.command_line)) <= options
    assert set(re.findall(r"pel\.(\w+)", row.python)) <= set(pel.__all__)
    functions = (pel.start, pel.Network, pel.Dense, np.delete)
    arguments = {name for f in functions for name in inspect.signature(f).parameters}
    assert set(re.findall(r"(?<![\w.])(\w+)=(?!=)", row.python)) <= arguments


def test_faults_are_found_in_the_order_of_the_table_and_causes_hide_what_follows():
    random = np.random.default_rng(0)
    X = random.normal(size=(100, 3))
    X[:, 1] = 7
    network = pel.Network(3, [pel.Dense(4, "tanh"), pel.Dense(2, "softmax")], initial="zeros")
    case = case_of(network, X, random.integers(0, 2, 100), "cross_entropy")
    found = [finding.fault for finding in find(case, "end")]
    assert found == ["constant input", "symmetric weights"]  # and no vanishing gradients
    assert [finding.fault for finding in find(case, "begin")] == ["constant input"]
    assert [finding.fault for finding in find(case, "end", ("constant input",))] == found[1:]


def test_a_finding_carries_its_row():
    X = np.random.default_rng(0).normal(size=(50, 2)) * [1, 500]
    network = pel.Network(2, [pel.Dense(1, "identity")])
    (finding,) = find(case_of(network, X, X[:, 0] ** 2, "mse"), "begin")
    row = SYMPTOMS["unscaled input"]
    assert finding.fault == "unscaled input"
    assert finding.where == "input 1"
    assert finding.limit == row.limit
    assert finding.number == pytest.approx(np.sqrt((X[:, 1] ** 2).mean()))
    assert (finding.command_line, finding.python) == (row.command_line, row.python)


def test_infinite_numbers_are_looked_at_without_a_warning():
    network = pel.Network(2, [pel.Dense(3, "relu"), pel.Dense(1, "exp")])
    network.parameters[...] = 1e20
    X = np.random.default_rng(0).normal(size=(40, 2))
    find(case_of(network, X, np.ones(40), "poisson"), "end")
