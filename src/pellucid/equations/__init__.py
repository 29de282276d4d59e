"""All the mathematics of Pellucid: pure functions, each forward beside its backward.

Symbols, once for the whole project (rows are examples):

    X (n, n_in)      inputs                    Y  targets: (n, n_out), or codes (n,)
    W (n_from, n_to) weights of a connection   b (n_to,) biases
    Z (n, n_to)      weighted sums             N  normalized weighted sums
    A (n, n_to)      activations               P = A[L]  the prediction

A leading ``d`` is the derivative of the mean cost: dZ, dA, dW, db. ``delta`` is the derivative
of one example's own loss. Functions that need more than operators take the array namespace
``xp`` (numpy by default; torch works too) and use only: exp, expm1, log, log1p, sqrt, abs, tanh,
where, amax, sum, mean, asarray, matmul; gelu needs erfc, which SciPy has for NumPy.

Nothing here knows of networks, files or time.
"""
