"""Whether a picture was given what it draws."""

from pellucid.errors import DataError


def expect(name: str, value: object, kind: type, maker: str) -> None:
    """Raise where an argument is not of its kind, and say what makes one.

    Raises
    ------
    DataError
    """
    if not isinstance(value, kind):
        raise DataError(
            f"{name}: expected {_article(kind.__name__)}, as {maker} returns it, "
            f"got {_article(type(value).__name__)}."
        )


def _article(noun: str) -> str:
    return f"an {noun}" if noun[:1].upper() in "AEIOU" else f"a {noun}"
