"""What is measured: a row for each network with its batch, optimizer and data."""

from dataclasses import dataclass
from itertools import pairwise

ROWS = 60_000


@dataclass(frozen=True)
class Case:
    """A network and what is done with it: steps of training, or calls for predictions.

    `steps` of them make a stretch, the piece that is timed; stretches fill an epoch evenly.
    `aims` says how many times as long as Pellucid each peer should take at least, and `share`
    which part of the rate of a large matrix product Pellucid should reach.
    """

    sizes: tuple[int, ...]  # the inputs first, the outputs last
    batch: int  # examples of a step, or rows of a call
    optimizer: str  # SGD, Adam, or predict
    data: str  # mnist (uint8, 19 % not 0) or dense (float32)
    steps: int
    aims: dict[str, float]
    share: float | None = None

    @property
    def name(self) -> str:
        """The network, the batch, what is done and the data, as the command line takes it."""
        return "/".join((self.network, str(self.batch), self.optimizer, self.data))

    @property
    def network(self) -> str:
        """The sizes of the layers, the inputs first."""
        return "-".join(map(str, self.sizes))

    @property
    def trains(self) -> bool:
        """Whether steps are done; otherwise predictions are made."""
        return self.optimizer != "predict"

    @property
    def hidden(self) -> str:
        """The activation of hidden layers; outputs are softmax."""
        return "relu" if self.optimizer == "Adam" else "sigmoid"

    @property
    def rows(self) -> int:
        """Examples of an epoch: whole batches only."""
        return ROWS // self.batch * self.batch

    @property
    def gflop(self) -> float:
        """Multiplications and additions in the products of a step, in 10⁹.

        Forward and in the gradient all weights take part, backwards those beyond layer 1.
        """
        weights = [a * b for a, b in pairwise(self.sizes)]
        return 2e-9 * self.batch * (2 * sum(weights) + sum(weights[1:]))


def _training(
    torch: float, sklearn: float | None, jax: float, numpy: float | None = None
) -> dict[str, float]:
    aims = {"torch": torch, "compiled": torch, "sklearn": sklearn, "jax": jax, "numpy": numpy}
    return {peer: aim for peer, aim in aims.items() if aim is not None}


def _predicting(torch: float, sklearn: float, onnx: float) -> dict[str, float]:
    return {"torch": torch, "compiled": torch, "sklearn": sklearn, "onnx": onnx}


DEEP = (784, 2500, 2000, 1500, 1000, 500, 10)
TABLE = (108, 400, 400, 400, 400, 2)

CASES = (
    Case((784, 30, 10), 10, "SGD", "mnist", 2000, _training(30, 22, 7, 6)),
    Case((784, 30, 10), 10, "SGD", "dense", 2000, _training(15, 12, 4, 3.5)),
    Case((784, 30, 10), 32, "SGD", "mnist", 625, _training(12, 10, 5, 3)),
    Case((784, 100, 10), 32, "SGD", "mnist", 625, _training(5, 8, 3.5, 3.5)),
    Case((784, 100, 10), 32, "SGD", "dense", 625, _training(4, 6, 2.5, 3)),
    Case((784, 800, 10), 128, "SGD", "dense", 78, _training(1.4, 3, 1.3, 1.5), share=0.75),
    Case(DEEP, 128, "SGD", "dense", 12, _training(1.15, None, 1.3, 1.5), share=0.8),
    Case((20, 64, 2), 32, "Adam", "dense", 1875, _training(50, 35, 6)),
    Case((64, 100, 10), 200, "Adam", "dense", 300, _training(8, 9, 4.5)),
    Case((8, 208, 208, 2), 256, "Adam", "dense", 117, _training(2.8, 5, 2.2), share=0.6),
    Case(TABLE, 256, "Adam", "dense", 39, _training(1.3, 2.8, 1.4), share=0.7),
    Case((784, 30, 10), 1, "predict", "mnist", 2000, _predicting(8, 50, 4)),
    Case((784, 100, 10), 10_000, "predict", "mnist", 6, _predicting(2.4, 2, 1.2)),
)
