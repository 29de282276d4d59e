"""Pages whose blocks of code are carried out: what they print and draw is put below them.

A page is plain Markdown. Its blocks of ``python`` share their variables; those of ``sh`` are
commands; all work in one new folder.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import matplotlib
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

FENCE = re.compile(r"^```(python|sh)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
# A picture stands on a page as wide as so many dots an inch make it; it has twice as many.
DPI = 100


class Block(NamedTuple):
    """A block of code of a page."""

    language: str
    code: str
    line: int  # of the page, on which the code begins
    end: int  # where what comes out of it is to stand, in characters


class Result(NamedTuple):
    """What came out of a block."""

    block: Block
    printed: str
    figures: tuple[Figure, ...]


def blocks(text: str) -> Iterator[Block]:
    """Find the blocks of a page that are to be carried out."""
    for found in FENCE.finditer(text):
        yield Block(found[1], found[2], text.count("\n", 0, found.start(2)), found.end())


def results(text: str, name: str, variables: dict[str, Any]) -> Iterator[Result]:
    """Carry out the blocks of a page, one after the other.

    Parameters
    ----------
    text : str
    name : str
        Of the page, as ``start/neuron``: a traceback names it with the line.
    variables : dict
        What the blocks of Python read and write.
    """
    matplotlib.use("agg")
    with TemporaryDirectory() as folder, chdir(folder):
        for block in blocks(text):
            printed = (
                run_python(block, name, variables) if block.language == "python" else run(block)
            )
            yield Result(block, printed, tuple(plt.figure(n) for n in plt.get_fignums()))
            plt.close("all")


def execute(text: str, name: str, pictures: Path) -> str:
    """Return a page with what its blocks print and draw; write its pictures into a folder."""
    parts, position, drawn = [], 0, 0
    for block, printed, figures in results(text, name, {"__name__": "__main__"}):
        parts += [text[position : block.end], output(printed)]
        for figure in figures:
            drawn += 1
            parts.append(show(figure, pictures / f"{name.replace('/', '-')}-{drawn}.png"))
        position = block.end
    return "".join([*parts, text[position:]])


def run_python(block: Block, name: str, variables: dict[str, Any]) -> str:
    """Carry out Python with the page's variables; a traceback names the lines of the page."""
    code = compile("\n" * block.line + block.code, f"{name}.md", "exec")
    printed = StringIO()
    with redirect_stdout(printed):
        exec(code, variables)
    return printed.getvalue()


def run(block: Block) -> str:
    """Carry out commands; return their standard output. Progress goes to standard error."""
    here = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "COLUMNS": "80",
        "XDG_CACHE_HOME": os.getcwd(),
    }
    done = subprocess.run(
        ["bash", "-euc", block.code],
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{block.code}ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def output(printed: str) -> str:
    """Return what was printed as a block of its own."""
    if not printed.strip():
        return ""
    return f"\n````{{code-block}} text\n:class: output\n\n{printed.strip(chr(10))}\n````\n"


def show(figure: Figure, path: Path) -> str:
    """Write a picture; return the line that shows it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=2 * DPI, facecolor=figure.get_facecolor())
    titles = [ax.get_title() for ax in figure.axes if ax.get_title()]
    said = "; ".join(titles).replace("\n", " ") or "the picture that this code draws"
    width = round(figure.get_size_inches()[0] * DPI)
    return (
        f"\n```{{image}} /{path.parent.name}/{path.name}\n"
        f":alt: {said}\n:width: {width}px\n:class: drawn\n```\n"
    )
