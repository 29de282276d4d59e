"""From files to arrays: named data sets, IDX, .npz, pictures, and parts set aside for tests.

``load_data`` (sources.py) turns a name or a path into a ``Dataset`` (dataset.py). Whatever comes
from a file is checked before memory is taken for it. What arrays mean to a network is not decided
here, but in ``plan/``.
"""
