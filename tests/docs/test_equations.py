"""The pages of equations have every row of every table, and say what the row says."""

import html

import pytest
from matplotlib import pyplot as plt

from docs.making import equations
from pellucid.equations import historical
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.initial import INITIALS
from pellucid.equations.losses import LOSSES
from pellucid.equations.metrics import METRICS
from pellucid.equations.normalization import NORMS
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.penalties import PENALTIES
from pellucid.equations.schedules import SCHEDULES
from pellucid.equations.solvers import SOLVERS

TABLES = {
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "descent": OPTIMIZERS | SOLVERS | SCHEDULES,
    "first-weights": INITIALS,
    "restraint": PENALTIES | {name: row for name, row in NORMS.items() if row},
    "metrics": METRICS,
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    made = equations.pages(tmp_path_factory.mktemp("site"))
    plt.close("all")
    return made


def entry(page, name):
    """What stands under the heading of a row, without the marks of Markdown."""
    heading = f"# {name}\n"
    assert page.count(heading) == 1, name
    below = page.partition(heading)[2].partition("\n#")[0]
    return html.unescape(below.replace("\\", ""))


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_its_formula_and_its_source(pages, name):
    page = pages[f"equations/{name}.md"]
    for row_name, row in TABLES[name].items():
        below = entry(page, row_name)
        assert row.formula in below
        assert row.source == "—" or row.source in below


def test_every_activation_has_its_derivative_and_a_picture_in_both_themes(pages):
    page = pages["equations/activations.md"]
    for name, row in ACTIVATIONS.items():
        below = entry(page, name)
        assert (row.derivative if row.backward else "none to learn by") in below
        assert f"activation-{name}-light.png" in below
        assert f"activation-{name}-dark.png" in below


def test_every_loss_has_its_derivative_as_its_function_says_it(pages):
    page = pages["equations/losses.md"]
    for name, row in LOSSES.items():
        below, said = entry(page, name), row.dP.__doc__.partition("\n\n")[0].rstrip(".")
        assert " ".join(said.split()) in below
        assert f"`{row.link}` outputs" in below


def test_numbers_stand_with_what_they_are_where_none_is_given(pages):
    below = entry(pages["equations/descent.md"], "adam")
    assert "`learning_rate=0.001`, `beta1=0.9`, `beta2=0.999`, `epsilon=1e-08`" in below
    assert "numbers: 1\n" in entry(pages["equations/losses.md"], "huber")


def test_functions_without_a_table_have_their_equation_and_reference(pages):
    page = pages["equations/historical.md"]
    for name in ("hebb_update", "hebb_couplings", "energy", "averaging_update"):
        first = getattr(historical, name).__doc__.partition(".\n")[0]
        assert " ".join(first.split()) in entry(page, name)
    assert "Hebb 1949" in entry(page, "hebb_update")


def test_the_index_leads_to_every_page_and_explains_the_symbols(pages):
    index = pages["equations/index.md"]
    for page in equations.PAGES:
        assert f"\n{page.name}\n" in index
    assert "weighted sums" in index
    assert "dW[k→l] = A[k]ᵀ dZ[l]" in entry(index, "weight_gradient")


def test_what_means_something_to_markdown_means_itself():
    assert equations.formula("|e| ≤ δ_k * [1]") == r"[\|e\| ≤ δ\_k \* \[1\]]{.formula}"
    assert equations.formula("—") == ""
