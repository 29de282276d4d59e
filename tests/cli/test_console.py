import json

import numpy as np

from pellucid.cli.console import plain, say, say_json, tell


def test_results_and_progress_go_different_ways(capsys):
    say("result")
    tell("progress")
    assert capsys.readouterr() == ("result\n", "progress\n")


def test_json_is_one_line_and_what_is_not_a_number_is_null(capsys):
    data = {"a": float("nan"), "b": [np.inf, 1.5], "c": {"d": -np.inf, "e": "x"}, "f": (None, 2)}
    say_json(data)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert plain(data)["b"] == [None, 1.5]
    assert json.loads(out) == {
        "a": None,
        "b": [None, 1.5],
        "c": {"d": None, "e": "x"},
        "f": [None, 2],
    }
