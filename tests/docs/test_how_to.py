"""The how-to pages: each says what its code finds."""

import json
import re

import numpy as np
import pytest

import pellucid as pel
from pellucid.equations.losses import LOSSES
from tests.docs.reading import DOCS, Page

PAGES = (
    *("own-data", "tables", "augmenting", "local", "more-than-memory", "choosing", "debugging"),
    *("saving", "exporting", "reproducing"),
)


def column(printed, place=-1):
    """A number of each line."""
    return [float(line.split()[place]) for line in printed.splitlines()]


def test_the_index_leads_to_every_page():
    index = (DOCS / "how-to" / "index.md").read_text(encoding="utf-8")
    assert {path.stem for path in (DOCS / "how-to").glob("*.md")} == {"index", *PAGES}
    for name in PAGES:
        assert index.count(f"]({name}.md)") == 1
    assert index.endswith("\n\n" + "\n".join(PAGES) + "\n```\n")


def test_own_data():
    page = Page("how-to/own-data")
    printed = page.below("`scale` and `shift` do that inside")
    (_, cold), (_, warm) = np.array(re.findall(r"[\d.]+", printed), float).reshape(2, 2)
    assert cold > 0.8  # and low pressure: rain
    assert warm < 0.2
    off, of = (
        float(word.strip(",.\n")) for word in page.below("scale the predictions back").split()[::3]
    )
    assert off < of / 5
    assert "nan in row 3, column 1" in page.below("an error says where they are")
    assert page.below("otherwise a fifth", 1).count("test accuracy") == 2
    assert "(120 examples" in page.below("otherwise a fifth", 1)  # a fifth of 600
    assert "80 pictures of 2 classes from the folder landscapes" in page.below("and in Python:")
    assert page.below("and in Python:").endswith("('meadow', 'sky') (64, 576)\n")
    assert page.below("cut and resized as those were", 1).split()[:2] == ["blue.png", "sky"]
    assert page.below("what was done is said", 1).split()[:2] == ["one.png", "1"]


def test_tables():
    page = Page("how-to/tables")
    shown = page.below("A CSV, Parquet or Feather file goes in", 1).splitlines()
    assert shown[0] == "flats.csv (comma-separated, UTF-8, with a header): 1,000 rows, 6 columns"
    kinds = {line.split()[0]: line.split()[1] for line in shown[1:-1]}
    assert list(kinds.values()) == ["left", "number", "category", "date", "boolean", "number"]
    trained = page.below("One command trains")
    (r2,) = (float(line.split()[-1]) for line in trained.splitlines() if "test r2" in line)
    assert r2 > 0.9
    predicted = page.below("New rows need no preparation", 1)
    assert [line.split()[0] for line in predicted.splitlines()[:5]] == [
        f"new.csv[{i}]" for i in range(5)
    ]
    assert "0  area" in predicted
    assert "saved in: runs/plain-1" in page.below("What was found wrongly is said")
    assert page.below("By lot, with every class").count("test r2") == 2
    told = page.below("## In Python").splitlines()
    assert len(told) == 4
    assert "'area is missing'" in told[-1]
    assert page.below("The same data set as arrays").startswith("(800, ")


def test_local():
    page = Page("how-to/local")
    assert page.figures == 1
    assert "<1,296 of 64 × 144>" in page.below("A layer that sees all pixels")
    right, weights = page.below("On they go with").splitlines()
    assert float(right) > 0.85
    assert weights.split()[0] == "1296"
    whole, squares = column(page.below("The same with a first layer"))
    assert abs(whole - squares) < 0.02  # "about as many are right"
    assert 1296 * 7 < 64 * 144 < 1296 * 7.2  # "a seventh of the first layer's weights"


def test_augmenting():
    page = Page("how-to/augmenting")
    assert page.figures == 1
    assert page["augment"].n_values == 64
    assert float(page.below("gives the network others in each epoch").split()[0]) > 0.85
    assert "accuracy" in page.below("On the command line", 0)
    assert page.below("What becomes of a picture is decided").split() == ["True", "False"]


def test_more_than_memory():
    page = Page("how-to/more-than-memory")
    assert page.below("the\ntargets, one number", 1) == (
        "<50,000 rows of 200 float32 in 1 file(s), unread>\n"
    )
    printed = page.below("Nothing else changes.")
    score, *_, shape = printed.splitlines()
    assert float(score) > 0.8
    assert shape == "(50000, 5)"
    assert "test accuracy" in page.below("On the command line it is decided", 0)
    assert page.below("Shards can be written") == (
        "<20,000 rows of 200 float32 in 4 file(s), unread>\n"
    )
    assert "LBFGS looks at all examples at once" in page.below("What looks at all rows at once")


