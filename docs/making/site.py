"""Gather the pages of the site in build/site, from which Sphinx makes it.

Run it from the repository's root with ``python -m docs.making.site``; ``make docs`` does. Pages of
docs/ and those Markdown files that stand elsewhere are taken over, with their code carried out;
the rest is written here from what the package knows of itself.
"""

import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pellucid as pel
from docs.making import api, command_line, contact_sheet, equations
from docs.making.curves import derivative_graph
from docs.making.executed import blocks, execute
from docs.making.links import HOUSE, OUTSIDE, rewrite

DOCS = HOUSE / "docs"
SITE = HOUSE / "build" / "site"
MERMAID = re.compile(r"^```mermaid\n.*?^```\n", re.MULTILINE | re.DOTALL)
EXECUTED = ("start", "how-to", "migrating.md", "seeing-inside.md", "index.md")


def main() -> None:
    """Write every page."""
    texts = gathered()
    with ProcessPoolExecutor(2, get_context("spawn"), max_tasks_per_child=1) as pool:
        made = dict(zip(texts, pool.map(finished, texts, texts.values()), strict=True))
    made |= equations.pages(SITE) | command_line.pages() | api.pages() | contact_sheet.pages(SITE)
    for path, text in made.items():
        write(SITE / path, text)
    forget(SITE, set(made))
    without = shutil.ignore_patterns("*.py")
    shutil.copytree(DOCS / "images", SITE / "images", ignore=without, dirs_exist_ok=True)


def gathered() -> dict[str, str]:
    """Return the pages that people wrote, their links rewritten, and the sources they link to."""
    texts: dict[str, str] = {}
    sources: set[str] = set()
    for path in (*sorted(DOCS.rglob("*.md")), *(HOUSE / name for name in OUTSIDE)):
        name = path.relative_to(HOUSE).as_posix()
        page = OUTSIDE.get(name, name.removeprefix("docs/"))
        texts[page], linked = rewrite(path.read_text(encoding="utf-8"), name)
        sources.update(linked)
    return texts | {f"sources/{name}.md": source(name) for name in sorted(sources)}


def source(name: str) -> str:
    """Return a page that shows a file of the repository."""
    language = {".py": "python", ".md": "markdown", ".toml": "toml", ".txt": "text"}
    fence = language.get(Path(name).suffix, "text")
    text = (HOUSE / name).read_text(encoding="utf-8")
    return f"---\norphan: true\n---\n# {name}\n\n`````{fence}\n{text}`````\n"


def finished(page: str, text: str) -> str:
    """Draw the graphs of a page, and carry out its code where that is to be done."""
    text = MERMAID.sub(drawn, text)
    if page.startswith(EXECUTED) and any(blocks(text)):
        return execute(text, page.removesuffix(".md"), SITE / "drawn")
    return text


def drawn(found: re.Match[str]) -> str:
    """Return the derivative graph of as many layers as one in Mermaid has: that needs a script."""
    n_layers = max(int(layer) for layer in re.findall(r"\^\((\d+)\)", found[0]))
    return derivative_graph(n_layers, SITE / "drawn")


def write(path: Path, text: str) -> None:
    """Write a page unless it stands there already, so that Sphinx reads what is new."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def forget(site: Path, made: set[str]) -> None:
    """Remove what earlier builds left of pages, public names and examples that are no more."""
    for path in site.rglob("*.md"):
        if path.relative_to(site).as_posix() not in made:
            path.unlink()
    for path in (site / "api").glob("pellucid.*.rst"):
        if path.stem.removeprefix("pellucid.") not in pel.__all__:
            path.unlink()
    for path in (site / "examples").glob("*/*.rst"):
        script = HOUSE / path.relative_to(site).with_suffix(".py")
        if path.stem != "index" and not script.exists():
            path.unlink()


if __name__ == "__main__":
    main()
