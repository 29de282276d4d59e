"""A walk on paper and on screen: what each format has to be for others to read it."""

import html.parser
import re

import numpy as np
from latex2mathml.converter import convert

import pellucid as pel
from pellucid.inspection.layouts import WIDTH, html_page, latex, markdown, text
from pellucid.inspection.lines import Section, says

SECTIONS = [
    Section(
        "Forward: layer 1 (100 % & more)",
        (says("z_{0}^{(1)}", "Σ_{i} w_{0,i}^{(1)}", "0.1·2 < 1", value=0.2, remark="a & b"),),
        rule="a = 1 where z > 0, else 0",
        about="relu of a_{0}^{(1)}",
    )
]


class Balanced(html.parser.HTMLParser):
    """Checks that every tag that is opened is closed."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "!doctype"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def a_walk():
    layers = [pel.Dense(6, "gelu", norm="layer"), pel.Dense(3, "softmax", inputs=(0, 1))]
    network = pel.Network(9, layers, seed=1)
    return pel.walk(network, np.random.default_rng(0).normal(size=(4, 9)), [0, 1, 2, 0])


def test_plain_text():
    assert text("Title", "a_{n} is.", SECTIONS).splitlines() == [
        "Title. a_n is.",
        "Forward: layer 1 (100 % & more). relu of a_0^(1); a = 1 where z > 0, else 0",
        "  z_0^(1) = Σ_i w_0,i^(1) = 0.1·2 < 1 (a & b)",
    ]
    assert max(map(len, str(a_walk()).splitlines())) <= WIDTH


def test_html_is_a_page_of_its_own():
    for page in (html_page("T < U", "a_{n} is.", SECTIONS), a_walk().formatted("html")):
        parser = Balanced()
        parser.feed(page)
        assert parser.open == []
        assert "://" not in page
        assert "script" not in page
    assert "T &lt; U" in html_page("T < U", "a_{n} is.", SECTIONS)
    assert "z<sub>0</sub><sup>(1)</sup>" in html_page("T", "", SECTIONS)
    assert a_walk()._repr_html_().startswith('<div class="pellucid-walk">')


def test_markdown_has_formulas_between_dollars():
    page = markdown("Title", "a_{n} is.", SECTIONS)
    assert "# Title" in page
    assert "$a_{n}$ is." in page
    assert r"- $z_{0}^{(1)} = \sum _{i} w_{0,i}^{(1)} = 0.1\cdot 2 < 1$ (a & b)" in page
    for line in a_walk().formatted("markdown").splitlines():
        assert line.count("$") % 2 == 0


def test_latex_is_a_document():
    page = latex("Title", "a_{n} is.", SECTIONS)
    assert r"\subsection*{Forward: layer 1 (100 \% \& more)}" in page
    assert r"(a \& b)\par" in page
    assert a_walk().formatted("latex").isascii()


def test_every_formula_is_one_that_latex_readers_read():
    """Markdown and LaTeX hold the same formulas; another program makes MathML of each."""
    found = re.findall(r"\$([^$]+)\$", a_walk().formatted("markdown"))
    assert len(found) > 60
    for formula in found:
        assert convert(formula).startswith("<math")
