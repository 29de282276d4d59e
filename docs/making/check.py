"""Look through the finished site: every link leads somewhere, and nothing comes from elsewhere.

Run it with ``python -m docs.making.check FOLDER``; ``make docs`` does so at its end.
"""

import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Links(HTMLParser):
    """What a page links to, what it loads, and its anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.linked: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag refers to."""
        named = {name: value for name, value in attrs if value}
        self.anchors.update(named[name] for name in ("id", "name") if name in named)
        if "href" in named:
            (self.linked if tag == "a" else self.loaded).append(named["href"])
        if "src" in named:
            self.loaded.append(named["src"])
        self.loaded += [part.split()[0] for part in named.get("srcset", "").split(",") if part]


@cache
def read(page: Path) -> Links:
    """Return what is in a page."""
    links = Links()
    links.feed(page.read_text(encoding="utf-8"))
    return links


def problems(folder: Path) -> Iterator[str]:
    """Say of each page which of its links lead nowhere, and what it loads from elsewhere."""
    for page in sorted(folder.rglob("*.html")):
        links, name = read(page), page.relative_to(folder)
        for address in dict.fromkeys(links.loaded):
            if urlsplit(address).scheme not in ("", "data") or address.startswith("//"):
                yield f"{name} loads {address}, which is elsewhere"
        for address in dict.fromkeys([*links.linked, *links.loaded]):
            if not leads(page, address):
                yield f"{name} links to {address}, which is not there"


def leads(page: Path, address: str) -> bool:
    """Whether an address leads to a file, and to an anchor of it if it names one; or elsewhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return True
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        return False
    anchor = unquote(parts.fragment)
    return not anchor or target.suffix != ".html" or anchor in read(target).anchors


def main(folder: str) -> int:
    """Print what is wrong; return 1 if anything is."""
    found = list(problems(Path(folder)))
    print(*found, sep="\n", end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
