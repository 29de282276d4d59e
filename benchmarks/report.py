"""What was measured, as Markdown, and its place in a page that people wrote the rest of."""

import importlib.metadata
import re
from pathlib import Path

from benchmarks.configurations import OURS, PEERS, YARDSTICK
from benchmarks.memory import CASE, Grown
from benchmarks.timing import Measured, spread
from pellucid.engines.select import engines
from pellucid.files import write_atomically

LIBRARIES = ("numpy", "scikit-learn", "torch", "jax", "onnxruntime")
COLUMNS = [peer for peer in PEERS if peer not in (OURS, YARDSTICK)]
SHORT = " †"  # marks what is below its aim


def write(page: Path, text: str, mark: str = "bench") -> None:
    """Put `text` between the markers of a page; the rest of it stays as it is."""
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    old = page.read_text(encoding="utf-8")
    marked = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    if len(marked.findall(old)) != 1:
        raise ValueError(f"{page} needs {begin} and {end} once, in this order.")
    new = marked.sub(lambda _: f"{begin}\n{text.strip()}\n{end}", old)
    write_atomically(page, new.encode())


def heading(rounds: int) -> str:
    """Say what the numbers are and with what they were measured."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return f"""\
Pellucid's column is µs a step, of predictions µs a call; those of its peers say how many times as
long they took: medians of {rounds} rounds in turn, least and greatest in brackets. † marks what is
below the aim in `benchmarks/cases.py`. *Share* is Pellucid's rate in its matrix products as a part
of that of OpenBLAS (through NumPy) at n = 4096, measured in the same rounds.

{versions}; native engine with {engines()["native"].split(", ")[0]}.
"""


def times(table: list[Measured]) -> str:
    """Return the table of ratios for a number of threads, and that of the ways taken."""
    n = table[0].threads
    titles = ["network, batch", "", "Pellucid µs", *(PEERS[p].title for p in COLUMNS), "share"]
    rows = [_head(m) + [_median(m.microseconds[OURS])] + _ratios(m) + [_share(m)] for m in table]
    ways = [_head(m) + [str(m.chosen.get(peer, "–")) for peer in COLUMNS] for m in table]
    return "\n".join(
        [
            f"### {'One thread, all on the same core' if n == 1 else f'At most {n} threads'}\n",
            _markdown(titles, rows),
            "The best way of each peer, found before; that is what was measured:\n",
            _markdown([*titles[:2], *titles[3:-1]], ways),
            _starting(table),
        ]
    )


def memory(found: list[Grown]) -> str:
    """Return the table of what training needs beyond the data."""
    if not found:
        return ""
    sizes = list(found[0].megabytes)
    rows = [[g.title, *(f"{g.megabytes[n]:.1f}" for n in sizes)] for g in found]
    table = _markdown(["MB", *(f"{n:,} examples" for n in sizes)], rows)
    return f"""\
### Memory

By how much the process of each grew at most while it trained {CASE.network} in batches of
{CASE.batch}, beyond the library and the data. Pellucid holds the data as uint8, the others as
float32, which is four times as much; JAX copies them to where it calculates.

{table}"""


def in_a_line(m: Measured) -> str:
    """Return a case for the terminal, with the aims it misses."""
    cells = zip(COLUMNS, _ratios(m), strict=True)
    parts = [f"{PEERS[p].title} {cell}{_aim(m, p)}" for p, cell in cells if p in m.chosen]
    if m.case.share:
        parts.append(f"share {_share(m)} of {m.case.share:g}")
    return f"  Pellucid {_median(m.microseconds[OURS])} µs; " + "; ".join(parts)


def _aim(m: Measured, peer: str) -> str:
    return f" of {m.case.aims[peer]:g}" if peer in m.case.aims else ""


def _head(m: Measured) -> list[str]:
    case = m.case
    batch = f"{case.batch:,} row{'s' if case.batch > 1 else ''}" if not case.trains else case.batch
    kind = case.data if not case.trains else f"{case.optimizer}, {case.data}"
    return [f"{case.network}, {batch}", kind.replace("mnist", "MNIST")]


def _ratios(m: Measured) -> list[str]:
    return [
        _ranged(m.ratios(peer), m.case.aims.get(peer, 0.0)) if peer in m.chosen else "–"
        for peer in COLUMNS
    ]


def _share(m: Measured) -> str:
    return _ranged(m.shares(), m.case.share) if m.case.share else "–"


def _ranged(numbers: list[float], aim: float) -> str:
    median, least, most = spread(numbers)
    return f"{median:.3g} ({least:.3g} to {most:.3g}){SHORT if median < aim else ''}"


def _median(numbers: list[float]) -> str:
    return f"{spread(numbers)[0]:.3g}" if numbers[0] < 1000 else f"{spread(numbers)[0]:.0f}"


def _starting(table: list[Measured]) -> str:
    """Say how much longer the first stretch took, where something is compiled."""
    parts = []
    for peer in ("compiled", "jax"):
        seconds = [m.first[peer] for m in table if m.first.get(peer)]
        if seconds:
            parts.append(f"{PEERS[peer].title} {min(seconds):.1f} to {max(seconds):.1f} s")
    return f"Compiling, which is not in the table: {', '.join(parts)}.\n" if parts else ""


def _markdown(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
