import json
import math

from pellucid.inspection.findings import Diagnosis, Finding

DEAD = Finding("dead units", "layer 2", 0.75, 0.4, "3 of 4 are off.", "--init he", 'initial="he"')
REMARK = Finding("imbalance", "class 1", 0.1, 0.125, "One in ten.", "-", "-", "remark")


def test_a_finding_is_a_few_lines():
    assert str(DEAD).splitlines() == [
        "fault: dead units (layer 2)",
        "  3 of 4 are off.",
        "  command line: --init he",
        '  Python: initial="he"',
    ]
    assert str(REMARK).startswith("remark: imbalance (class 1)\n")


def test_a_diagnosis_tells_all_findings_and_what_was_looked_for():
    diagnosis = Diagnosis((DEAD, REMARK, DEAD), ("dead units", "imbalance"), {"overfitting": "why"})
    assert not diagnosis.healthy
    assert len(diagnosis) == 3
    assert list(diagnosis) == [DEAD, REMARK, DEAD]
    assert diagnosis.faults == ("dead units", "imbalance")
    lines = str(diagnosis).splitlines()
    assert lines.count("fault: dead units (layer 2)") == 2
    assert lines[-2:] == [
        "looked for: dead units, imbalance",
        "not looked for: overfitting: why",
    ]


def test_nothing_found_says_what_was_looked_for():
    diagnosis = Diagnosis((), ("dead units",), {})
    assert diagnosis.healthy
    assert diagnosis.faults == ()
    assert str(diagnosis) == "nothing found\nlooked for: dead units"


def test_as_data_for_json():
    infinite = Finding("rate too high", "the run", math.inf, 0.3, "It diverged.", "-", "-")
    data = Diagnosis((DEAD, infinite), ("dead units",), {"overfitting": "why"}).as_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["healthy"] is False
    assert data["findings"][0]["number"] == 0.75
    assert data["findings"][1]["number"] is None
    assert data["left_out"] == {"overfitting": "why"}
