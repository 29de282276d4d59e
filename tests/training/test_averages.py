"""The average of the weights: judged, kept and delivered instead of the last ones."""

import numpy as np
import pytest

from pellucid import SGD, Adam, Dense, EpochEnded, Momentum, Network, Stepped, resume, start, train
from tests.training.runs import outcome


def network(precision="float64"):
    return Network(2, [Dense(4, "tanh"), Dense(3, "softmax")], precision=precision)


def mean_of(points, decay):
    """Σ dᵗ⁻ⁱ pᵢ / Σ dᵗ⁻ⁱ over the parameters after each step, as it is defined."""
    weights = decay ** np.arange(len(points))[::-1]
    return np.average(points, axis=0, weights=weights)


@pytest.mark.parametrize("optimizer", [SGD(0.5), Momentum(0.1), Adam(0.05)], ids=repr)
@pytest.mark.parametrize("decay", [0.5, 0.9, 0.999])
def test_the_network_holds_the_mean_of_the_parameters_after_each_step(
    blobs, engine, optimizer, decay
):
    """Which are those of the same run without an average: it does not disturb the steps."""
    plain = start(network(), *blobs, optimizer=optimizer, epochs=4, every=1, engine=engine)
    points = [plain.state.parameters.copy() for event in plain if isinstance(event, Stepped)]
    n = network()
    run = start(n, *blobs, optimizer=optimizer, epochs=4, every=1, average=decay, engine=engine)
    steps = 0
    for event in run:
        if isinstance(event, Stepped):
            steps = event.step
            np.testing.assert_allclose(n.parameters, mean_of(points[:steps], decay), rtol=1e-9)
            assert np.array_equal(run.state.parameters, points[steps - 1])
    assert steps == len(points) == 12
    assert np.array_equal(n.parameters, run.state.slots[-1])


def test_in_single_precision_too(blobs, engine):
    plain = start(network("float32"), *blobs, optimizer=Adam(0.05), epochs=9, every=1)
    points = [plain.state.parameters.copy() for event in plain if isinstance(event, Stepped)]
    n = network("float32")
    train(n, *blobs, optimizer=Adam(0.05), epochs=9, average=0.95, engine=engine)
    np.testing.assert_allclose(n.parameters, mean_of(points, 0.95), rtol=1e-3, atol=1e-5)


def test_of_one_step_it_is_the_step(blobs, engine):
    n, plain = network(), network()
    train(n, *blobs, average=0.999, steps=1, engine=engine)
    train(plain, *blobs, steps=1, engine=engine)
    assert np.array_equal(n.parameters, plain.parameters)


@pytest.mark.parametrize("part", [None, 0.3])
def test_epochs_are_judged_by_the_average(blobs, engine, part):
    """Costs of validation, metrics and the target; the training cost stays that of the steps."""
    n = network()
    given = {"metrics": ["log_loss"], "validation": part, "epochs": 3, "engine": engine}
    run = start(n, *blobs, optimizer=SGD(1.0), average=0.9, **given)
    for event in run:
        if isinstance(event, EpochEnded):
            judged_by = run.examples if run.validation is None else run.validation
            P = n.predict(judged_by.X)  # the network has the average after each event
            cost = -np.log(P[np.arange(len(P)), judged_by.Y]).mean()
            assert event.record.metrics[0] == pytest.approx(cost, rel=1e-9)
            if part is not None:
                assert event.record.validation_cost == pytest.approx(cost, rel=1e-9)
                assert event.record.validation_score == (P.argmax(1) == judged_by.Y).mean()
    plain = train(network(), *blobs, optimizer=SGD(1.0), **given)
    assert (run.history.costs == plain.costs).all()
    assert (run.history.column("log_loss") != plain.column("log_loss")).all()


def test_the_target_is_reached_by_the_average(blobs, engine):
    n = network()
    given = {"optimizer": SGD(0.2), "average": 0.9, "target_cost": 0.5, "engine": engine}
    history = train(n, *blobs, epochs=99, **given)
    fixed = -np.log(n.predict(blobs[0])[np.arange(90), blobs[1]]).mean()
    assert history.reason == "target cost"
    assert f"is {fixed:.6g}," in history.sentence
    shorter = network()
    train(shorter, *blobs, epochs=len(history.epochs) - 1, **given | {"target_cost": None})
    assert -np.log(shorter.predict(blobs[0])[np.arange(90), blobs[1]]).mean() > 0.5


def test_the_best_weights_are_the_best_average(blobs, engine):
    n, kept = network(), []
    given = {"optimizer": SGD(3.0), "average": 0.8, "patience": 3, "validation": 0.3}
    run = start(n, *blobs, epochs=99, **given, engine=engine)
    for event in run:
        if isinstance(event, EpochEnded):
            kept.append(n.parameters.copy())
    best = run.history.column("validation_cost").argmin()
    assert run.history.best_epoch == best + 1
    assert np.array_equal(n.parameters, kept[best])
    assert np.array_equal(run.state.best.parameters, kept[best])


def test_frozen_layers_have_their_weights_as_average(blobs, engine):
    n = network()
    before = n.copy()
    train(n, *blobs, frozen=(1,), average=0.9, epochs=3, engine=engine)
    assert np.array_equal(n.weights[1], before.weights[1])
    assert not np.array_equal(n.weights[2], before.weights[2])


def test_a_resumed_run_goes_on_with_both(blobs, tmp_path, sha, engine):
    """The weights of the steps, and their average, at any step."""
    given = {"optimizer": Adam(0.05), "average": 0.9, "validation": 0.2, "epochs": 3}
    run = start(network("float32"), *blobs, every=1, **given, engine=engine)
    for i, _ in enumerate(run):
        run.save(tmp_path / f"{i}")
    for i in range(len(list(tmp_path.iterdir()))):
        again = resume(tmp_path / f"{i}", *blobs, validation=0.2)
        assert np.array_equal(again.network.parameters, again.state.slots[-1])
        list(again)
        assert outcome(again, sha) == outcome(run, sha)
        assert np.array_equal(again.network.parameters, again.state.slots[-1])
