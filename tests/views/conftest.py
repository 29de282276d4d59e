"""Figures that a test made are closed after it: pyplot keeps them, and warns of many."""

import matplotlib
import pytest

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def figures_closed():
    from matplotlib import pyplot as plt

    yield
    plt.close("all")
