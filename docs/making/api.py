"""The page that lists all public names, by stage, each with a page made from its docstring."""

from itertools import groupby

import pellucid as pel

# The heading under which a stage's names stand; neighbours may share one.
STAGES = {
    "model": "Networks and models",
    "network": "Networks and models",
    "export": "Networks and models",
    "training": "Training",
    "plan": "Training",
    "equations": "Optimizers, schedules, metrics",
    "data": "Data",
    "arrays": "Data",
    "inspection": "Seeing inside",
    "views": "Pictures",
    "estimators": "Estimators",
    "errors": "Errors",
}
HEAD = """\
# Python

Every public name, by stage. `import pellucid as pel`; what is below is then `pel.NAME`. Rows are
examples everywhere, and layer 0 is the input.

```{eval-rst}
.. currentmodule:: pellucid
```
"""
TABLE = """
## {heading}

```{{eval-rst}}
.. autosummary::
   :toctree:
   :nosignatures:

{names}
```
"""


def heading_of(name: str) -> str:
    """Return the heading of the room in which a public name lives."""
    return STAGES[getattr(pel, name).__module__.split(".")[1]]


def pages() -> dict[str, str]:
    """Return the list of all names; their own pages Sphinx makes."""
    order = list(STAGES.values())
    names = sorted(pel.__all__, key=lambda name: (order.index(heading_of(name)), name.lower()))
    tables = [
        TABLE.format(heading=heading, names="\n".join(f"   {name}" for name in group))
        for heading, group in groupby(names, heading_of)
    ]
    return {"api/index.md": "".join([HEAD, *tables])}
