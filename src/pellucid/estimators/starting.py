"""Several starts of an estimator, of which the best is kept."""

import copy
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from sklearn.utils import check_random_state

SEEDS = 2**31 - 1
CALLER = 5  # frames from here to whoever called fit


def best_of(estimator: Any, fit: Callable[[Any], None]) -> None:
    """Fit so many copies of an estimator as `starts` says, and let it become the best of them.

    The first start is the one that there would be without others. Each is judged by the best
    score of a held-out part where early stopping has one, else by the last loss of a part that was
    given, else by its training loss; ``starts_`` tells of all. Of warnings those of the best one
    are passed on.
    """
    tried = []
    for seed in _seeds(estimator):
        one = copy.copy(estimator).set_params(random_state=seed, starts=1)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            fit(one)
        tried.append((_worth(one), one, said))
    _, best, said = max(tried, key=lambda start: start[0])
    told = [
        {"random_state": one.random_state, "judged": worth, "kept": one is best}
        for worth, one, _ in tried
    ]
    asked = estimator.get_params(deep=False)
    vars(estimator).update(vars(best) | asked, starts_=told)
    for warning in said:
        warnings.warn(warning.message, stacklevel=CALLER)


def _seeds(estimator: Any) -> Iterator[Any]:
    """The estimator's own random state, then as many more as there are starts."""
    yield estimator.random_state
    random = check_random_state(estimator.random_state)
    for _ in range(estimator.starts - 1):
        yield int(random.randint(SEEDS))


def _worth(estimator: Any) -> float:
    """The higher the better."""
    best = getattr(estimator, "best_validation_score_", None)  # a solver keeps none
    if best is not None:
        return float(best)
    held_out = getattr(estimator, "validation_loss_curve_", None)
    return -float(held_out[-1] if held_out else estimator.loss_)
