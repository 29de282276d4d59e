"""Pellucid through its public functions: a run that is iterated over, stretch by stretch."""

import pellucid as pel
from benchmarks.configurations import Configuration
from benchmarks.problem import EPSILON, RATE, Problem, Work, network_of, weights_of
from pellucid.arrays import Array

OPTIMIZERS = {"SGD": pel.SGD(RATE["SGD"]), "Adam": pel.Adam(RATE["Adam"], epsilon=EPSILON)}


def prepare(problem: Problem, configuration: Configuration) -> Work:
    """Return the steps of a run, or calls for predictions."""
    if not problem.case.trains:
        return _predicting(problem)
    case, network = problem.case, network_of(problem.case)
    run = pel.start(
        network,
        problem.X,
        problem.Y,
        optimizer=OPTIMIZERS[case.optimizer],
        batch_size=case.batch,
        epochs=100_000,  # more than anybody waits for
        every=case.steps,
        threads=configuration.threads,
    )
    events = iter(run)

    def advance(rows: Array) -> None:
        while not isinstance(next(events), pel.Stepped):
            pass  # a run begins, an epoch ends

    return Work(advance, lambda: weights_of(network))


def _predicting(problem: Problem) -> Work:
    network = network_of(problem.case)
    inputs = problem.asked(problem.X)
    predict = network.predict
    if problem.case.batch == 1:
        predict, inputs = network.predictor(), [x[0] for x in inputs]

    def advance(rows: Array) -> None:
        for x in inputs:
            predict(x)

    return Work(advance, lambda: [predict(inputs[0])])
