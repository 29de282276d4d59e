import numpy as np
import pytest
import scipy.sparse

import pellucid as pel
from pellucid.inspection.signs_case import Case, Data
from pellucid.inspection.signs_inputs import constant_input, is_picture, unscaled_input
from pellucid.plan.examples import as_examples


@pytest.fixture
def X():
    return np.random.default_rng(7).normal(size=(200, 5))


def case_of(X, **arguments):
    norm = arguments.pop("norm", "none")
    layers = [pel.Dense(3, "relu", norm=norm), pel.Dense(1, "identity")]
    network = pel.Network(X.shape[1], layers, **arguments)
    examples = as_examples(network.architecture, "mse", X, np.arange(X.shape[0]) / X.shape[0])
    return Case(network, Data(network.architecture, "mse", examples))


def test_scaled_inputs_are_no_fault(X):
    assert not list(unscaled_input(case_of(X), 11.0))
    assert not list(unscaled_input(case_of(X * 8), 11.0))
    # The data may be large, if the network makes them small.
    assert not list(unscaled_input(case_of(X * 500, scale=1 / 500), 11.0))


def test_the_largest_input_is_named_with_its_size(X):
    X[:, 2] = 40 + 3 * X[:, 2]
    X[:, 4] = 20 * X[:, 4]
    (sign,) = unscaled_input(case_of(X), 11.0)
    assert sign.where == "input 2"
    assert sign.number == pytest.approx(np.sqrt((X[:, 2] ** 2).mean()))
    assert "so is 1 other input" in sign.evidence


def test_normalization_takes_sizes_but_not_differences_away(X):
    assert not list(unscaled_input(case_of(X * 500, norm="batch"), 11.0))
    X[:, 1] *= 1000
    (sign,) = unscaled_input(case_of(X, norm="batch"), 11.0)
    assert sign.where == "input 1"


def test_a_column_that_is_far_narrower_than_the_others_is_named(X):
    X[:, 3] /= 1000
    (sign,) = unscaled_input(case_of(X), 11.0)
    assert sign.where == "input 3"
    assert sign.number == pytest.approx(np.ptp(X[:, 3]) / np.median(np.ptp(X, axis=0)))


def test_a_column_far_from_0_is_named(X):
    X[:, 0] = 8 + X[:, 0] / 20
    (sign,) = unscaled_input(case_of(X), 11.0)
    assert sign.where == "input 0"
    assert sign.number == pytest.approx(X[:, 0].mean() / X[:, 0].std())


def test_rare_ones_and_dark_pixels_are_no_fault(X):
    rare = (np.random.default_rng(0).uniform(size=(200, 5)) < 0.02) * 1.0
    assert not list(unscaled_input(case_of(np.hstack([X, rare])), 11.0))
    pixels = np.random.default_rng(0).integers(0, 256, (200, 40)) / 255
    pixels[:, 0] = (pixels[:, 0] > 0.99) / 255
    assert not list(unscaled_input(case_of(pixels), 11.0))


def test_columns_that_never_vary_are_named(X):
    assert not list(constant_input(case_of(X), 0.0))
    X[:, 3] = 2.5
    (sign,) = constant_input(case_of(X), 0.0)
    assert (sign.where, sign.number) == ("input 3", 0.2)
    X[:, 0] = 0.0
    (sign,) = constant_input(case_of(X), 0.0)
    assert (sign.where, sign.number) == ("inputs 0, 3", 0.4)


def test_an_input_that_the_network_mutes_is_constant(X):
    (sign,) = constant_input(case_of(X, scale=[1, 1, 0, 1, 1]), 0.0)
    assert sign.where == "input 2"


def test_all_the_same_is_nothing_to_tell():
    (sign,) = constant_input(case_of(np.ones((40, 5))), 0.0)
    assert (sign.where, sign.number) == ("all inputs", 1.0)


def test_one_example_in_thousands_is_enough_to_vary(X):
    X = np.random.default_rng(0).normal(size=(6000, 4))
    X[:, 1] = 0
    for row in (0, 2999, 5999):
        varied = X.copy()
        varied[row, 1] = 1
        assert not list(constant_input(case_of(varied), 0.0))
    assert list(constant_input(case_of(X), 0.0))


def test_the_paper_of_pictures_is_no_fault_but_another_constant_is():
    ink = np.random.default_rng(0).uniform(size=(100, 49))
    ink[ink < 0.6] = 0
    ink[:, [0, 6, 42]] = 0
    assert is_picture(ink)
    assert not list(constant_input(case_of(ink), 0.0))
    ink[:, 20] = 1
    (sign,) = constant_input(case_of(ink), 0.0)
    assert sign.where == "input 20"


def test_a_wide_table_has_no_paper():
    wide = np.random.default_rng(0).normal(size=(100, 60))
    wide[:, 5] = 0
    assert not is_picture(wide)
    (sign,) = constant_input(case_of(wide), 0.0)
    assert sign.where == "input 5"


def test_sparse_inputs_are_judged_like_dense_ones(X):
    X[:, 2] = 0
    X[:, 4] *= 200
    dense, sparse = case_of(X), case_of(scipy.sparse.csr_array(X))
    for look, limit in ((constant_input, 0.0), (unscaled_input, 11.0)):
        assert list(look(dense, limit)) == list(look(sparse, limit)) != []
