"""How a walk is laid out: as plain text, Markdown, a LaTeX document, an HTML page."""

import html
import re
from collections.abc import Callable, Sequence
from textwrap import wrap

from pellucid.inspection.expressions import FORMATS, as_html, plain
from pellucid.inspection.lines import Line, Section

WIDTH = 110  # columns of plain text

Layout = Callable[[str, str, Sequence[Section]], str]


def text(title: str, stated: str, sections: Sequence[Section]) -> str:
    """Return plain text, at most WIDTH columns wide."""
    lines = [*wrap(f"{title}. {plain(stated)}", WIDTH)]
    for section in sections:
        said = "; ".join(filter(None, (plain(section.about), plain(section.rule))))
        head = section.title + (f". {said}" if said else "")
        lines += wrap(head, WIDTH, subsequent_indent="  ")
        for line in section.lines:
            lines += _packed(line)
    return "\n".join(lines)


def _packed(line: Line) -> list[str]:
    """The statements of a line beside each other while there is room, none broken without need."""
    rows, room = [""], WIDTH - 4
    for said in _said(line, plain).split("; "):
        longer = f"{rows[-1]}; {said}" if rows[-1] else said
        if len(longer) <= room or not rows[-1]:
            rows[-1] = longer
        else:
            rows.append(said)
    wrapped = [wrap(row, room, subsequent_indent="    ") for row in rows]
    return [f"{'  ' if n == 0 else '    '}{part}" for n, row in enumerate(wrapped) for part in row]


def markdown(title: str, stated: str, sections: Sequence[Section]) -> str:
    """Return Markdown with formulas between dollars."""
    parts = [f"# {title}", _prose(stated, FORMATS["markdown"])]
    for section in sections:
        parts.append(f"## {section.title}")
        parts += _head(section, FORMATS["markdown"])
        parts.append("\n".join(f"- {_said(line, FORMATS['markdown'])}" for line in section.lines))
    return "\n\n".join(parts) + "\n"


def latex(title: str, stated: str, sections: Sequence[Section]) -> str:
    """Return a document for LaTeX; formulas are set in the line, so that long ones break."""
    parts = [
        r"\documentclass{article}",
        r"\usepackage{amsmath}",
        r"\usepackage[margin=2cm]{geometry}",
        r"\setlength{\parindent}{0pt}\raggedright",
        r"\begin{document}",
        rf"\section*{{{_escaped(title)}}}",
        _prose(stated, FORMATS["latex"], _escaped),
    ]
    for section in sections:
        parts.append(rf"\subsection*{{{_escaped(section.title)}}}")
        parts += [f"{said}\\par" for said in _head(section, FORMATS["latex"], _escaped)]
        parts += [_said(line, FORMATS["latex"], _escaped) + r"\par" for line in section.lines]
    return "\n".join([*parts, r"\end{document}"]) + "\n"


def html_body(title: str, stated: str, sections: Sequence[Section]) -> str:
    """Return a piece of HTML, as notebooks take it."""
    parts = [f"<h2>{html.escape(title)}</h2>", f"<p>{as_html(stated)}</p>"]
    for section in sections:
        parts.append(f"<h3>{html.escape(section.title)}</h3>")
        parts += [f"<p>{said}</p>" for said in _head(section, as_html, html.escape)]
        items = "".join(f"<li>{_said(line, as_html, html.escape)}</li>" for line in section.lines)
        parts.append(f"<ul>{items}</ul>")
    return f'<div class="pellucid-walk">{"".join(parts)}</div>'


def html_page(title: str, stated: str, sections: Sequence[Section]) -> str:
    """Return a whole page that needs nothing else."""
    style = (
        ":root{color-scheme:light dark}"
        "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        "ul{padding-left:1rem;list-style:none}li{margin:.2rem 0}h3{margin:1.2rem 0 .2rem}"
        "sub,sup{font-size:.75em;line-height:0}p{opacity:.75;margin:.2rem 0}"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
        f"<style>{style}</style></head><body>{html_body(title, stated, sections)}</body></html>\n"
    )


LAYOUTS: dict[str, Layout] = {
    "text": text,
    "markdown": markdown,
    "latex": latex,
    "html": html_page,
}


def _head(
    section: Section, express: Callable[[str], str], prose: Callable[[str], str] = str
) -> list[str]:
    """What is said of a whole section, if anything."""
    about = _prose(section.about, express, prose) if section.about else ""
    said = "; ".join(filter(None, (about, express(section.rule) if section.rule else "")))
    return [said] if said else []


def _said(line: Line, express: Callable[[str], str], prose: Callable[[str], str] = str) -> str:
    """A line's statements; each is a chain of what is equal."""
    statements = (express(" = ".join(statement.parts)) for statement in line.statements)
    remark = f" ({prose(line.remark)})" if line.remark else ""
    return "; ".join(statements) + remark


_FORMULA = re.compile(r"[^\s,;:]*[_^]\{[^}]*\}(?:[_^]\{[^}]*\})*|[^\x00-\x7f]+")


def _prose(text: str, express: Callable[[str], str], escape: Callable[[str], str] = str) -> str:
    """A sentence in which names stand: only these are mathematics."""
    parts, end = [], 0
    for found in _FORMULA.finditer(text):
        parts += [escape(text[end : found.start()]), express(found[0])]
        end = found.end()
    return "".join(parts) + escape(text[end:])


def _escaped(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text)
