"""What tests of rows in files share: small files of them."""

import numpy as np

from pellucid.data.stored import stored
from pellucid.model.network import Network
from pellucid.network.layer import Dense
from pellucid.plan.examples import Examples


def network():
    """Return a network for `on_disk`."""
    return Network(3, [Dense(4, "tanh"), Dense(2, "softmax")], seed=1)


def arrays(n, seed=0):
    """Rows of three numbers, all different, in two classes; sorted by class, as files may be."""
    X = np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)
    Y = (X[:, 0] + X[:, 1] > 0).astype(np.int32)
    order = np.argsort(Y, kind="stable")
    return X[order], Y[order]


def on_disk(folder, n, *, chunk, window=None, spoil=None):
    """Write such rows to X.npy and Y.npy, and return them as examples that stay there."""
    X, Y = arrays(n)
    if spoil is not None:
        X[spoil] = np.nan
    np.save(folder / "X.npy", X)
    np.save(folder / "Y.npy", Y)
    rows, targets = stored(folder / "X.npy", chunk=chunk, window=window)
    return Examples(rows, targets)
