"""``pellucid tour``: the first minutes with Pellucid."""


def tour() -> None:
    """Watch a network learn to read handwritten digits.

    Example: pellucid tour
    """
    from pellucid.cli.first_minutes import first_minutes

    first_minutes()
