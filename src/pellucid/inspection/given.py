"""What every look at a network is given, checked once: a loss, and examples that fit both."""

import numpy.typing as npt

from pellucid.equations.losses import loss_of, natural_loss
from pellucid.model.network import Network
from pellucid.network.architecture import check_differentiable
from pellucid.plan.examples import Examples, as_examples
from pellucid.plan.plan import check_loss


def checked(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    loss: str | None,
    sample_weight: npt.ArrayLike | None = None,
) -> tuple[str, Examples]:
    """Return the loss, by default the one whose link the output is, and the examples.

    Raises
    ------
    DataError, RecipeError
        What does not fit the network, or units without a derivative.
    """
    architecture = network.architecture
    loss = natural_loss(architecture.layers[-1].activation) if loss is None else loss
    loss_of(loss)
    check_differentiable(architecture)
    check_loss(architecture, loss)
    return loss, as_examples(architecture, loss, X, Y, sample_weight)
