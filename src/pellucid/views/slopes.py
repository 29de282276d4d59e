"""The cost along one parameter, drawn: the curve, tangents, and steps down."""

import re

import numpy as np
from matplotlib.axes import Axes

from pellucid.arrays import Array
from pellucid.errors import DataError
from pellucid.inspection.expressions import latex
from pellucid.inspection.notation import NOTATIONS
from pellucid.inspection.surfaces import CostLine
from pellucid.views.style import Theme
from pellucid.views.surfaces import short

FEW = 8  # steps that are drawn one by one
NOTATION = NOTATIONS["from_zero"]


def of_one(lines: list[CostLine]) -> list[CostLine]:
    """Check that there are lines, all of one parameter."""
    if not lines or len({line.name for line in lines}) > 1:
        found = ", ".join(sorted({line.name for line in lines})) or "none"
        raise DataError(f"line: expected one or more, of the same parameter, got {found}.")
    return lines


def curves(ax: Axes, lines: list[CostLine], colours: Theme) -> None:
    """The cost by the parameter, with room for the points; where curves differ, the last is seen.

    Lines drawn later do not change the limits: a tangent may go far below all costs.
    """
    last = lines[-1]
    differ = any(not np.array_equal(line.costs, last.costs) for line in lines)
    for line in lines[:-1] if differ else []:
        ax.plot(line.values, line.costs, color=colours.faint, linewidth=1.0, zorder=1)
    ax.plot(last.values, last.costs, color=colours.series[0], label="cost", zorder=2)
    ax.set(xlabel=named(last.name), ylabel="cost")
    ends = np.concatenate([last.values, [line.next for line in lines]])
    low, high = _span(ends)
    ax.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    seen = [part for line in lines for part in (line.costs, [line.cost, line.next_cost])]
    low, high = _span(np.concatenate(seen))
    if len(lines) == 1 and low - (high - low) / 2 < last.promised < low:
        low = last.promised
    margin = 0.06 * (high - low) or 1.0
    ax.set_ylim(low - margin, high + margin)


def _span(values: Array) -> tuple[float, float]:
    """The least and the greatest of those that are finite."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)


def step_explained(ax: Axes, line: CostLine, colours: Theme) -> None:
    """One step: along the tangent to what it promises, and from there to what comes."""
    slope = f"tangent, slope {short(line.slope)}"
    ax.plot(line.values, line.tangent, "--", color=colours.ink, linewidth=1.0, label=slope)
    _step(ax, line, colours)
    promise = f"promised by a step with η = {short(line.rate)}: {short(line.promised)}"
    ink, of_step = colours.ink, colours.series[1]
    _point(ax, line.at, line.cost, ink, ink, f"now, cost {short(line.cost)}")
    _point(ax, line.next, line.promised, of_step, colours.paper, promise)
    _point(ax, line.next, line.next_cost, of_step, of_step, f"came: {short(line.next_cost)}")


def steps(ax: Axes, lines: list[CostLine], colours: Theme) -> None:
    """Several steps: of few each one's tangent, where it leads, and its number."""
    at, costs = [line.at for line in lines], [line.cost for line in lines]
    if len(lines) > FEW:
        ax.plot(at, costs, color=colours.ink, linewidth=0.8, zorder=3)
    else:
        reach = 0.1 * np.ptp(ax.get_xlim())
        for k, line in enumerate(lines):
            x = line.at + reach * np.array([-1.0, 1.0])
            tangent = line.cost + line.slope * (x - line.at)
            ax.plot(x, tangent, color=colours.ink, linewidth=1.0, zorder=2)
            _step(ax, line, colours, "steps" if k == 0 else None)
            _number(ax, line, k + 1, colours)
    name = "points of the path" if len(lines) > FEW else "here, with tangents"
    ax.plot(at, costs, "o", color=colours.ink, markersize=5, zorder=4, label=name)


def _step(ax: Axes, line: CostLine, colours: Theme, label: str | None = None) -> None:
    """Along the tangent, and up or down to the curve."""
    way = [line.at, line.next, line.next], [line.cost, line.promised, line.next_cost]
    ax.plot(*way, color=colours.series[1], linewidth=1.5, zorder=3, label=label)


def _point(ax: Axes, x: float, y: float, edge: str, face: str, label: str) -> None:
    ax.plot(
        [x],
        [y],
        "o",
        markeredgecolor=edge,
        markerfacecolor=face,
        zorder=4,
        label=label,
        markersize=7.0,
        markeredgewidth=1.5,
    )


def _number(ax: Axes, line: CostLine, number: int, colours: Theme) -> None:
    """Beside a point, above it, where curves that bend upwards leave room."""
    ax.annotate(
        str(number),
        (line.at, line.cost),
        xytext=(-5 if line.slope > 0 else 5, 3),
        textcoords="offset points",
        ha="right" if line.slope > 0 else "left",
        va="bottom",
        fontsize="small",
        color=colours.ink,
    )


def named(name: str) -> str:
    """weights.0.1[1, 2] as people write it."""
    kind, *numbers = re.findall(r"[a-z]+|[0-9]+", name)
    at = [int(number) for number in numbers]
    if kind == "weights":
        source, layer, origin, to = at
        found = NOTATION.weight(layer, source, origin, to, skips=source != layer - 1)
    elif kind == "bias":
        found = NOTATION.unit("b", *at)
    else:
        return name
    return f"${latex(found)}$"
