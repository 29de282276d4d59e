import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.data.columns import columns_of, read
from pellucid.data.encode import fit_encoding
from pellucid.data.encode_json import from_json, to_json


def encoding_of(frame):
    columns = columns_of(frame)
    return fit_encoding(columns, read(frame, columns))


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
    encoding = encoding_of(frame)
    again = from_json(json.loads(json.dumps(to_json(encoding))))
    assert again == encoding
    read_rows = read(frame, encoding.columns)
    assert again.apply(read_rows).tobytes() == encoding.apply(read_rows).tobytes()


@pytest.mark.parametrize(
    "how",
    [
        "d['extra'] = 1",
        "del d['center']",
        "d['columns'][0]['kind'] = 'magic'",
        "d['columns'][0]['extra'] = 1",
        "d['columns'][0]['name'] = 3",
        "d['columns'][1]['values'] = ['x', 'x']",
        "d['columns'][1]['values'] = 'xy'",
        "d['columns'][1]['values'] = [1, 2]",
        "d['columns'] = None",
        "d['center'] = [0.5]",
        "d['center'] = ['a', 'b']",
        "d['center'][0] = float('nan')",
        "d['spread'][0] = 0",
        "d['spread'][0] = True",
        "d['numbers'][0] = 9",
        "d['numbers'][0] = -1",
        "d['numbers'][0] = 0.0",
        "d['numbers'] = [0, 0]",
        "d['missing'] = [17]",
        "d['categories'][0][0] = 12",
        "d['categories'][0][1] = [0, 5]",
        "d['categories'][0][1] = [0, 0]",
        "d['categories'][0] = [0]",
        "d['categories'] = 5",
    ],
)
def test_other_data_are_refused(how):
    data = json.loads(json.dumps(to_json(encoding_of(FRAME))))
    exec(how, {"d": data})
    with pytest.raises(ValueError):  # noqa: PT011, whatever it says, a file will be called damaged
        from_json(data)


def test_the_frame_above_has_everything():
    data = to_json(encoding_of(FRAME))
    assert data["numbers"]
    assert data["missing"]
    assert data["categories"]
    assert np.isfinite(data["center"]).all()
