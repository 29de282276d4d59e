"""The site is gathered from the pages that people wrote, and from nothing that they forgot."""

import os

from docs.making.executed import blocks
from docs.making.links import HOUSE, OUTSIDE
from docs.making.site import EXECUTED, finished, forget, gathered, source, write


def test_every_page_is_there():
    pages = gathered()
    written = {path.relative_to(HOUSE / "docs").as_posix() for path in HOUSE.glob("docs/**/*.md")}
    assert written | set(OUTSIDE.values()) <= set(pages)
    assert "](/experiments.md)" in pages["benchmarks.md"]


def test_every_page_is_in_a_list_of_contents():
    pages = gathered()
    listed = " ".join(text for name, text in pages.items() if name.endswith("index.md"))
    for name in pages:
        if name != "index.md" and not name.startswith("sources/"):
            stem = name.removesuffix(".md")
            assert f"\n{stem}\n" in listed or f"\n{stem.partition('/')[2]}\n" in listed, name


def test_no_code_stands_on_a_page_without_being_carried_out():
    """What is shown as Python or as commands runs, or is marked as mere text."""
    for name, text in gathered().items():
        if not name.startswith((*EXECUTED, "sources/")):
            assert not list(blocks(text)), f"{name}: list the page in EXECUTED"


def test_code_is_carried_out_where_it_should_be():
    assert "42" in finished("how-to/x.md", "```python\nprint(6 * 7)\n```\n")
    assert "42" not in finished("architecture.md", "```python\nprint(6 * 7)\n```\n")


def test_a_source_is_shown_as_it_is():
    text = source("docs/making/mathml.py")
    assert text.startswith("---\norphan: true\n---\n# docs/making/mathml.py\n\n`````python\n")
    assert (HOUSE / "docs/making/mathml.py").read_text(encoding="utf-8") in text


def test_a_page_that_is_the_same_is_not_written_again(tmp_path):
    path = tmp_path / "folder" / "page.md"
    write(path, "a")
    os.utime(path, (0, 0))
    write(path, "a")
    assert path.stat().st_mtime == 0
    write(path, "b")
    assert path.stat().st_mtime > 0
    assert path.read_text() == "b"


def test_what_is_no_more_is_forgotten(tmp_path):
    kept = ("a.md", "folder/b.md", "api/pellucid.Adam.rst", "examples/index.rst")
    kept += ("examples/neurons/index.rst", "examples/neurons/one_neuron.rst", "drawn/a.png")
    gone = ("c.md", "api/pellucid.nothing.rst", "examples/neurons/no_neuron.rst")
    for name in (*kept, *gone):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    forget(tmp_path, {"a.md", "folder/b.md"})
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert left == set(kept)
