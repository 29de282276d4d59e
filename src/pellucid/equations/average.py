"""The average of the weights: smoother than the weights themselves, which the last steps shake."""

from pellucid.arrays import Array


def average(old: Array, p: Array, t: int, decay: float) -> Array:
    """Old + s (p − old) with s = (1 − d) / (1 − dᵗ).

    After step t, counted from 1, that is the mean of p₁ … p_t with weights dᵗ⁻ⁱ: since s is 1 at
    first, it remembers nothing of the start. What did not change stays the same to the last bit.

    Parameters
    ----------
    old : (n,)
        The average after the step before.
    p : (n,)
        The parameters after this step.
    t : int
    decay : float
        d, 0 ≤ d < 1; about the last 1/(1 − d) steps count.

    References
    ----------
    Polyak and Juditsky 1992; with decay and without the start: Kingma and Ba 2015, §7.2.
    """
    return old + (1 - decay) / (1 - decay**t) * (p - old)
