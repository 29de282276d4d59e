"""How a network is trained, as frozen data: loss, optimizer, penalties, stopping, seed."""

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field

from pellucid.arrays import PRECISIONS
from pellucid.equations.augmenting import Augment
from pellucid.equations.losses import loss_of
from pellucid.equations.optimizers import Adam, Optimizer
from pellucid.equations.penalties import DIVISORS
from pellucid.equations.solvers import Solver
from pellucid.errors import RecipeError
from pellucid.plan.checks import (
    check_choice,
    check_method,
    check_number,
    check_share,
    check_whole,
    numbers_by_layer,
)

SEEDS = 1 << 64
COST = "cost"  # what a run is judged by unless a metric is named

Method = Optimizer | Solver


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a run goes, apart from the network and the data.

    Parameters
    ----------
    loss : str
        A row of ``pellucid.equations.losses.LOSSES``; where it has numbers they may follow a
        colon, as in "huber:1.5" or "quantile:0.1,0.5,0.9".
    optimizer : Optimizer or Solver
        One of ``pellucid.equations.optimizers.OPTIMIZERS``, such as ``SGD(0.1)``, whose numbers
        may all be schedules, such as ``Cosine(0.1)``; or one of
        ``pellucid.equations.solvers.SOLVERS``, which use all examples in each step.
    batch_size : int or "all"
        Examples in a step; the last batch of an epoch may be smaller. "all" is gradient descent
        on the whole training part.
    epochs : int
        Passes over the training part; iterations of a solver.
    steps : int, optional
        Stop after so many steps, if that is earlier.
    seconds : float, optional
        Stop after so much time, training and judging included.
    target_cost : float, optional
        Stop when the cost over the training part, at fixed weights, is at most this.
    patience : int, optional
        Stop when so many epochs have brought nothing better, and keep the weights of the best
        epoch.
    min_delta : float
        By how much an epoch has to be better to count as better.
    rises : int, optional
        Stop when what the run is judged by has become worse so many epochs in a row, and keep the
        weights of the best epoch (Prechelt 1998, UP).
    give_up : int, optional
        Stop after so many epochs if the network is still no better than the best constant
        prediction. Without it that is looked at when the run is over.
    monitor : str
        What patience, rises and plateau schedules judge by: "cost", or a metric. Of the
        validation part; without one, of the training part.
    metrics : sequence of str
        What to work out at the end of each epoch: names of rows of
        ``pellucid.equations.metrics.METRICS``, or of functions that the run is given.
    l1, l2 : float
        λ of the penalties ``λ Σ |W|`` and ``λ/2 Σ W²``.
    l1_divisor, l2_divisor : {"cost", "batch", "dataset"}
        What λ is divided by: nothing, the weight of the batch (scikit-learn), or the number of
        training examples (Nielsen).
    max_norm : float or sequence of float, optional
        How long the vector of all weights into a neuron may be: one for all layers or one for
        each, where 0 means any length.
    clip_value, clip_norm : float, optional
        How large each derivative, and how long the whole gradient, may be; the first is applied
        before the second.
    label_smoothing : float
        Share of each target that is spread evenly over the classes while training.
    dropout : float or sequence of float
        Share of hidden neurons left out in each step: one for all hidden layers or one for each.
    input_dropout : float
        Share of inputs left out in each step.
    noise : float or sequence of float
        Deviation of Gaussian noise added to the activations of hidden layers in each step.
    input_noise : float
        The same, added to the scaled inputs.
    augment : Augment, optional
        Distort the pictures of the training part, anew in each epoch.
    average : float, optional
        Use the running average of the weights with this decay, such as 0.999, for judging and at
        the end.
    frozen : sequence of int
        Layers whose parameters are not trained.
    rate_factors : mapping from int to float
        For some layers, what the learning rate is multiplied with.
    precision : {"float32", "float64"}
    seed : int
        Shuffling, dropout and noise.
    starts : int
        How many networks ``pellucid.train`` trains from different seeds, to keep the best.

    Raises
    ------
    RecipeError
    """

    loss: str = "cross_entropy"
    optimizer: Method = field(default_factory=Adam)
    batch_size: int | str = 32
    epochs: int = 10
    steps: int | None = None
    seconds: float | None = None
    target_cost: float | None = None
    patience: int | None = None
    min_delta: float = 0.0
    rises: int | None = None
    give_up: int | None = None
    monitor: str = COST
    metrics: tuple[str, ...] = ()
    l2: float = 0.0
    l2_divisor: str = "cost"
    l1: float = 0.0
    l1_divisor: str = "cost"
    max_norm: float | tuple[float, ...] | None = None
    clip_value: float | None = None
    clip_norm: float | None = None
    label_smoothing: float = 0.0
    dropout: float | tuple[float, ...] = 0.0
    input_dropout: float = 0.0
    noise: float | tuple[float, ...] = 0.0
    input_noise: float = 0.0
    augment: Augment | None = None
    average: float | None = None
    frozen: tuple[int, ...] = ()
    rate_factors: Mapping[int, float] = field(default_factory=dict)
    precision: str = "float32"
    seed: int = 0
    starts: int = 1

    def __post_init__(self) -> None:
        loss_of(self.loss)
        for name in ("l1_divisor", "l2_divisor"):
            check_choice(name, getattr(self, name), tuple(DIVISORS))
        check_choice("precision", self.precision, PRECISIONS)
        check_method(self.optimizer)
        self._check_counts()
        self._check_numbers()
        self._check_metrics()
        self._check_layers()

    def dropout_of(self, layer: int) -> float:
        """The dropout rate of the input, 0, or of a hidden layer, 1 … L − 1."""
        return self.input_dropout if layer == 0 else _of_layer(self.dropout, layer)

    def noise_of(self, layer: int) -> float:
        """The deviation of the noise on the input, 0, or on a hidden layer, 1 … L − 1."""
        return self.input_noise if layer == 0 else _of_layer(self.noise, layer)

    @property
    def keeps_best(self) -> bool:
        """Whether the weights of the best epoch are kept."""
        return self.patience is not None or self.rises is not None

    def _check_counts(self) -> None:
        least = {"epochs": 1, "seed": 0, "steps": 1, "patience": 1, "rises": 1, "give_up": 1}
        least["starts"] = 1
        if self.batch_size != "all":
            least["batch_size"] = 1
        for name, smallest in least.items():
            value = getattr(self, name)
            if value is not None or name in ("epochs", "seed", "starts", "batch_size"):
                hint = ' or "all"' if name == "batch_size" else ""
                check_whole(name, value, smallest, hint)
                object.__setattr__(self, name, operator.index(value))
        if self.seed >= SEEDS:
            raise RecipeError(f"seed: expected less than 2^64, got {self.seed}.")

    def _check_numbers(self) -> None:
        for name in ("l1", "l2", "min_delta", "input_noise"):
            check_number(name, getattr(self, name), least=0.0)
        for name in ("seconds", "clip_value", "clip_norm"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), above=0.0)
        if self.target_cost is not None:
            check_number("target_cost", self.target_cost)
        check_share("label_smoothing", self.label_smoothing)
        check_share("input_dropout", self.input_dropout)
        if self.average is not None:
            check_number("average", self.average, above=0.0, below=1.0)
        for name in ("dropout", "noise", "max_norm"):
            if name != "max_norm" or self.max_norm is not None:
                object.__setattr__(self, name, numbers_by_layer(name, getattr(self, name)))
        if not isinstance(self.augment, Augment | None):
            raise RecipeError(
                "augment: expected how pictures are distorted, such as Augment((28, 28), "
                f"shift=2), or None, got {self.augment!r}."
            )
        if self.max_norm == 0:
            raise RecipeError("max_norm: expected a number above 0, got 0. None is no limit.")

    def _check_metrics(self) -> None:
        names = tuple(self.metrics) if isinstance(self.metrics, list | tuple) else (None,)
        if not all(isinstance(name, str) and name for name in (*names, self.monitor)):
            raise RecipeError(
                "metrics, monitor: expected several names, and a name, "
                f"got {self.metrics!r} and {self.monitor!r}."
            )
        if self.monitor not in (COST, *names):
            names = (*names, self.monitor)
        if len(set(names)) != len(names) or COST in names:
            raise RecipeError(f'metrics: expected different names other than "cost", got {names}.')
        object.__setattr__(self, "metrics", names)

    def _check_layers(self) -> None:
        try:
            frozen = tuple(operator.index(layer) for layer in self.frozen)
            factors = {int(layer): float(x) for layer, x in dict(self.rate_factors).items()}
        except (TypeError, ValueError, OverflowError):
            raise RecipeError(
                "frozen, rate_factors: expected layers such as (1, 2), and numbers by layer such "
                f"as {{1: 0.5}}, got {self.frozen!r} and {self.rate_factors!r}."
            ) from None
        for factor in factors.values():
            check_number("rate_factors", factor, least=0.0)
        object.__setattr__(self, "frozen", frozen)
        object.__setattr__(self, "rate_factors", factors)


def _of_layer(numbers: float | tuple[float, ...], layer: int) -> float:
    return numbers[layer - 1] if isinstance(numbers, tuple) else numbers
