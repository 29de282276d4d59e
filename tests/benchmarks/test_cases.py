"""The table of what is measured makes sense."""

from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.cases import CASES
from benchmarks.configurations import OURS, PEERS, YARDSTICK, configurations

PEER_FILES = Path(peers.__file__).parent


def test_every_case_has_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES) == 13


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_stretches_fill_an_epoch(case):
    if case.trains:
        assert case.rows % (case.batch * case.steps) == 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("threads", [1, 2])
def test_everybody_who_is_aimed_at_can_be_run(case, threads):
    found = configurations(case, threads)
    assert set(case.aims) | {OURS} <= set(found)
    assert all(found.values())
    assert {way.threads for ways in found.values() for way in ways} <= set(range(1, threads + 1))
    assert (YARDSTICK in found) == (case.share is not None)


def test_every_peer_has_a_file():
    assert {f"{peer.module}.py" for peer in PEERS.values()} == {
        path.name for path in PEER_FILES.glob("*.py") if path.name != "__init__.py"
    }


def test_the_work_of_a_step():
    """784-30-10: 23,520 and 300 weights, those of layer 1 twice and of layer 2 three times."""
    assert CASES[0].gflop == pytest.approx(2e-9 * 10 * (2 * 23_520 + 3 * 300))
