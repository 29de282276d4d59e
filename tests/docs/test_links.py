"""Links between Markdown files: right in the repository, and right on the site."""

import re
import subprocess
from pathlib import Path

import pytest

from docs.making.links import HOUSE, LINK, PAGES, page_of, rewrite

KEPT = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
    cwd=HOUSE,
    capture_output=True,
    text=True,
    check=True,
).stdout.split()


def without_code(text):
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(path):
    """The anchors of a Markdown file's headings, as code hosts and MyST make them."""
    headings = re.findall(
        r"^#+ (.*)$", without_code(path.read_text(encoding="utf-8")), re.MULTILINE
    )
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading).strip().replace(" ", "-") for heading in plain}


def test_there_are_files_to_look_at():
    assert {"README.md", "CONTRIBUTING.md", "docs/index.md", "docs/start/neuron.md"} <= set(KEPT)


@pytest.mark.parametrize("name", KEPT)
def test_every_relative_link_leads_to_a_file_and_an_anchor_of_it(name):
    path = HOUSE / name
    for _, target, anchor in LINK.findall(without_code(path.read_text(encoding="utf-8"))):
        file = path.parent / target
        assert file.exists(), f"{name} links to {target}"
        if anchor:
            assert anchor[1:] in anchors(file), f"{name} links to {target}{anchor}"


@pytest.mark.parametrize("name", KEPT)
def test_every_anchor_of_the_same_page_is_there(name):
    path = HOUSE / name
    text = without_code(path.read_text(encoding="utf-8"))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors(path)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("README.md", "index.md"),
        ("docs/seeing-inside.md", "seeing-inside.md"),
        ("docs/start/neuron.md", "start/neuron.md"),
        ("experiments/RESULTS.md", "experiments.md"),
        ("examples", "examples/index.rst"),
        ("examples/descent", "examples/descent/index.rst"),
        ("examples/descent/two_minima.py", "examples/descent/two_minima.rst"),
        ("src/pellucid/equations/losses.py", "equations/losses.md"),
        ("src/pellucid/network/passes.py", "sources/src/pellucid/network/passes.py.md"),
    ],
)
def test_the_page_of_a_file(path, page):
    assert (HOUSE / path).exists()
    assert page_of(path) == page


def test_what_pages_stand_for_is_there():
    assert all((HOUSE / path).exists() for path in PAGES)


def test_links_become_those_of_the_site():
    text = (
        "[a](../seeing-inside.md#names), [b](https://example.org/x.md), [c](#here), "
        "![d](../images/tour.svg), [e](../../native/steps.cpp)"
    )
    made, sources = rewrite(text, "docs/start/neuron.md")
    assert made == (
        "[a](/seeing-inside.md#names), [b](https://example.org/x.md), [c](#here), "
        "![d](/images/tour.svg), [e](/sources/native/steps.cpp.md)"
    )
    assert sources == ("native/steps.cpp",)


def test_a_link_to_what_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError, match=r"README\.md links to nowhere\.md"):
        rewrite("[a](nowhere.md)", "README.md")


def test_links_are_found_but_not_what_only_looks_like_them():
    assert [found[1] for found in LINK.findall("[a](b.md) (c.md) [d](#e) [f](mailto:g@h)")] == [
        "b.md"
    ]
    assert Path(page_of("docs/images/tour.svg")) == Path("images/tour.svg")
