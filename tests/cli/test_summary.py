import pytest

from pellucid.cli.summary import show_outcome
from pellucid.cli.training import Outcome

FIGURES = {
    "data": "digits",
    "run": "a folder/with two  spaces/" + "x" * 80,
    "engine": "native (avx512)",
    "seconds": 1.234,
    "train.examples": 90,
    "train.cost": 0.25,
    "train.accuracy": 0.5,
    "validation.label_accuracy": 0.125,
    "test.cost": None,
    "test.roc_auc": float("nan"),
}
STARTS = [
    {"seed": 7, "judged": 0.5, "cost": 0.5, "score": 0.75, "epochs": 3, "reason": "epochs",
     "seconds": 0.5, "kept": True},
    {"seed": 8, "judged": 2.5, "cost": 2.5, "score": 0.25, "epochs": 1, "reason": "diverged",
     "seconds": 0.25, "kept": False},
]  # fmt: skip


@pytest.fixture
def lines(capsys):
    def shown(sentence="stopped after 3 epochs", **figures):
        show_outcome(Outcome(FIGURES | figures, sentence, False, "accuracy", None))
        return capsys.readouterr().out.splitlines()

    return shown


def test_the_sentence_then_a_line_a_figure(lines):
    assert lines() == [
        "stopped after 3 epochs",
        "               train cost: 0.25",
        "           train accuracy: 50.00 %",
        "validation label accuracy: 12.50 %",
        "             test roc auc: undefined",
        "                   engine: native (avx512)",
        "                     time: 1.23 s",
        f"                 saved in: {FIGURES['run']}",
    ]


def test_what_is_long_is_wrapped_but_never_a_path(lines):
    shown = lines("a sentence " * 20, engine="reference: because " * 8)
    assert max(len(line) for line in shown if "saved in" not in line) <= 80
    assert shown[-1].endswith(FIGURES["run"])


def test_every_start_has_its_line(lines):
    shown = [line.strip() for line in lines(starts=STARTS)]
    assert "seed 7: cost 0.5, accuracy 75.00 %, 3 epochs, 0.50 s, kept" in shown
    assert "seed 8: cost 2.5, accuracy 25.00 %, 1 epoch, 0.25 s, diverged" in shown
