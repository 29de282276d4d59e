"""L-BFGS: SciPy's routine, made to give one iteration at a time."""

import atexit
import contextlib
import queue
import threading
from collections.abc import Callable, Generator
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.equations.solvers import LBFGS

Objective = Callable[[Array], tuple[float, Array]]  # x → cost and gradient, in float64
Iterations = Generator[tuple[Array, float], None, str]  # yields x and its cost; returns why it ends

PATIENCE = 5.0  # seconds that a thread is given to end
NO_LIMIT = 2**31 - 1  # the run counts iterations itself


def lbfgs(objective: Objective, x: Array, numbers: LBFGS) -> Iterations:
    """Yield each iterate of L-BFGS-B from `x` on, and its cost.

    SciPy's routine calls us, not we it, so it works in a thread of its own that waits after each
    iteration until it is asked for the next.

    Returns
    -------
    str
        Why there is no further iteration.
    """
    handed: queue.Queue[Any] = queue.Queue(1)
    asked: queue.Queue[bool] = queue.Queue(1)

    def after_iteration(intermediate_result: Any) -> None:
        handed.put((np.array(intermediate_result.x), float(intermediate_result.fun)))
        if not asked.get():
            raise StopIteration

    def work() -> None:
        from scipy.optimize import minimize

        try:
            found = minimize(
                objective,
                x,
                jac=True,
                method="L-BFGS-B",
                callback=after_iteration,
                options={
                    "maxcor": numbers.memory,
                    "gtol": numbers.tolerance,
                    "ftol": numbers.cost_tolerance,
                    "maxiter": NO_LIMIT,
                    "maxfun": NO_LIMIT,
                },
            )
            handed.put(_reason(found, numbers))
        except BaseException as error:  # to be raised where the iterations are asked for
            handed.put(error)

    worker = threading.Thread(target=work, daemon=True)

    def leave() -> None:
        with contextlib.suppress(queue.Full):
            asked.put_nowait(False)
        if worker is not threading.current_thread():
            worker.join(PATIENCE)

    worker.start()
    atexit.register(leave)  # where nobody asked for the rest, the thread would hold the data
    try:
        while True:
            found = handed.get()
            if isinstance(found, BaseException):
                raise found
            if isinstance(found, str):
                return found
            yield found
            asked.put(True)
    finally:
        atexit.unregister(leave)
        if worker.is_alive():
            leave()


def _reason(found: Any, numbers: LBFGS) -> str:
    largest = float(np.abs(found.jac).max())
    if largest <= numbers.tolerance:
        return f"the largest derivative is {largest:.3g}, at most {numbers.tolerance:g}"
    if found.status == 0:
        return (
            f"the last iteration lowered the cost by less than {numbers.cost_tolerance:.3g} of it"
        )
    return f"no lower cost was found along the last direction (largest derivative {largest:.3g})"
