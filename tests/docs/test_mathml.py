"""Formulas become MathML. Sphinx and docutils come with ``make docs``, which asks for this test."""

from types import SimpleNamespace

import pytest

pytest.importorskip("sphinx", reason="comes with make docs")


def written(way, node):
    """What a translator is given to write."""
    from docutils import nodes

    body = []
    with pytest.raises(nodes.SkipNode):
        way(SimpleNamespace(body=body), node)
    return "".join(body)


def test_a_formula_in_a_sentence():
    from docutils import nodes

    from docs.making.mathml import inline

    made = written(inline, nodes.math(text=r"\frac{\partial C}{\partial w}"))
    assert made.startswith("<math")
    assert "<mfrac>" in made
    assert "∂" in made


def test_a_formula_on_lines_of_its_own():
    from docutils import nodes

    from docs.making.mathml import block

    made = written(block, nodes.math_block(text=r"z^{(l)} = W a"))
    assert made.startswith('<div class="math"><math')
    assert 'display="block"' in made
    assert "<msup>" in made
