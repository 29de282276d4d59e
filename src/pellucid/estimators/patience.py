"""When to stop, by scikit-learn's rule: no improvement by `tol` for so many epochs in a row."""

from dataclasses import dataclass, field

import numpy as np

from pellucid.arrays import Array


@dataclass
class Progress:
    """What the epochs so far have brought; goes on where an estimator is fitted further.

    Attributes
    ----------
    losses : list of float
        Of each epoch; its least is `best_loss`.
    scores, best_score
        Of the held-out part, where there is one; higher is better.
    best_parameters, best_buffers : Array or None
        Of the epoch with the best score.
    waited : int
        Epochs in a row without improvement.
    recorded : list of (parameters, buffers)
        After each epoch, where that is asked for.
    """

    losses: list[float] = field(default_factory=list)
    best_loss: float = np.inf
    scores: list[float] = field(default_factory=list)
    best_score: float = -np.inf
    validation_losses: list[float] = field(default_factory=list)
    best_parameters: Array | None = None
    best_buffers: Array | None = None
    waited: int = 0
    recorded: list[tuple[Array, Array]] = field(default_factory=list)

    def by_loss(self, tol: float) -> None:
        """Count an epoch by its training loss."""
        loss = self.losses[-1]
        self.waited = self.waited + 1 if loss > self.best_loss - tol else 0
        self.best_loss = min(self.best_loss, loss)

    def by_score(self, tol: float, parameters: Array, buffers: Array) -> None:
        """Count an epoch by the held-out part's score, and keep the weights of the best."""
        score = self.scores[-1]
        self.waited = self.waited + 1 if score < self.best_score + tol else 0
        if score > self.best_score:
            self.best_score = score
            self.best_parameters, self.best_buffers = parameters.copy(), buffers.copy()
