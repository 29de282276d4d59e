"""Estimators as a notebook shows them: scikit-learn's diagram, and the network drawn below it."""

from collections.abc import Sequence
from html import escape
from typing import Any

from sklearn.utils import estimator_html_repr

from pellucid.model.joining import parts_of
from pellucid.model.network import Network
from pellucid.views.sketch import described, network_svg

TEXT = "font-family:system-ui,sans-serif;font-size:12px"


def html_of(estimator: Any) -> str:
    """Return scikit-learn's HTML of an estimator, and its network once it is fitted."""
    theirs: str = estimator_html_repr(estimator)
    return theirs + drawn(estimator) if hasattr(estimator, "network_") else theirs


def tabular_html(estimator: Any) -> str:
    """Return the same for an estimator that is several networks: one of them, and its choices."""
    theirs: str = estimator_html_repr(estimator)
    if not hasattr(estimator, "choices_"):
        return theirs
    parts = parts_of(estimator.network_)
    names = None if estimator.encoding_ is None else estimator.encoding_.names
    said = f"One of {len(parts)} networks, whose mean is the answer: "
    items = (
        f"<li><b>{escape(choice.what)}</b>: {escape(choice.value)} ({escape(choice.why)})</li>"
        for choice in estimator.choices_
    )
    style = f"{TEXT};margin:1em 0;padding-left:1.4em;line-height:1.5"
    choices = f'<ul class="pellucid-choices" style="{style}">{"".join(items)}</ul>'
    return theirs + _figure(parts[0], names or None, _outputs(estimator), said) + choices


def drawn(estimator: Any) -> str:
    """Return the network of a fitted estimator as a figure, with what was learnt beside it."""
    names = getattr(estimator, "feature_names_in_", None)
    return _figure(estimator.network_, names, _outputs(estimator))


def _figure(
    network: Network, inputs: Sequence[str] | None, outputs: Sequence[str] | None, said: str = ""
) -> str:
    svg = network_svg(network, inputs, outputs)
    return (
        f'<figure class="pellucid-network" style="margin:1em 0">{svg}'
        f'<figcaption style="{TEXT}">'
        f"{said}{described(network.architecture)}. "
        "Lines are weights: blue positive, orange negative, the wider the larger."
        "</figcaption></figure>"
    )


def _outputs(estimator: Any) -> Sequence[str] | None:
    """Return the classes that outputs stand for; of two classes there is one, for the second."""
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        return None
    n = estimator.network_.architecture.n_outputs
    return [str(label) for label in (classes[1:] if n == 1 < len(classes) else classes)]
