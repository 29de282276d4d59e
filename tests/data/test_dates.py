from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.data.dates import DAYS, ISO, TIMES, form_of, moment


@given(st.lists(st.datetimes(datetime(1000, 1, 1), datetime(9999, 1, 1)), min_size=1))
def test_dates_come_back_from_every_form_that_fits(dates):
    for form in [day + time for day in DAYS for time in TIMES]:
        texts = [date.strftime(form) for date in dates]
        seconds = [datetime.strptime(text, form).replace(tzinfo=UTC).timestamp() for text in texts]
        assert [moment(text, form) for text in texts] == seconds
        assert form_of(texts) in (form, None)  # None where days could be months
    assert form_of([date.isoformat() for date in dates]) == ISO


def test_zones_are_counted():
    assert moment("1970-01-01T01:00:00+01:00", ISO) == 0
    assert moment("1970-01-01T00:00:00Z", ISO) == 0


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["01/02/2024", "03/14/2024"], "%m/%d/%Y"),
        (["01/02/2024", "14/03/2024"], "%d/%m/%Y"),
        (["01/02/2024", "03/04/2024"], None),  # of which year's February, or January?
        (["1.2.2024", "14.3.2024"], "%d.%m.%Y"),
        (["2024/01/31 10:30"], "%Y/%m/%d %H:%M"),
        (["2024-01-31", "soon"], None),
        (["20240131"], None),  # a number
        (["2024-13-01"], None),
        (["1" * 5000 + "-1"], None),
        ([], None),
    ],
)
def test_the_form_is_found_where_there_is_one(texts, form):
    assert form_of(texts) == form
