"""The small drawing: every unit and weight that it shows, in its place, and names as they are."""

import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

import pellucid as pel
from pellucid.views.sketch import COLOURS, MOST, RADIUS, described, network_svg

SVG = "{http://www.w3.org/2000/svg}"


def read(network, *names):
    return ElementTree.fromstring(network_svg(network, *names))


def texts(svg):
    return [text.text for text in svg.iter(f"{SVG}text")]


def made(*sizes, activation="tanh"):
    layers = [pel.Dense(size, activation) for size in sizes[1:]]
    return pel.Network(sizes[0], layers, seed=0)


@pytest.mark.parametrize("sizes", [(2, 3, 1), (8, 8), (9, 100, 7, 3), (1, 1)])
def test_units_and_weights_are_drawn_up_to_a_number(sizes):
    svg = read(made(*sizes))
    drawn = [min(size, MOST) for size in sizes]
    assert len(list(svg.iter(f"{SVG}circle"))) == sum(drawn)
    lines = sum(n * m for n, m in zip(drawn, drawn[1:], strict=False))
    assert len(list(svg.iter(f"{SVG}line"))) == lines
    assert texts(svg).count("⋮") == sum(size > MOST for size in sizes)


def test_lines_lead_from_rim_to_rim_by_sign_and_size():
    network = made(2, 2)
    network.weights[1][...] = [[0.5, -2.0], [0.0, 1.0]]
    svg = read(network)
    at = {
        circle.find(f"{SVG}title").text: (float(circle.get("cx")), float(circle.get("cy")))
        for circle in svg.iter(f"{SVG}circle")
    }
    units = [[at["input 0"], at["input 1"]]]
    units.append([at[f"layer 1, unit {j}: bias 0"] for j in (0, 1)])
    wanted = {("positive", 0, 0, 0.25), ("negative", 0, 1, 1.0), ("positive", 1, 1, 0.5)}
    found = set()
    for group in svg.iter(f"{SVG}g"):
        for line in group.iter(f"{SVG}line"):
            start, stop = (
                np.array([float(line.get(f"{axis}{n}")) for axis in "xy"]) for n in (1, 2)
            )
            i, j = (
                int(np.argmin([np.hypot(*(end - place)) for place in layer]))
                for end, layer in zip((start, stop), units, strict=True)
            )
            assert np.hypot(*(start - units[0][i])) == pytest.approx(RADIUS, abs=0.1)
            assert np.hypot(*(stop - units[1][j])) == pytest.approx(RADIUS, abs=0.1)
            share = round((float(line.get("stroke-width")) - 0.4) / 2.2, 2)
            found.add((group.get("class"), i, j, share))
    assert found == wanted
    assert {group.get("stroke") for group in svg.iter(f"{SVG}g")} == {
        plain for plain, _ in COLOURS.values()
    }


def test_layers_are_named_below_each_other():
    layers = [pel.Dense(5, "maxout", pieces=2), pel.Dense(4, norm="batch"), pel.Dense(1)]
    svg = read(pel.Network(3, layers, seed=0))
    wanted = ["3 inputs", "5 units", "maxout", "4 units", "relu", "batch norm", "1 output", "relu"]
    assert texts(svg) == wanted
    title = svg.find(f"{SVG}title").text
    assert title.startswith("3 inputs, 5 maxout, 4 relu, 1 relu: ")
    assert title.endswith(f" {pel.Network(3, layers).parameters.size} parameters")
    assert svg.get("role") == "img"


def test_names_stand_beside_their_units_escaped_and_cut():
    names = ["<b>&\"'", "a name that is far too long", "two\nlines", *"abcdefg"]
    svg = read(made(10, 2), names, ["<yes>", "no"])
    shown = texts(svg)
    assert shown[1:9] == ["<b>&\"'", "a name that is fa…", "two lines", "a", *"defg"]
    assert shown[9:11] == ["<yes>", "no"]
    heights = {text.text: float(text.get("y")) - 4 for text in svg.iter(f"{SVG}text")}
    rows = {circle.find(f"{SVG}title").text: circle for circle in svg.iter(f"{SVG}circle")}
    assert heights["g"] == float(rows["input 9"].get("cy"))
    assert heights["no"] == float(rows["layer 1, unit 1: bias 0"].get("cy"))


@pytest.mark.parametrize("sizes", [(2, 3, 1), (50, 300, 300, 10), (3,) * 15])
def test_everything_is_on_the_sheet(sizes):
    svg = read(made(*sizes, activation="scaled_tanh"), ["a long name, much too long"] * sizes[0])
    wide, high = (float(svg.get(side)) for side in ("width", "height"))
    assert svg.get("viewBox") == f"0 0 {wide:.0f} {high:.0f}"
    for text in svg.iter(f"{SVG}text"):
        x, y, half = float(text.get("x")), float(text.get("y")), 3.1 * len(text.text)
        middle = {"start": x + half, "middle": x, "end": x - half}[text.get("text-anchor")]
        assert half <= middle <= wide - half
        assert 10 <= y <= high
    below = [text for text in svg.iter(f"{SVG}text") if text.text == "scaled_tanh"]
    places = [float(text.get("x")) for text in below]
    assert min(np.diff(places), default=100.0) > 6.2 * len("scaled_tanh")


def test_a_network_in_a_line():
    assert described(made(1, 2, 1).architecture) == "1 input, 2 tanh, 1 tanh: 7 parameters"
    assert described(made(784, 100).architecture).endswith(": 78,500 parameters")


def test_it_needs_no_matplotlib_and_nothing_from_elsewhere():
    svg = network_svg(made(3, 4, 2), ["a", "b", "c"])
    assert "<script" not in svg
    assert svg.count("http") == 1  # the name of SVG itself
    code = "import sys, pellucid.views.sketch; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
