"""Several starts of an estimator, of which the best is kept."""

import copy
import warnings
from collections.abc import Callable
from typing import Any

from sklearn.utils import check_random_state

SEEDS = 2**31 - 1


def best_of(estimator: Any, fit: Callable[[Any], None]) -> None:
    """Fit so many copies of an estimator as `starts` says, and let it become the best of them.

    The first start is the one that there would be without others. Each is judged by the best
    score of a held-out part where early stopping has one, else by the last loss of a part that was
    given, else by its training loss; ``starts_`` tells of all. Of warnings those of the best one
    are passed on.
    """
    first = estimator.random_state
    random = check_random_state(first)
    seeds = [first, *random.randint(SEEDS, size=estimator.starts - 1).tolist()]
    tried = []
    for seed in seeds:
        one = copy.copy(estimator).set_params(random_state=seed, starts=1)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            fit(one)
        tried.append((_worth(one), one, said))
    worth, best, said = max(tried, key=lambda start: start[0])
    told = [
        {"random_state": one.random_state, "judged": judged, "kept": one is best}
        for judged, one, _ in tried
    ]
    fitted = {name: value for name, value in vars(best).items() if name not in vars_given(best)}
    vars(estimator).update(fitted, starts_=told)
    for warning in said:
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def vars_given(estimator: Any) -> set[str]:
    """Return the names of an estimator's parameters."""
    return set(estimator.get_params(deep=False))


def _worth(estimator: Any) -> float:
    """The higher the better."""
    if estimator.early_stopping and estimator.best_validation_score_ is not None:
        return float(estimator.best_validation_score_)
    held_out = getattr(estimator, "validation_loss_curve_", None)
    return -float(held_out[-1] if held_out else estimator.loss_)
