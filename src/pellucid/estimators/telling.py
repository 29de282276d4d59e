"""scikit-learn's callbacks, which are told of each epoch; before version 1.9 there are none."""

from typing import Any

from pellucid.arrays import Array

try:
    from sklearn.callback import CallbackSupportMixin as CallbackSupportMixin
except ImportError:  # scikit-learn before 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Nothing to be told."""


class Telling:
    """A fit as a task with its epochs as subtasks; silent where nobody listens."""

    def __init__(
        self, estimator: Any, X: Any, y: Array, weights: Array | None, n_epochs: int
    ) -> None:
        self._estimator = estimator
        self._given: dict[str, Any] = {
            "estimator": estimator,
            "X": X,
            "y": lambda: estimator._labels(y),
            "metadata": {} if weights is None else {"sample_weight": weights},
        }
        heard = hasattr(estimator, "_skl_callbacks")
        self._fit = estimator._init_callback_context(max_subtasks=n_epochs) if heard else None
        self._epoch: Any = None
        if self._fit is not None:
            self._fit.call_on_fit_task_begin(**self._given)

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return self._fit is not None

    def epoch_begins(self) -> None:
        """Tell that an epoch begins."""
        if self._fit is not None:
            self._epoch = self._fit.subcontext(task_name="epoch")
            self._epoch.call_on_fit_task_begin(**self._given)

    def epoch_ends(self) -> bool:
        """Tell that an epoch is over; return whether a callback asks to stop."""
        if self._fit is None:
            return False
        return bool(self._epoch.call_on_fit_task_end(**self._given, **self._state()))

    def ends(self) -> None:
        """Tell that the fit is over."""
        if self._fit is not None:
            self._fit.call_on_fit_task_end(**self._given, **self._state())

    def _state(self) -> dict[str, Any]:
        """What makes a copy of the estimator one that is fitted so far."""
        network = self._estimator.network_
        return {"reconstruction_attributes": lambda: {"network_": network.copy()}}
