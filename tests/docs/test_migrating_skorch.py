"""What the page for those who come from elsewhere says of skorch."""

import numpy as np
import pytest
from scipy import sparse

import pellucid as pel

pytestmark = pytest.mark.peers

RNG = np.random.default_rng(0)
X, CODES = RNG.normal(size=(40, 4)), RNG.integers(0, 3, 40)
SINGLE = X.astype(np.float32)


def skorch_net(torch, **numbers):
    from skorch import NeuralNetClassifier

    nn = torch.nn
    numbers = {"lr": 0.0, "max_epochs": 30, "verbose": 0} | numbers
    return NeuralNetClassifier(nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1)), **numbers)


def test_what_skorch_refuses_and_we_take(torch):
    names = np.array(["a", "b", "c"])[CODES]
    ours = pel.MLPClassifier((3,), solver="lbfgs", random_state=0)
    for inputs, classes, more in (
        (X, CODES, {}),
        (SINGLE, CODES.astype(np.int32), {}),
        (SINGLE, names, {}),
        (SINGLE, CODES, {"sample_weight": np.ones(40)}),
    ):
        with pytest.raises((RuntimeError, TypeError)):
            skorch_net(torch).fit(inputs, classes, **more)
        assert set(ours.fit(inputs, classes, **more).predict(inputs)) <= set(classes)
    assert ours.fit(X, CODES).coefs_[0].dtype == np.float64
    ours.fit(sparse.csr_array(X), names)
    dataset = skorch_net(torch).initialize().get_dataset(sparse.csr_matrix(SINGLE), CODES)
    assert isinstance(dataset[0][0], np.ndarray)  # made dense


def test_order_held_out_part_and_step_of_skorch(torch):
    net = skorch_net(torch, max_epochs=1).fit(SINGLE, CODES)
    sampler = net.get_iterator(net.get_dataset(SINGLE, CODES), training=True).sampler
    assert isinstance(sampler, torch.utils.data.SequentialSampler)
    kept, held_out = net.get_split_datasets(SINGLE, CODES)
    assert (len(kept), len(held_out)) == (32, 8)
    assert {"train_loss", "valid_loss"} <= set(net.history[-1])
    assert isinstance(net.optimizer_, torch.optim.SGD)
    assert net.optimizer_.defaults["momentum"] == 0
    plain = type(net)(torch.nn.Linear(4, 3))
    assert (plain.lr, plain.max_epochs, plain.batch_size) == (0.01, 10, 128)
    assert not pel.MLPClassifier().early_stopping


@pytest.mark.parametrize("patience", [3, 10])
def test_early_stopping_of_skorch(torch, patience):
    from skorch.callbacks import EarlyStopping

    stop = EarlyStopping(patience=patience)
    assert (stop.load_best, stop.threshold, stop.threshold_mode) == (False, 1e-4, "rel")
    net = skorch_net(torch, callbacks=[stop]).fit(SINGLE, CODES)
    ours = pel.MLPClassifier(
        (3,),
        solver="sgd",
        learning_rate_init=1e-12,
        early_stopping=True,
        n_iter_no_change=patience - 1,
        random_state=0,
    ).fit(SINGLE, CODES)
    assert len(net.history) == ours.n_iter_ == 1 + patience
