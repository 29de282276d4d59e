from pathlib import Path

import pytest

from pellucid.data.memory import SHARE, _left_of_container, bytes_said, fits, free_memory


def test_free_memory_is_part_of_what_the_machine_has():
    free = free_memory()
    lines = Path("/proc/meminfo").read_text().splitlines() if Path("/proc/meminfo").exists() else []
    total = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:")]
    assert free is None or free > 0
    if total:
        assert free < total[0]


def test_rows_fit_where_they_take_a_share_of_it():
    assert fits(1000)
    free = free_memory()
    if free is not None:
        assert not fits(free)
        assert not fits(2 * free // SHARE)


def test_a_container_leaves_less(tmp_path):
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    assert _left_of_container(tmp_path) == 600
    (tmp_path / "memory.current").write_text("1400\n")
    assert _left_of_container(tmp_path) == 0
    (tmp_path / "memory.max").write_text("max\n")
    assert _left_of_container(tmp_path) is None
    assert _left_of_container(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (122_880_000, "123 MB"),
        (1_449_000_000, "1.4 GB"),
        (2_500_000_000_000, "2,500 GB"),
    ],
)
def test_bytes_as_people_read_them(n, said):
    assert bytes_said(n) == said
