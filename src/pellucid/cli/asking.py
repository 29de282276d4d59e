"""What the options of ``pellucid inspect`` say about looks, and which look has a use for which."""

from dataclasses import dataclass

from pellucid.errors import RecipeError


@dataclass(frozen=True)
class Asked:
    """What the options say about looks."""

    row: int | None
    batch_size: int | None
    notation: str
    layout: str
    units: int | None
    terms: int | None
    focus: tuple[str, ...]
    digits: int | None
    method: str
    by: str


def check_used(asked: Asked, chosen: set[str]) -> None:
    """Raise where an option is given that none of the looks asked for has a use for.

    Raises
    ------
    RecipeError
    """
    for name, looks in USED_BY.items():
        if getattr(asked, name) != getattr(NOTHING, name) and not looks & chosen:
            option = {"layout": "format"}.get(name, name).replace("_", "-")
            of = " or ".join(f"--{look}" for look in sorted(looks))
            raise RecipeError(f"{option}: belongs to {of}; leave it out, or add one.")


NOTHING = Asked(
    row=None,
    batch_size=None,
    notation="from_zero",
    layout="text",
    units=None,
    terms=None,
    focus=(),
    digits=None,
    method="integrated_gradients",
    by="gradient",
)
# Which looks have a use for an option.
USED_BY = {
    "row": {"walk", "attribute"},
    "batch_size": {"walk"},
    "notation": {"walk", "matters", "graph", "chain"},
    "layout": {"walk", "dimensions"},
    "units": {"walk"},
    "terms": {"walk"},
    "focus": {"walk"},
    "digits": {"walk"},
    "method": {"attribute"},
    "by": {"matters"},
}
