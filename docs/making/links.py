"""Links of Markdown files between one another, as the site needs them.

In the repository a link goes to a file, so that it works wherever the files are read. On the site
the same file is a page, mostly under another name.
"""

import re
from pathlib import Path
from typing import NamedTuple

HOUSE = Path(__file__).parents[2]
LINK = re.compile(r"(\]\()(?!\w+:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")
# Markdown files outside of docs/ that are pages of the site.
OUTSIDE = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "experiments/RESULTS.md": "experiments.md",
}
# Files and folders in whose place the site has a page that is made from them.
PAGES = OUTSIDE | {
    "README.md": "index.md",
    "docs/making/contact_sheet.py": "pictures.md",
    "src/pellucid/cli": "command-line.md",
    "src/pellucid/equations": "equations/index.md",
    "src/pellucid/equations/activations.py": "equations/activations.md",
    "src/pellucid/equations/losses.py": "equations/losses.md",
    "src/pellucid/equations/optimizers.py": "equations/descent.md",
    "src/pellucid/equations/schedules.py": "equations/descent.md",
    "src/pellucid/equations/initial.py": "equations/first-weights.md",
    "src/pellucid/equations/metrics.py": "equations/metrics.md",
    "src/pellucid/equations/historical.py": "equations/historical.md",
    "src/pellucid/__init__.py": "api/index.md",
}


class Rewritten(NamedTuple):
    """A text whose links are the site's."""

    text: str
    sources: tuple[str, ...]  # files that are linked to and have no page yet


def page_of(path: str) -> str:
    """Return the page of a file of the repository: from its root, as from that of the site."""
    if path in PAGES:
        return PAGES[path]
    parts = Path(path).parts
    if parts[0] == "examples":
        inside = path.removesuffix(".py") if path.endswith(".py") else f"{path.rstrip('/')}/index"
        return f"{inside}.rst"
    if parts[0] == "docs" and parts[1:2] != ("making",):
        return str(Path(*parts[1:]))
    return f"sources/{path}.md"


def rewrite(text: str, path: str) -> Rewritten:
    """Return the text of the file `path` with its links to files made links to pages.

    Raises
    ------
    FileNotFoundError
        A link to what is not there.
    """
    sources: list[str] = []

    def page(found: re.Match[str]) -> str:
        target = (HOUSE / path).parent.joinpath(found[2]).resolve()
        if not target.exists():
            raise FileNotFoundError(f"{path} links to {found[2]}, which is not there")
        name = target.relative_to(HOUSE).as_posix()
        to = page_of(name)
        if to.startswith("sources/"):
            sources.append(name)
        return f"{found[1]}/{to}{found[3] or ''}"

    return Rewritten(LINK.sub(page, text), tuple(dict.fromkeys(sources)))
