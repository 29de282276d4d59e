"""What each parameter of the estimators may be, in scikit-learn's words."""

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.metrics import get_scorer_names
from sklearn.utils._param_validation import Interval, Options, StrOptions

from pellucid.arrays import PRECISIONS
from pellucid.engines.select import NAMES
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.optimizers import OPTIMIZERS, Optimizer
from pellucid.equations.schedules import Schedule
from pellucid.estimators.asking import OURS, is_stochastic

WHOLE = Interval(Integral, 1, None, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")
AT_LEAST_0 = Interval(Real, 0, None, closed="left")
SHARE = Interval(Real, 0, 1, closed="left")


def has_steps(estimator: Any) -> bool:
    """Return whether the solver works in steps, as ``partial_fit`` needs.

    Raises
    ------
    AttributeError
        It does not.
    """
    if not is_stochastic(estimator.solver):
        raise AttributeError(
            "partial_fit is only available for stochastic optimizers. "
            f"{estimator.solver} is not stochastic."
        )
    return True


def records(estimator: Any) -> bool:
    """Return whether the weights of each epoch are kept.

    Raises
    ------
    AttributeError
        They are not.
    """
    if not estimator.record_epochs:
        raise AttributeError(
            "staged predictions need the weights of each epoch: record_epochs=True"
        )
    return True


CONSTRAINTS: dict[str, Any] = {
    "hidden_layer_sizes": ["array-like", WHOLE],
    "activation": [StrOptions({*OURS, *ACTIVATIONS} - {"softmax"}), "array-like"],
    "solver": [StrOptions({"lbfgs", *OPTIMIZERS}), *Optimizer.__args__],
    "alpha": [AT_LEAST_0],
    "batch_size": [StrOptions({"auto"}), WHOLE],
    "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"}), *Schedule.__args__],
    "learning_rate_init": [POSITIVE],
    "power_t": [AT_LEAST_0],
    "max_iter": [WHOLE],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [AT_LEAST_0],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [SHARE],
    "beta_1": [SHARE],
    "beta_2": [SHARE],
    "epsilon": [POSITIVE],
    "n_iter_no_change": [WHOLE, Options(Real, {np.inf})],
    "max_fun": [WHOLE],
    "dropout": [SHARE, "array-like"],
    "input_dropout": [SHARE],
    "noise": [AT_LEAST_0, "array-like"],
    "input_noise": [AT_LEAST_0],
    "norm": [StrOptions({"none", "batch", "layer"})],
    "l1": [AT_LEAST_0],
    "max_norm": [AT_LEAST_0, "array-like", None],
    "clip_norm": [POSITIVE, None],
    "average": [SHARE, None],
    "precision": [StrOptions({"auto", *PRECISIONS})],
    "engine": [StrOptions(set(NAMES))],
    "n_jobs": [Integral, None],
    "starts": [WHOLE],
    "record_epochs": ["boolean"],
    "scoring": [StrOptions(set(get_scorer_names())), callable, None],
}
