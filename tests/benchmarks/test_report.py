"""What was measured becomes a table, and people's words around it stay."""

import pytest

from benchmarks import report
from benchmarks.cases import Case
from benchmarks.configurations import OURS, YARDSTICK, Configuration
from benchmarks.peers.sgemm import GFLOP
from benchmarks.timing import Measured

CASE = Case((784, 30, 10), 10, "SGD", "mnist", 2000, {"torch": 30, "numpy": 6}, share=0.5)
WAY = Configuration("pytorch", "fused", 1)


def measured(case=CASE):
    full_rate = 1e6 * GFLOP  # µs of a large product at 1 GFLOP/s
    times = {
        OURS: [10.0, 20.0, 10.0],
        "torch": [400.0, 600.0, 200.0],
        "numpy": [50.0, 60.0, 70.0],
        YARDSTICK: [full_rate / 200] * 3,
    }
    return Measured(case, 2, times, dict.fromkeys(times, WAY), {"torch": 0.0})


def test_ratios_are_of_rounds():
    """Of the same round, not of the medians."""
    assert measured().ratios("torch") == [40.0, 30.0, 20.0]


def test_the_share_is_of_the_rate_in_the_same_round():
    rate = CASE.gflop / 10e-6
    assert measured().shares()[0] == pytest.approx(rate / 200)


def test_a_table_says_what_is_below_its_aim():
    (row,) = [line for line in report.times([measured()]).splitlines() if "30 (20" in line]
    assert row.startswith("| 784-30-10, 10 | SGD, MNIST | 10 | 30 (20 to 40) | – | – |")
    assert "| 5 (3 to 7) † |" in row


def test_the_page_keeps_what_people_wrote(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n", encoding="utf-8")
    report.write(page, r"new \1")
    report.write(page, r"newer \1")
    assert page.read_text(encoding="utf-8") == (
        "before\n<!-- bench -->\nnewer \\1\n<!-- /bench -->\nafter\n"
    )


@pytest.mark.parametrize("text", ["nothing", "<!-- /bench --> <!-- bench -->"])
def test_a_page_without_its_place_is_left_alone(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="needs"):
        report.write(page, "new")
    assert page.read_text(encoding="utf-8") == text
