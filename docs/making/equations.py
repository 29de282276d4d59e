"""The pages of equations, made from the tables that the package works with."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from docs.making import curves
from pellucid.equations import (
    affine,
    average,
    constraints,
    dropout,
    historical,
    noise,
    normalization,
)
from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.initial import INITIALS
from pellucid.equations.losses import LOSSES
from pellucid.equations.metrics import METRICS
from pellucid.equations.normalization import NORMS
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.penalties import PENALTIES
from pellucid.equations.schedules import SCHEDULES
from pellucid.equations.solvers import SOLVERS

Facts = dict[str, Callable[[Any], str]]  # by their names; an empty one is left out


class Page(NamedTuple):
    """A page of the site: its heading, its place, and what a reader is told first."""

    name: str
    title: str
    words: str


PAGES = (
    Page(
        "activations",
        "Activation functions",
        "What a neuron makes of its weighted sum z. a is the activation, σ the sigmoid function, Φ "
        "and φ the normal distribution and its density; λ and α are selu's two constants. In the "
        "pictures the function is solid and its derivative dashed.",
    ),
    Page(
        "losses",
        "Losses",
        "What a prediction p costs where y was wanted, of one example; Σ is over its outputs. The "
        "cost is the mean over the examples. Delta is the derivative by the output's weighted sum "
        "where the output has the activation function named beside it.",
    ),
    Page(
        "descent",
        "Going down",
        "How a step uses the gradient g to change the parameters p. η is the learning rate; a hat "
        "means that a running mean is divided by what the first steps lack.",
    ),
    Page(
        "first-weights",
        "First weights",
        "How weights are drawn before anything is learnt. n_in is the number of neurons that lead "
        "to a neuron, n_out that of its layer; N is normal, U uniform.",
    ),
    Page(
        "restraint",
        "Restraint",
        "What keeps weights, sums and gradients within bounds, and a network from learning its "
        "examples by heart.",
    ),
    Page(
        "metrics",
        "Metrics",
        "What a prediction p is judged by where y is right: TP, FP and FN count the right and the "
        "wrong finds of a class, and what was missed of it. ȳ is the mean.",
    ),
    Page(
        "historical",
        "Before gradient descent",
        "The rules by which networks learnt and settled before; `pellucid.equations.historical`.",
    ),
)


def pages(site: Path) -> dict[str, str]:
    """Return all pages by their places on the site; draw their pictures into its folder."""
    parts = {
        "activations": [_activations(site)],
        "losses": [entries(LOSSES, _LOSS)],
        "descent": [
            "## Optimizers\n\n" + entries(OPTIMIZERS, _OPTIMIZER, "###"),
            "## Solvers\n\nThey see all examples at each step.\n\n"
            + entries(SOLVERS, _SOLVER, "###"),
            "## Schedules\n\nHow the learning rate, or any other number of an optimizer, changes "
            "with the step t; T is the number of steps it takes.\n",
            curves.schedules(site / "drawn"),
            entries(SCHEDULES, _SCHEDULE, "###"),
        ],
        "first-weights": [entries(INITIALS, _INITIAL)],
        "restraint": [
            "## Penalties\n\n" + entries(PENALTIES, _PENALTY, "###"),
            "## Normalization\n\n"
            + entries({name: row for name, row in NORMS.items() if row}, _NORM, "###"),
            *(f"## {title}\n\n{functions(module)}" for title, module in _MODULES.items()),
        ],
        "metrics": [entries(METRICS, _METRIC)],
        "historical": [functions(historical).replace("###", "##")],
    }
    made = {
        f"equations/{page.name}.md": "\n".join(
            [f"# {page.title}\n\n{page.words}\n", *parts[page.name]]
        )
        for page in PAGES
    }
    return {"equations/index.md": _index()} | made


def entries(rows: Mapping[str, Any], facts: Facts, level: str = "##") -> str:
    """Return an entry for each row: its name as a heading, then what there is to know of it."""
    return "\n".join(f"{level} {name}\n\n{_listed(row, facts)}" for name, row in rows.items())


def functions(module: ModuleType) -> str:
    """Return an entry for each function, with the equation that its docstring begins with."""
    found = {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    in_order = sorted(found, key=lambda name: found[name].__code__.co_firstlineno)
    return entries({name: found[name] for name in in_order}, _FUNCTION, "###")


def _listed(row: Any, facts: Facts) -> str:
    lines = [f":{label}: {text}\n" for label, fact in facts.items() if (text := fact(row))]
    return "".join(lines)


def formula(text: str) -> str:
    """Return a formula as it may stand in a table."""
    return "" if text in ("", "—") else "[" + _escaped(text) + "]{.formula}"


def said(function: Callable[..., Any] | None) -> str:
    """Return the first sentence of a docstring, which in equations/ is the equation."""
    first = (inspect.getdoc(function) or "").partition("\n\n")[0]
    return formula(" ".join(first.split()).removesuffix("."))


def references(function: Callable[..., Any]) -> str:
    """Return what a docstring has under References."""
    _, _, after = (inspect.getdoc(function) or "").partition("References\n----------\n")
    return _escaped(" ".join(after.partition("\n\n")[0].split()))


def _escaped(text: str) -> str:
    for character in "\\|*_<[]{}~$`":
        text = text.replace(character, f"\\{character}")
    return text


def _numbers(row: Any) -> str:
    """Return the numbers of a row, and what they are where that is known beforehand."""
    defaults = {item.name: item.default for item in fields(row.numbers)}
    shown = [n if value in (MISSING, None) else f"{n}={value:g}" for n, value in defaults.items()]
    return ", ".join(f"`{text}`" for text in shown)


def _normed(row: Any) -> str:
    """Return the equation of a normalization's backward pass, which stands below its summary."""
    return formula((inspect.getdoc(row.backward) or "").split("\n\n")[1].strip().removesuffix("."))


