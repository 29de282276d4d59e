"""Options under headings: help that stays readable where a command has many."""

from typing import Any

from typer.core import TyperCommand


class Grouped(TyperCommand):
    """A command whose help lists each option under the heading of its ``rich_help_panel``.

    In plain text, as all help here: it can be piped, and fits 80 columns.
    """

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, in the order of the headings' first appearance."""
        headings: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                own = "Arguments" if param.param_type_name == "argument" else "Options"
                heading = getattr(param, "rich_help_panel", None) or own
                headings.setdefault(heading, []).append(record)
        width = max(len(option) for rows in headings.values() for option, _ in rows)
        for heading, rows in headings.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{option:<{width}}", text) for option, text in rows])
