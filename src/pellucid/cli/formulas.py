"""``pellucid formulas``: what every name stands for, with its formula and its source."""

from dataclasses import MISSING, fields, is_dataclass
from textwrap import wrap
from typing import Annotated, Any

import typer

from pellucid.cli.console import say, say_json

Entries = dict[str, Any]  # of a row: formula, source, and what else there is to know


def formulas(
    names: Annotated[
        list[str] | None, typer.Argument(help="Tables such as losses, or names such as adam.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what the names of losses, optimizers and the like stand for.

    Without names, list what there is.

    Example: pellucid formulas losses adam
    """
    tables = _tables()
    chosen = tables if not names else _chosen(tables, names)
    if as_json:
        say_json(chosen)
    elif names:
        for i, (table, rows) in enumerate(chosen.items()):
            say(f"\n{table}" if i else table)
            _show_rows(rows)
    else:
        for table, rows in tables.items():
            _show_wrapped(f"  {table:<15}", ", ".join(rows))


def _tables() -> dict[str, dict[str, Entries]]:
    """Every table of rows by its name."""
    from pellucid.equations.activations import ACTIVATIONS
    from pellucid.equations.initial import INITIALS
    from pellucid.equations.losses import LOSSES
    from pellucid.equations.metrics import METRICS
    from pellucid.equations.normalization import NORMS
    from pellucid.equations.optimizers import OPTIMIZERS
    from pellucid.equations.penalties import PENALTIES
    from pellucid.equations.schedules import SCHEDULES
    from pellucid.equations.solvers import SOLVERS

    tables: dict[str, Any] = {
        "activations": ACTIVATIONS,
        "losses": LOSSES,
        "optimizers": OPTIMIZERS,
        "solvers": SOLVERS,
        "schedules": SCHEDULES,
        "initials": INITIALS,
        "norms": {name: row for name, row in NORMS.items() if row is not None},
        "penalties": PENALTIES,
        "metrics": METRICS,
    }
    return {
        table: {name: _entries(row) for name, row in rows.items()} for table, rows in tables.items()
    }


def _entries(row: Any) -> Entries:
    """What a row says of itself: each table has other columns beside formula and source."""
    entries: Entries = {"formula": row.formula}
    for column in ("derivative", "link", "better", "initial", "size", "losses"):
        if getattr(row, column, None) is not None:
            entries[column] = getattr(row, column)
    numbers = getattr(row, "numbers", ())
    if is_dataclass(numbers):
        defaults = {item.name: item.default for item in fields(numbers)}
        entries["numbers"] = {k: None if v is MISSING else v for k, v in defaults.items()}
    elif numbers:
        entries["numbers"] = list(numbers)
    return entries | {"source": row.source}


def _chosen(
    tables: dict[str, dict[str, Entries]], names: list[str]
) -> dict[str, dict[str, Entries]]:
    """Whole tables, and of the others the rows that are named; a name may be in several."""
    from pellucid.errors import RecipeError

    names = [name.partition(":")[0] for name in names]  # as huber:1.5 is written elsewhere
    known = set(tables).union(*tables.values())
    unknown = [name for name in names if name not in known]
    if unknown:
        raise RecipeError(
            f"formulas: {unknown[0]!r} is not known. Expected any of {', '.join(tables)}, or a "
            "name in them; `pellucid formulas` lists all."
        )
    chosen = {
        table: {name: row for name, row in rows.items() if table in names or name in names}
        for table, rows in tables.items()
    }
    return {table: rows for table, rows in chosen.items() if rows}


def _show_rows(rows: dict[str, Entries]) -> None:
    width = max(map(len, rows))
    for name, entries in rows.items():
        label = f"  {name:<{width}}  "
        for column, value in entries.items():
            said = "" if column in ("formula", "source") else f"{column}: "
            _show_wrapped(label, said + _text(value))
            label = " " * len(label)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(k if v is None else f"{k} {v:g}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _show_wrapped(label: str, text: str) -> None:
    """Write `text` beside `label`, in as many lines as it takes."""
    for line in wrap(text, 79 - len(label)):
        say(label + line)
        label = " " * len(label)