def _source(row: Any) -> str:
    return "" if row.source == "—" else _escaped(row.source)


_FUNCTION: Facts = {"equation": said, "source": references}
_ACTIVATION: Facts = {
    "a": lambda row: formula(row.formula),
    "a′": lambda row: formula(row.derivative) or "none to learn by",
    "first weights": lambda row: f"`{row.initial}`, where none are named",
    "source": _source,
}
_LOSS: Facts = {
    "loss": lambda row: formula(row.formula),
    "derivative": lambda row: said(row.dP),
    "delta": lambda row: said(row.delta) if row.delta is not row.dP else "",
    "goes with": lambda row: f"`{row.link}` outputs" + (" only" if row.needs_link else ""),
    "numbers": lambda row: ", ".join(f"{number:g}" for number in row.numbers),
    "source": _source,
}
_OPTIMIZER: Facts = {
    "step": lambda row: formula(row.formula),
    "numbers": _numbers,
    "memory": lambda row: ", ".join(row.slots),
    "source": _source,
}
_SOLVER: Facts = {
    "step": lambda row: formula(row.formula),
    "numbers": _numbers,
    "losses": lambda row: ", ".join(f"`{name}`" for name in row.losses or ()) or "any",
    "source": _source,
}
_SCHEDULE: Facts = {
    "value at step t": lambda row: formula(row.formula),
    "numbers": _numbers,
    "source": _source,
}
_INITIAL: Facts = {"drawn from": lambda row: formula(row.formula), "source": _source}
_PENALTY: Facts = {
    "added to the cost": lambda row: formula(row.formula),
    "derivative, without λ": lambda row: said(row.gradient),
    "source": _source,
}
_NORM: Facts = {
    "formula": lambda row: formula(row.formula),
    "derivative": _normed,
    "source": _source,
}
_METRIC: Facts = {
    "formula": lambda row: formula(row.formula),
    "better": lambda row: row.better,
    "source": _source,
}
_MODULES = {
    "Limits": constraints,
    "Dropout": dropout,
    "Noise": noise,
    "The average of the weights": average,
}


def _activations(site: Path) -> str:
    """Return entries with a picture each, which stands beside them where there is room."""
    return "\n".join(
        f"## {name}\n\n`````{{container}} beside\n{curves.activation(name, site / 'drawn')}\n"
        f"{_listed(row, _ACTIVATION)}`````\n"
        for name, row in ACTIVATIONS.items()
    )


def _index() -> str:
    names = "\n".join(page.name for page in PAGES)
    return (
        "# Equations\n\nAll the mathematics of Pellucid, as it stands in `pellucid.equations`: "
        "these pages are made from the very tables that training uses, each row with its "
        "source.\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n\n## Symbols\n\n{_symbols()}\n"
        f"## Through a layer and back\n\n{functions(affine)}\n"
        f"## Normalization, and back\n\n{functions(normalization)}"
    )


def _symbols() -> str:
    """Return what the package says of its symbols, where it says so first."""
    from pellucid import equations

    text = inspect.getdoc(equations) or ""
    return (
        "\n\n".join(
            f"```text\n{inspect.cleandoc(part)}\n```" if part.startswith("    ") else part
            for part in text.split("\n\n")[1:3]
        )
        + "\n"
    )
