"""Dates that are written as texts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pellucid.data.cells import EPOCH, seconds_of

ISO = "ISO 8601"
# Beside ISO 8601, with or without a time of day. Where days and months could be taken for each
# other, no form fits alone, and the texts stay texts.
DAYS = ("%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y")
TIMES = ("", " %H:%M", " %H:%M:%S")
LONGEST = 40  # characters of a date
DAY = 86400  # seconds


def form_of(texts: Sequence[str]) -> str | None:
    """Return the one form in which all of these texts are dates; None where there is none.

    Examples
    --------
    >>> form_of(["2024-02-29", "2024-03-01T12:30"])
    'ISO 8601'
    >>> form_of(["01/02/2024", "03/04/2024"])  # of which year's February, or January?
    >>> form_of(["01/02/2024", "03/14/2024"])
    '%m/%d/%Y'
    """
    if not texts or not all(_may_be(text) for text in texts):
        return None
    forms = (ISO, *(day + time for day in DAYS for time in TIMES))
    fitting = [form for form in forms if all(moment(text, form) is not None for text in texts)]
    return fitting[0] if len(fitting) == 1 else None


def moment(text: str, form: str) -> float | None:
    """Return the seconds from 1970 to the date that a text says; None where it is no such date."""
    try:
        if form == ISO:
            return seconds_of(datetime.fromisoformat(text))
        return seconds_of(datetime.strptime(text, form))
    except ValueError:
        return None


def said(seconds: float) -> str:
    """Return a moment, in seconds from 1970, as people write it."""
    try:
        date = EPOCH + timedelta(seconds=seconds)
    except OverflowError:  # beyond the year 9999
        return f"{seconds:.6g} s"
    return date.date().isoformat() if seconds % DAY == 0 else date.isoformat(sep=" ")


def _may_be(text: str) -> bool:
    """A look that costs little: a digit first, a separator, and ISO's without one are numbers."""
    return 8 <= len(text) <= LONGEST and text[0].isdigit() and any(c in text for c in "-/.")
