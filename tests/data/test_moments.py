import numpy as np
import pytest

from pellucid.data.moments import moments
from pellucid.data.stored import stored_rows


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_moments_of_files_are_those_of_the_same_rows_in_memory(tmp_path, monkeypatch, dtype):
    """Also far from 0, and of columns that are the same throughout."""
    monkeypatch.setattr("pellucid.rows.BLOCK", 500)
    X = np.random.default_rng(0).normal(100, 20, size=(1000, 4)).astype(dtype)
    X[:, 1] = 0.1 * np.ones(1000)
    np.save(tmp_path / "X.npy", X)
    rows = stored_rows(tmp_path / "X.npy")
    assert len(list(rows.blocks())) > 5
    found, wanted = moments(rows), moments(X)
    np.testing.assert_allclose(wanted.mean, X.astype(np.float64).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.mean, wanted.mean, rtol=1e-12)
    np.testing.assert_allclose(found.deviation, wanted.deviation, rtol=1e-9, atol=1e-12)
    assert found.varied.tolist() == wanted.varied.tolist() == [True, False, True, True]
