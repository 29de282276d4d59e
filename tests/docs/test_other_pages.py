"""README, the site's first page, the page on seeing inside: their code runs, and is right."""

import numpy as np

from docs.making.executed import results
from docs.making.links import HOUSE
from tests.docs.reading import Page


def test_readme():
    variables = {"__name__": "__main__"}
    text = (HOUSE / "README.md").read_text(encoding="utf-8")
    printed = "".join(result.printed for result in results(text, "README", variables))
    assert "[0 1 1 0]" in printed
    assert np.array_equal(variables["network"].predict(variables["X"]).argmax(axis=1), [0, 1, 1, 0])
    answer = variables["predict"](variables["X"][1])
    assert np.allclose(answer, [0.01, 0.99], atol=0.02)  # "or so"
    assert "right: worst error" in printed


def test_first_page():
    page = Page("index")
    assert page.printed[0].splitlines()[1] == "[0 1 1 0]"
    assert page.figures == 1


def test_seeing_inside():
    page = Page("seeing-inside")
    trace = page["trace"]
    assert trace.Z[1].shape == trace.A[1].shape == (2, 2)
    assert trace.gradients.shape == (2, len(trace.gradient))
