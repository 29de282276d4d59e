"""The first hour: what its pages say is what their code finds, and what others find."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize, minimize_scalar

from tests.docs.reading import DOCS, Page

CHAPTERS = ("neuron", "network", "cost", "descent", "chain-rule", "batches", "digits", "inside")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cross_entropy(weights, X, Y):
    """Of one neuron with two weights and a bias."""
    z = X @ weights[:2] + weights[2]
    return np.mean(np.logaddexp(0, z) - Y.ravel() * z)


def test_chapters_lead_from_one_to_the_next():
    index = (DOCS / "start" / "index.md").read_text(encoding="utf-8")
    assert index.endswith("\n\n" + "\n".join(CHAPTERS) + "\n```\n")
    for name, following in zip(CHAPTERS, CHAPTERS[1:], strict=False):
        text = (DOCS / "start" / f"{name}.md").read_text(encoding="utf-8")
        assert f"]({following}.md)" in text[-150:]


def test_a_page_has_exercises_with_an_answer_each():
    for name in CHAPTERS:
        text = (DOCS / "start" / f"{name}.md").read_text(encoding="utf-8")
        exercises, answers = text.partition("## Exercises")[2].split("<summary>Answers</summary>")
        for number in (1, 2, 3):
            assert f"\n{number}. " in exercises
            assert f"\n**{number}.** " in answers


def test_neuron():
    page = Page("start/neuron")
    assert page["z"] == pytest.approx(0.8)
    assert page["a"] == pytest.approx(sigmoid(0.8))
    assert page["trace"].A[1].item() == pytest.approx(page["a"], rel=1e-6)
    assert page.below("**1.**") == f"[[{sigmoid(2):.7f}]]\n"
    assert page.below("**2.**") == "bias = -6.8, a = 0.5\n"
    before, after = (
        np.array(line.split("[")[1].rstrip("]").split(), float)
        for line in page.below("**3.**").splitlines()
    )
    assert before[0] > 0.5 > before[1]
    assert after[0] > before[0]
    assert after[1] < before[1]
    assert before[2] == after[2] == 0.5
    assert page.figures == 4
    inside = page["response"].values
    assert inside.min() < 0.1
    assert inside.max() > 0.9  # from nearly 0 to nearly 1, across the line


def test_network():
    page = Page("start/network")
    X, Y = page["switches"], page["lit"].ravel()
    signs = np.where(Y == 1, -1, 1)[:, None]  # lit: −(w·x + b) ≤ −1; dark: w·x + b ≤ −1
    program = linprog(
        np.zeros(3), signs * np.column_stack([X, np.ones(4)]), -np.ones(4), bounds=(None, None)
    )
    assert program.status == 2  # no line exists
    assert np.array_equal(page["A"].round(), page["lit"])
    assert page.below("## A layer as arithmetic") == "True\n"
    assert "2 layers as 1" in page.below("## Why there has to be")
    assert page.below("**1.**") == f"{30 * 65 + 10 * 31} {30 * 65 + 10 * 31}\n"
    assert np.array_equal(page["both"].round(), [0, 0, 0, 1])
    assert [line[-9:] for line in page.below("**3.**").splitlines()] == [
        *3 * ["in 4 of 4"],
        "in 2 of 4",
        "in 3 of 4",
    ]


def test_cost():
    page = Page("start/cost")
    X, Y = page["X"], page["Y"]
    cost = cross_entropy(np.array([0.8, 0.5, -6]), X, Y)
    assert page["losses"].mean() == pytest.approx(cost)
    nudged = cross_entropy(np.array([0.801, 0.5, -6]), X, Y)
    assert page.below("Now a nudge") == (
        f"{page['mistakes']} of 40 days wrong, cost {nudged:.6f}\n"
        f"before: {page['mistakes']} wrong, cost {cost:.6f}\n"
    )
    assert f"{nudged:.6f}" != f"{cost:.6f}"
    assert page.below("**1.**") == "0.6931\n"
    share = Y.mean()
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert page.below("**3.**").startswith(f"{share:.3f} costs {entropy:.4f}\n")
    assert page["cost_of"](share) < min(map(page["cost_of"], (share - 0.05, share + 0.05)))
    assert cost < entropy  # the neuron has something to say
    assert np.array_equal(page["dry"], page["Y"].ravel())


def test_descent():
    page = Page("start/descent")
    X, Y = page["X"], page["Y"]

    def along(w):
        return cross_entropy(np.array([w, 0.5, -6.0]), X, Y)

    slope = (along(0.2 + 1e-6) - along(0.2 - 1e-6)) / 2e-6
    said = [float(line.split()[1].rstrip(",")) for line in page.below("## The slope").splitlines()]
    assert said == pytest.approx([slope, slope], abs=2e-3)
    assert slope < 0
    crawls, arrives, leaps = (
        np.array(line.split("[")[1].rstrip("]").split(), float)
        for line in page.below("This is **gradient descent**").splitlines()
    )
    bottom = minimize_scalar(along, bounds=(0, 2), method="bounded").x
    assert (np.diff(crawls) > 0).all()
    assert crawls[-1] - 0.2 < (bottom - 0.2) / 4
    assert abs(arrives[-1] - bottom) < 0.03
    assert (np.diff(np.abs(np.diff(arrives))) < 0).all()
    far = leaps - bottom
    assert (np.diff(np.sign(far)) != 0).sum() >= 3
    assert (np.diff(leaps[1:5]) < 0).all()  # several steps bring it back
    assert far[5] > far[1]  # and one throws it out further
    u, v = page["surface"].path.T
    assert np.allclose(page["surface"].path, page["path"][:, :2])  # the axes are the weights
    assert ((u > 0) & (u < 1.4) & (v > -0.4) & (v < 1)).all()  # and the path is on the map
    steps = np.linalg.norm(np.diff(page["path"][:, :2], axis=0), axis=1)
    assert steps[:3].mean() > 10 * steps[-100:].mean()
    slice_ = minimize(lambda w: cross_entropy(np.append(w, -6), X, Y), [0.9, 0.4])
    assert page["path"][-1, :2] == pytest.approx(slice_.x, abs=0.02)  # the slice's lowest place
    best = minimize(cross_entropy, np.zeros(3), (X, Y), method="BFGS", tol=1e-10)
    assert page["washing"].parameters == pytest.approx(best.x, rel=1e-2)
    assert best.x[2] < -9  # far more negative than −6
    assert (best.x[:2] > 1.5 * slice_.x).all()  # with larger weights
    true = cross_entropy(np.array([0.9, 0.4, -6]), X, Y)
    assert page.below("luck. These forty days") == (
        f"the true weights cost {true:.4f} on the forty days\n"
    )
    assert true > best.fun
    descended = float(page.below("`pel.start` prepares a training").split()[1])
    assert descended > best.fun + 0.01  # the bottom lies further on
    assert page.below("**1.**").split("w = ")[1:] == [
        "0.600\nafter step 2: ",
        "1.080\nafter step 3: ",
        "1.464\n",
    ]
    assert "rate 0.5: distances [0.0, 0.0" in page.below("**2.**")
    assert "rate 1.0: distances [3.0, 3.0, 3.0, 3.0]" in page.below("**2.**")
    assert page.below("**3.**") == "True\n"


def test_chain_rule():
    page = Page("start/chain-rule")
    x, y = page["x"], page["y"]

    def loss(w):
        a = sigmoid(w @ x - 6)
        return -(y * np.log(a) + (1 - y) * np.log(1 - a))

    w = np.array([0.8, 0.5])
    slopes = [(loss(w + h) - loss(w - h)) / 2e-6 for h in 1e-6 * np.eye(2)]
    assert page["by_a"] * page["slope"] * x == pytest.approx(slopes, rel=1e-6)
    assert page["by_a"] * page["slope"] == pytest.approx(page["a"] - y)
    assert page.below("line a layer, and the way forward") == "True\nTrue\n"
    assert "δ_0^(1) = ∂C/∂a_0^(1) · a′" in page.below("A **walk** writes")
    assert "right: worst error" in page.below("## How to be sure")
    assert np.array_equal(page["lamp"].predict(page["switches"]).round(), page["lit"])
    lines = page.below("ten\ndifferent first weights").splitlines()
    works = [int(line.split()[3]) for line in lines]
    assert works[0] < 5  # with two, most do not
    assert works == sorted(works)
    assert works[-1] >= 9
    checked = [line.split()[1] for line in page.below("## How to be sure").splitlines()[1:5]]
    assert sum(map(int, checked)) == page["lamp"].parameters.size  # each of them
    assert page.below("**1.**") == "∂C/∂w = 0.54, hidden delta = -0.432\n"
    assert page.below("**2.**") == "[ True  True]\n"
    assert page.below("**3.**") == f"at most {0.25**9:.1e} of the output's delta\n"


def test_batches():
    page = Page("start/batches")
    off = [float(line.split()[4]) for line in page.below("By how much?").splitlines()]
    assert off[0] / off[2] == pytest.approx(10, rel=0.1)
    assert off[0] / off[1] == pytest.approx(np.sqrt(10), rel=0.1)
    costs = [float(line.split()[-1]) for line in page.below("## What it buys").splitlines()]
    assert costs == sorted(costs, reverse=True)
    assert page.below("**1.**") == "315 315\n"
    dry, damp, whole = (float(line.split()[0]) for line in page.below("**3.**").splitlines())
    assert (dry, damp) == (-0.5, 0.5)
    assert whole == pytest.approx(0.5 - page["dry"].mean(), abs=1e-3)
    assert page.below("## Following a run").count("epoch") == 4
    records = page.below("## Following a run").splitlines()[:3]
    gaps = [float(line.split()[3].rstrip(",")) - float(line.split()[5]) for line in records]
    assert min(gaps) > 0  # that of the training is the larger one
    assert max(gaps) == gaps[0] > 3 * gaps[1]


def test_digits():
    page = Page("start/digits")
    history, Y = page["history"], page["digits"].test.Y
    assert float(page.below("## A network that knows nothing").split()[0]) < 20
    costs, validation = history.costs, history.column("validation_cost")
    for column in (costs, validation):
        assert column[0] - column[19] > 5 * (column[19] - column[-1]) > 0  # quickly, then slowly
    assert (costs[:5] > validation[:5]).all()
    assert page["right"].sum() == (page["chosen"] == Y).sum() > 0.95 * len(Y)
    assert (page["chosen"][page["wrong"]] != Y[page["wrong"]]).all()
    assert page.below("**1.**") == f"{30 * 65 + 10 * 31} numbers, 1221 examples\n"
    hidden, flat = (page[k].epochs[-1].validation_score for k in ("history", "without"))
    assert abs(flat - hidden) <= 0.01  # as well
    assert f"{100 * hidden:.1f} % of the validation part" in page.below("**2.**")
    assert page["seen"] == 1
    assert page["unseen"] < flat - 0.05  # clearly worse


def test_inside():
    page = Page("start/inside")
    trace, why = page["trace"], page["why"]
    assert trace.A[2].argmax() == page["y"][0]
    network = page["again"]
    class_ = trace.A[2].argmax()
    empty = network.predict(np.zeros((1, 64), np.uint8))[0, class_]
    assert why.values.sum() == pytest.approx(trace.A[2][0, class_] - empty, abs=1e-3)
    assert page.below("## Is anything wrong").startswith("nothing found")
    assert page.below("a learning rate a thousand times").startswith("fault: rate too high")
    assert "not learning" in page.below("a learning rate a thousand times")
    assert page.below("## Keeping it") == "True\n"
    unit = int(page.below("**1.**").split()[1].rstrip(","))
    assert unit == page["again"].weights[2][:, 3].argmax()
    words = page.below("**3.**").split()  # 349 of 360 right before, 346 after
    before, after = int(words[0]), int(words[-2])
    assert after > 0.97 * before
