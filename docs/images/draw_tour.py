"""Draws tour.svg for the README: what ``pellucid tour`` prints, up to the test accuracy.

Run it from the repository's root with .venv/bin/python docs/images/draw_tour.py
"""

import html
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PELLUCID = Path(sys.executable).with_name("pellucid")
CHARACTER, LINE, MARGIN = 8.4, 17, 20  # in pixels, for a font of 14


def tour() -> list[str]:
    """Return the lines of a tour, progress and results in the order they come."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [PELLUCID, "tour"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
    lines = done.stdout.split("\n")
    end = next(i for i, line in enumerate(lines) if line.startswith("test accuracy"))
    return lines[: end + 1]


def svg(lines: list[str]) -> str:
    """Return the lines as a picture of a terminal."""
    width = 80 * CHARACTER + 2 * MARGIN
    height = len(lines) * LINE + 2 * MARGIN
    rows = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + (i + 0.8) * LINE:.1f}" '
        f'textLength="{len(line) * CHARACTER:.1f}" xml:space="preserve">{html.escape(line)}</text>'
        for i, line in enumerate(lines)
        if line.strip()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}">\n'
        f'<rect width="100%" height="100%" rx="8" fill="#1b1f27"/>\n'
        f'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" '
        f'fill="#d9dee8">\n{rows}\n</g>\n</svg>\n'
    )


if __name__ == "__main__":
    (HERE / "tour.svg").write_text(svg(tour()), encoding="utf-8")
