"""The list of public names is complete, and each name can have a page of its own."""

import re

import pytest

import pellucid as pel
from docs.making.api import pages

PAGE = pages()["api/index.md"]


def test_every_public_name_is_there_once():
    assert sorted(re.findall(r"^   (\w+)$", PAGE, re.MULTILINE)) == sorted(pel.__all__)


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("Network", "Networks and models"),
        ("Dense", "Networks and models"),
        ("train", "Training"),
        ("Recipe", "Training"),
        ("Adam", "Optimizers, schedules, metrics"),
        ("one_hot", "Data"),
        ("trace", "Seeing inside"),
        ("plot_network", "Pictures"),
        ("DataError", "Errors"),
    ],
)
def test_names_stand_under_their_stage(name, heading):
    assert PAGE.count(f"## {heading}\n") == 1
    below = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    assert f"\n   {name}\n" in below


def test_no_two_pages_differ_by_capitals_only():
    """Some file systems would take one for the other."""
    assert len({name.lower() for name in pel.__all__}) == len(pel.__all__)
