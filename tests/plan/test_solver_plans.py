"""Plans that a solver carries out, and what it has no room for."""

import pytest

from pellucid.equations.augmenting import Augment
from pellucid.equations.optimizers import SGD, Adam
from pellucid.equations.solvers import LBFGS, SOLVERS, LevenbergMarquardt
from pellucid.errors import RecipeError
from pellucid.network.architecture import Architecture
from pellucid.network.layer import Dense
from pellucid.plan.plan import ALONE, compile_plan, optimizer_numbers
from pellucid.plan.recipe import Recipe

NETWORK = Architecture(2, (Dense(3, "tanh"), Dense(2, "identity")))
SOLVERS_HERE = [row.numbers for row in SOLVERS.values()]

# Something of each that is not nothing.
GIVEN = {
    "dropout": 0.5,
    "input_dropout": 0.1,
    "noise": (0.1,),
    "input_noise": 0.1,
    "augment": Augment((1, 2), flip=True),
    "l1": 0.1,
    "max_norm": 2.0,
    "clip_value": 1.0,
    "clip_norm": 1.0,
    "average": 0.9,
    "rate_factors": {1: 0.5},
}


def compiled(solver, architecture=NETWORK, n=100, **given):
    return compile_plan(architecture, Recipe(**{"loss": "mse", "optimizer": solver} | given), n)


@pytest.mark.parametrize("kind", SOLVERS_HERE)
def test_an_iteration_is_a_step_and_an_epoch_over_all_examples(kind):
    plan = compiled(kind(), batch_size=7, epochs=5, steps=3)
    assert plan.is_solver
    assert (plan.batch_size, plan.steps_per_epoch, plan.total_steps) == (100, 1, 3)
    assert plan.n_slots == 1
    assert not compiled(SGD()).is_solver


@pytest.mark.parametrize("kind", SOLVERS_HERE)
def test_there_are_no_numbers_of_steps(kind):
    assert optimizer_numbers(compiled(kind()), 0, 1, 1.0).shape == (1, 0)


def test_every_entry_that_needs_steps_is_tried():
    assert set(GIVEN) == set(ALONE)


@pytest.mark.parametrize("kind", SOLVERS_HERE)
@pytest.mark.parametrize("name", GIVEN)
def test_what_needs_steps_is_refused(kind, name):
    compiled(Adam(), **{name: GIVEN[name]})
    with pytest.raises(RecipeError, match=f"{name}: {kind.__name__} minimizes .* Leave it out"):
        compiled(kind(), **{name: GIVEN[name]})


@pytest.mark.parametrize("kind", SOLVERS_HERE)
def test_nothing_for_each_layer_is_nothing(kind):
    compiled(kind(), dropout=(0.0,), noise=(0,), max_norm=(0, 0), rate_factors={})


@pytest.mark.parametrize("kind", SOLVERS_HERE)
@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_normalization_is_refused(kind, norm):
    normed = Architecture(2, (Dense(3, "tanh", norm=norm), Dense(2, "identity")))
    with pytest.raises(RecipeError, match=f"norm: {kind.__name__} is for networks without"):
        compiled(kind(), normed)


@pytest.mark.parametrize("kind", SOLVERS_HERE)
def test_what_solvers_can_do_besides(kind):
    plan = compiled(kind(), l2=0.1, frozen=(1,), patience=2, metrics=("rmse",), starts=3)
    assert plan.ranges() == ((9, 17, 1.0, False),)


@pytest.mark.parametrize("loss", ["mae", "huber", "quantile", "squared_hinge"])
def test_levenberg_marquardt_is_for_squared_errors(loss):
    compiled(LBFGS(), loss=loss)
    with pytest.raises(RecipeError, match=f"squared errors, half_sse, sse, mse; got {loss}"):
        compiled(LevenbergMarquardt(), loss=loss)


def test_likelihoods_are_for_lbfgs():
    classes = Architecture(2, (Dense(3, "tanh"), Dense(2, "softmax")))
    given = {"loss": "cross_entropy", "label_smoothing": 0.1}
    assert compiled(LBFGS(), classes, **given).optimizer == "lbfgs"
    with pytest.raises(RecipeError, match="LevenbergMarquardt is for squared errors"):
        compiled(LevenbergMarquardt(), classes, **given)
    assert compiled(LevenbergMarquardt(), classes).optimizer == "levenberg_marquardt"
