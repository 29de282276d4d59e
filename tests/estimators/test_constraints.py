"""Every parameter has its constraint, and scikit-learn's own values are within ours."""

import pytest
from sklearn import neural_network as theirs
from sklearn.utils._param_validation import InvalidParameterError, make_constraint

from pellucid.estimators.classifier import MLPClassifier
from pellucid.estimators.constraints import has_steps
from pellucid.estimators.regressor import MLPRegressor

KINDS = [(theirs.MLPClassifier, MLPClassifier), (theirs.MLPRegressor, MLPRegressor)]


@pytest.mark.parametrize(("their", "our"), KINDS)
def test_parameters_have_constraints_and_scikit_learns_defaults(their, our):
    ours, defaults = our().get_params(), their().get_params()
    assert set(our._parameter_constraints) == set(ours)
    assert defaults.items() <= ours.items()
    for name, value in ours.items():
        rules = [make_constraint(rule) for rule in our._parameter_constraints[name]]
        assert any(rule.is_satisfied_by(value) for rule in rules), name


@pytest.mark.parametrize(
    ("name", "value"),
    [("alpha", -1), ("activation", "softmax"), ("solver", 3), ("dropout", 1.0), ("norm", "no")],
)
def test_what_is_outside_is_refused_by_name(name, value):
    with pytest.raises(InvalidParameterError, match=f"The '{name}' parameter of MLPClassifier"):
        MLPClassifier(**{name: value}).fit([[0.0], [1.0]], [0, 1])


def test_only_steps_can_be_taken_one_by_one():
    assert has_steps(MLPClassifier())
    with pytest.raises(AttributeError, match="lbfgs is not stochastic"):
        has_steps(MLPClassifier(solver="lbfgs"))
