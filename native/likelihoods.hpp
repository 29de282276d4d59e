// Losses that are minus the logarithm of a probability: equations/likelihoods.py again.
#pragma once

#include <cmath>

#include "kernels.hpp"
#include "logarithms.hpp"
#include "loops.hpp"

namespace pellucid::PELLUCID_SET {

// From z, so that a certain p costs no infinity by rounding.
template <class T>
void binary_cross_entropy(const T* Z, const T*, const T* Y, Size rows, Size units, Numbers,
                          T* losses) {
  sum_rows(rows, units, losses, [=](Size i) {
    return (Z[i] > 0 ? Z[i] : 0) - Z[i] * Y[i] + excess_of(Z[i]);
  });
}

template <class T>
void binary_cross_entropy_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  PELLUCID_EACH(i, rows * units) dP[i] = -Y[i] / P[i] + (1 - Y[i]) / (1 - P[i]);
}

// log p = z − log Σ eᶻ is taken from the weighted sums, not from p. Of the largest p, which is far
// from 0, the logarithm is right: it is that of the largest z less log Σ eᶻ.
template <class T>
void cross_entropy(const T* Z, const T* P, const T* Y, Size rows, Size units, Numbers, T* losses) {
  for (Size i = 0; i < rows; ++i) losses[i] = largest_of(P + i * units, units);
  PELLUCID_EACH(i, rows) losses[i] = log_of(losses[i]);
  for (Size i = 0; i < rows; ++i, Z += units, Y += units) {
    const T largest = largest_of(Z, units), log_p = losses[i];
    losses[i] = -sum_of(units, [=](Size j) { return Y[j] * (Z[j] - largest + log_p); });
  }
}

template <class T>
void cross_entropy_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  PELLUCID_EACH(i, rows * units) dP[i] = -Y[i] / P[i];
}

// Half the deviance of counts, with log p = z and 0 log 0 = 0.
template <class T>
void poisson(const T* Z, const T* P, const T* Y, Size rows, Size units, Numbers, T* losses) {
  sum_rows(rows, units, losses, [=](Size i) {
    return P[i] - Y[i] * Z[i] + Y[i] * log_of(Y[i] > 0 ? Y[i] : T(1)) - Y[i];
  });
}

template <class T>
void poisson_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  PELLUCID_EACH(i, rows * units) dP[i] = 1 - Y[i] / P[i];
}

}  // namespace pellucid::PELLUCID_SET
