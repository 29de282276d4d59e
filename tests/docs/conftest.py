"""What the comparisons share. torch is imported by a fixture, so that other tests never need it."""

import pytest


@pytest.fixture
def torch():
    """Return torch, with its own default of float32, which other comparisons change."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    torch.manual_seed(0)
    yield torch
    torch.set_default_dtype(before)
