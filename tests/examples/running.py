"""Running an example as ``python examples/…`` does, and looking at what it found."""

import runpy
from pathlib import Path

import matplotlib
from matplotlib import pyplot as plt

EXAMPLES = Path(__file__).parents[2] / "examples"


def found(name, monkeypatch, folder):
    """Run ``examples/NAME.py`` in `folder`; return its variables, and close its figures."""
    matplotlib.use("agg")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(plt, "show", lambda: None)  # there is nobody to look
    try:
        return runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    finally:
        plt.close("all")
