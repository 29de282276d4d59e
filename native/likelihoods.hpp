// Losses that are minus the logarithm of a probability: equations/likelihoods.py again.
#pragma once

#include <cmath>

#include "kernels.hpp"

namespace pellucid::PELLUCID_SET {

// From z, so that a certain p costs no infinity by rounding.
template <class T>
T binary_cross_entropy(const T* Z, const T*, const T* Y, Size units, Numbers) {
  T total = 0;
  for (Size j = 0; j < units; ++j) {
    total += (Z[j] > 0 ? Z[j] : 0) - Z[j] * Y[j] + std::log1p(std::exp(-std::fabs(Z[j])));
  }
  return total;
}

template <class T>
void binary_cross_entropy_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  for (Size i = 0; i < rows * units; ++i) dP[i] = -Y[i] / P[i] + (1 - Y[i]) / (1 - P[i]);
}

// log p = z − log Σ eᶻ is taken from the weighted sums, not from p.
template <class T>
T cross_entropy(const T* Z, const T*, const T* Y, Size units, Numbers) {
  T largest = Z[0], total = 0, loss = 0;
  for (Size j = 1; j < units; ++j) largest = Z[j] > largest ? Z[j] : largest;
  for (Size j = 0; j < units; ++j) total += std::exp(Z[j] - largest);
  const T log_total = std::log(total);
  for (Size j = 0; j < units; ++j) loss += Y[j] * (Z[j] - largest - log_total);
  return -loss;
}

template <class T>
void cross_entropy_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  for (Size i = 0; i < rows * units; ++i) dP[i] = -Y[i] / P[i];
}

// Half the deviance of counts, with log p = z and 0 log 0 = 0.
template <class T>
T poisson(const T* Z, const T* P, const T* Y, Size units, Numbers) {
  T total = 0;
  for (Size j = 0; j < units; ++j) {
    total += P[j] - Y[j] * Z[j] + Y[j] * std::log(Y[j] > 0 ? Y[j] : T(1)) - Y[j];
  }
  return total;
}

template <class T>
void poisson_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  for (Size i = 0; i < rows * units; ++i) dP[i] = 1 - Y[i] / P[i];
}

}  // namespace pellucid::PELLUCID_SET