def test_choosing():
    page = Page("how-to/choosing")
    widths = column(page.below("How wide, the validation"))
    assert widths[0] == max(widths)  # two neurons are too few
    assert widths[3] > widths[2]  # the widest is worse than the one before
    rates = column(page.below("`Adam` does well"))
    assert min(rates) == rates[2]
    assert rates[0] > 5 * min(rates) < rates[4]  # too small, and too large
    (solved,) = column(page.below("a solver needs no rate"))
    assert 0.005 < solved < min(rates)
    batches = column(page.below("32 by default."))
    assert batches[-1] > 5 * max(batches[:-1])  # too few steps
    assert "nothing better than the cost" in page.below("`patience=10` stops")
    assert "20 epochs" in page.below("`patience=10` stops")
    lines = page.below("`starts` trains").splitlines()
    costs = [float(line.split("cost ")[1].split(",")[0]) for line in lines]
    assert [i for i, line in enumerate(lines) if line.endswith("kept")] == [np.argmin(costs)]
    assert max(costs) > 2 * min(costs)  # which valley depends on the first weights


def test_the_losses_that_come_by_themselves():
    text = (DOCS / "how-to" / "choosing.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`" in line]
    for row in rows:
        _, _, output, losses, _ = (cell.strip() for cell in row.split("|"))
        for loss in (part for i, part in enumerate(losses.split("`")) if i % 2):
            assert LOSSES[loss.partition(":")[0]].link == output.strip("`")
    X, rng = np.zeros((4, 1)), np.random.default_rng(0)
    for output, Y, loss in (
        ("softmax", np.array([0, 1, 0, 1]), "cross_entropy"),
        ("sigmoid", np.array([[0.0], [1], [0], [1]]), "binary_cross_entropy"),
        ("identity", rng.normal(size=(4, 2)), "mse"),
    ):
        run = pel.start(pel.Network(1, [pel.Dense(2 if output != "sigmoid" else 1, output)]), X, Y)
        assert run.plan.recipe.loss == loss


def test_debugging():
    page = Page("how-to/debugging")
    printed = page.below("the inputs are years and metres")
    assert printed.startswith("not learning: ")
    assert "fault: unscaled input (input 0)" in printed
    assert float(page.below("The cure it names")) > 0.95
    assert page.below("## Diverging").startswith("diverged at step ")
    validation = page["history"].column("validation_cost")
    assert page["history"].costs[-1] < page["history"].costs[0] / 2
    assert validation[-1] > validation.min() * 1.5  # it rises
    delta = float(page.below("## A look at one example").splitlines()[-1])
    trace = pel.trace(page["small"], [[0.5, -1.0]], [[1.0]], precision="float64")
    assert delta == pytest.approx(trace.delta[2].item(), rel=1e-6)
    assert "right: worst error" in page.below("## A gradient of your own")
    assert page.below("## While it runs").startswith("symmetric weights – 8 of 8 units")
    assert "symmetric weights" in page.below("On the command line: `pellucid train … --doctor`")
    assert "fault: symmetric weights (layer 1)" in page.printed[-1]


def test_saving():
    page = Page("how-to/saving")
    assert page.below("## A network") == "True\nTrue\n"
    answers = page.below("`load_model` reads one", 1)
    listed = page.below("`load_model` reads one", 2).splitlines()
    assert [line.split()[0] for line in answers.splitlines()] == [
        line.split()[1] for line in listed[:3]
    ]
    assert page.below("## Many rows").splitlines()[1] == "False"
    assert page["predict"](page["X"][0]) == pytest.approx(page["first"], rel=1e-6)
    assert page.below("## Weights as arrays").splitlines()[1] == "True"


@pytest.mark.peers
def test_exporting():
    page = Page("how-to/exporting")
    assert page.below("Any number of rows goes in") == "(300, 2) True\n"
    lines = page.below("which viewers of ONNX show").splitlines()
    assert lines[0] == "X weights.0.1 → MatMul → MatMul.1"
    assert lines[-1] == "Z.2 → Softmax → P"
    said, close = page.below("There is nothing to register").splitlines()
    assert said.endswith(" True")
    assert close == "True"
    assert page.below("A frame gives the model an input a column") == (
        "['age', 'fare____', 'sex', 'port']\n"
    )
    assert page.below("Each input takes a column") == "True\nTrue\n"


def test_reproducing():
    page = Page("how-to/reproducing")
    assert page.below("whether or not the run was interrupted") == "True\n"
    assert page.below("## Stopping and going on").splitlines()[::2] == [
        "stopped as asked, after 3 epochs",
        "True",
    ]
    assert "expected the data that the run began with" in page.below("With other data")
    assert "pellucid train digits --epochs 2 --seed 3" in page.printed[-1]
    assert json.dumps(page["kept"]["recipe"])  # plain data
    seeds = [pel.Network(2, [pel.Dense(2)], seed=seed).parameters for seed in (1, 2)]
    assert not np.array_equal(*seeds)
