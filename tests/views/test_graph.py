"""The graph drawn is the graph: a box a derivative, an arrow a factor."""

import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

import pellucid as pel
from pellucid.inspection.graph import DerivativeGraph
from pellucid.views.graph import plot_derivative_graph
from pellucid.views.style import THEMES

NETWORKS = {
    "2-2-1": [pel.Dense(2, "sigmoid"), pel.Dense(1, "sigmoid")],
    "four layers": [pel.Dense(3, "tanh") for _ in range(4)],
    "skips": [
        pel.Dense(4),
        pel.Dense(3, inputs=(0, 1)),
        pel.Dense(3, inputs=(1, 2), bias="none"),
        pel.Dense(2, inputs=(3, 0, 1)),
    ],
}


def drawn(ax, kind):
    return [patch for patch in ax.patches if isinstance(patch, kind)]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
def test_a_box_for_each_derivative_and_an_arrow_for_each_factor(layers, theme):
    graph = pel.derivative_graph(pel.Network(2, layers))
    ax = plot_derivative_graph(graph, theme=theme)
    boxes = drawn(ax, FancyBboxPatch)
    assert len(boxes) == len(graph.nodes)
    assert len(drawn(ax, FancyArrowPatch)) == len(graph.edges)
    assert len([text for text in ax.texts if "frac" in text.get_text()]) == len(graph.nodes) + len(
        graph.edges
    )
    framed = [tuple(box.get_edgecolor()[:3]) for box in boxes]
    assert framed.count(to_rgb(THEMES[theme].series[0])) == len(graph.reused)


@pytest.mark.parametrize("notation", ["from_zero", "from_one", "sums", "matrix"])
def test_names_are_fractions_in_each_notation(notation):
    graph = pel.derivative_graph(pel.Network(2, NETWORKS["skips"]), notation)
    ax = plot_derivative_graph(graph)
    ax.figure.draw_without_rendering()  # matplotlib understands the mathematics
    output = {"sums": "O_{M}", "from_one": "a^{(5)}"}.get(notation, "a^{(4)}")
    assert rf"$\frac{{\partial C}}{{\partial {output}}}$" in [t.get_text() for t in ax.texts]


@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("given", [True, False])
def test_nothing_overlaps_and_names_fit_into_their_boxes(layers, given):
    from matplotlib import pyplot as plt

    graph = pel.derivative_graph(pel.Network(2, layers))
    ax = plt.subplots(figsize=(6.4, 4.8), layout="constrained")[1] if given else None
    ax = plot_derivative_graph(graph, ax=ax)
    ax.figure.draw_without_rendering()
    texts = [text.get_window_extent() for text in ax.texts]
    overlaps = [(i, j) for j in range(len(texts)) for i in range(j) if texts[i].overlaps(texts[j])]
    assert overlaps == []
    page = ax.figure.bbox
    assert all(page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 for box in texts)
    for name, box in zip(texts, drawn(ax, FancyBboxPatch), strict=False):
        frame = box.get_window_extent()
        assert frame.x0 < name.x0
        assert name.x1 < frame.x1


def test_from_right_to_left():
    graph = pel.derivative_graph(pel.Network(2, NETWORKS["four layers"]))
    ax = plot_derivative_graph(graph)
    middles = [box.get_bbox().x0 for box in drawn(ax, FancyBboxPatch)]
    along = [x for x, node in zip(middles, graph.nodes, strict=True) if node.kind in "AZ"]
    assert along == sorted(along, reverse=True)


def test_an_empty_graph_is_refused():
    with pytest.raises(pel.DataError, match="expected at least one derivative"):
        plot_derivative_graph(DerivativeGraph((), (), ""))
