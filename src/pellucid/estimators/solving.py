"""L-BFGS as scikit-learn asks SciPy for it: the engine gives cost and gradient."""

from typing import Any

import numpy as np
from sklearn.utils.optimize import _check_optimize_result

from pellucid.arrays import Array
from pellucid.engines.one_thread import one_thread
from pellucid.estimators.asking import threads_of
from pellucid.estimators.opening import opened
from pellucid.plan.examples import Examples
from pellucid.plan.plan import Plan
from pellucid.plan.state import first_state


def solve(estimator: Any, plan: Plan, examples: Examples) -> None:
    """Fit an estimator whose solver is "lbfgs": all examples in each step."""
    from scipy.optimize import minimize

    network = estimator.network_
    state = first_state(plan, network.parameters.copy(), network.buffers.copy())
    threads = threads_of(estimator.n_jobs)
    session = opened(estimator.engine, plan, state, examples, threads)

    def cost_and_gradient(x: Array) -> tuple[float, Array]:
        cost, gradient = session.cost_and_gradient(x.astype(network.parameters.dtype, copy=False))
        return cost, gradient.astype(np.float64, copy=False)

    with one_thread():
        found = minimize(
            cost_and_gradient,
            network.parameters.astype(np.float64),
            method="L-BFGS-B",
            jac=True,
            options={
                "maxfun": estimator.max_fun,
                "maxiter": estimator.max_iter,
                "gtol": estimator.tol,
            },
        )
    estimator.n_iter_ = _check_optimize_result("lbfgs", found, estimator.max_iter)
    estimator.loss_ = found.fun
    network.parameters[...] = found.x
