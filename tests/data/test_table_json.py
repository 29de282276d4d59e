import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.data.columns import columns_of, read
from pellucid.data.encode import Raw, fit_encoding
from pellucid.data.table_format import TableFormat
from pellucid.data.table_json import scaling_from_json, table_from_json, table_to_json
from pellucid.data.target import Scaling


def table_of(frame):
    columns = columns_of(frame)
    return TableFormat(fit_encoding(columns, read(frame, columns)), ("y", "z"), "numbers")


FRAME = pd.DataFrame(
    {
        "a": [0.1, None, 1 / 3],
        "b": ["x", None, "é"],
        "c": ["2020-01-01", "2020-01-03", None],
        "d": ["yes", "no", "no"],
    }
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | st.floats(-1e300, 1e300), st.none() | st.text(max_size=3)),
        min_size=1,
        max_size=30,
    )
)
def test_every_encoding_comes_back_and_does_the_same_to_the_last_bit(rows):
    frame = pd.DataFrame(rows, columns=["number", "text"])
    table = table_of(frame)
    again = table_from_json(json.loads(json.dumps(table_to_json(table))))
    assert again == table
    rows = read(frame, table.columns)
    assert again.encoding.apply(rows).tobytes() == table.encoding.apply(rows).tobytes()


def test_pixels_and_scalings_come_back_too():
    raw = TableFormat(Raw(columns_of(np.zeros((2, 3)))), ("y",), "classes")
    assert table_from_json(json.loads(json.dumps(table_to_json(raw)))) == raw
    scaling = Scaling((0.1, 1e300), (1 / 3, 5e-324))
    assert scaling_from_json(json.loads(json.dumps(vars(scaling)))) == scaling


@pytest.mark.parametrize(
    "how",
    [
        "d['extra'] = 1",
        "del d['encoding']['center']",
        "d['columns'][0]['kind'] = 'magic'",
        "d['columns'][0]['extra'] = 1",
        "d['columns'][0]['name'] = 3",
        "d['columns'][1]['values'] = ['x', 'x']",
        "d['columns'][1]['values'] = 'xy'",
        "d['columns'][1]['values'] = [1, 2]",
        "d['columns'] = None",
        "d['encoding']['center'] = [0.5]",
        "d['encoding']['center'] = ['a', 'b']",
        "d['encoding']['center'][0] = float('nan')",
        "d['encoding']['spread'][0] = 0",
        "d['encoding']['spread'][0] = True",
        "d['encoding']['numbers'][0] = 9",
        "d['encoding']['numbers'][0] = -1",
        "d['encoding']['numbers'][0] = 0.0",
        "d['encoding']['numbers'] = [0, 0]",
        "d['encoding']['missing'] = [17]",
        "d['encoding']['categories'][0][0] = 12",
        "d['encoding']['categories'][0][1] = [0, 5]",
        "d['encoding']['categories'][0][1] = [0, 0]",
        "d['encoding']['categories'][0] = [0]",
        "d['encoding']['categories'] = 5",
        "d['encoding'] = 5",
        "d['encoding']['extra'] = 1",
        "d['target'] = []",
        "d['target'] = [1]",
        "d['target'] = 'y'",
        "d['task'] = 'magic'",
    ],
)
def test_other_data_are_refused(how):
    data = json.loads(json.dumps(table_to_json(table_of(FRAME))))
    exec(how, {"d": data})
    with pytest.raises(ValueError):  # noqa: PT011, whatever it says, a file will be called damaged
        table_from_json(data)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"center": [1.0]},
        {"center": [1.0], "spread": [0.0]},
        {"center": [1.0], "spread": [1.0, 2.0]},
        {"center": [], "spread": []},
        {"center": [float("inf")], "spread": [1.0]},
    ],
)
def test_other_scalings_are_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011
        scaling_from_json(data)


def test_the_frame_above_has_everything():
    data = table_to_json(table_of(FRAME))["encoding"]
    assert data["numbers"]
    assert data["missing"]
    assert data["categories"]
    assert np.isfinite(data["center"]).all()
