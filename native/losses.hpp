// Losses: equations/losses.py again, row for row. To add one, write its functions and its row.
#pragma once

#include <cmath>

#include "kernels.hpp"

namespace pellucid::PELLUCID_SET {

template <class T>
T half_sse(const T*, const T* P, const T* Y, Size units) {
  T total = 0;
  for (Size j = 0; j < units; ++j) total += (P[j] - Y[j]) * (P[j] - Y[j]);
  return T(0.5) * total;
}

template <class T>
T mse(const T* Z, const T* P, const T* Y, Size units) {
  return half_sse(Z, P, Y, units) * 2 / static_cast<T>(units);
}

template <class T>
void mse_dP(const T* P, const T* Y, T* dP, Size rows, Size units) {
  const T factor = static_cast<T>(2.0 / static_cast<double>(units));
  for (Size i = 0; i < rows * units; ++i) dP[i] = (P[i] - Y[i]) * factor;
}

// From z, so that a certain p costs no infinity by rounding.
template <class T>
T binary_cross_entropy(const T* Z, const T*, const T* Y, Size units) {
  T total = 0;
  for (Size j = 0; j < units; ++j) {
    total += (Z[j] > 0 ? Z[j] : 0) - Z[j] * Y[j] + std::log1p(std::exp(-std::fabs(Z[j])));
  }
  return total;
}

template <class T>
void binary_cross_entropy_dP(const T* P, const T* Y, T* dP, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) dP[i] = -Y[i] / P[i] + (1 - Y[i]) / (1 - P[i]);
}

// log p = z − log Σ eᶻ is taken from the weighted sums, not from p.
template <class T>
T cross_entropy(const T* Z, const T*, const T* Y, Size units) {
  T largest = Z[0], total = 0, loss = 0;
  for (Size j = 1; j < units; ++j) largest = Z[j] > largest ? Z[j] : largest;
  for (Size j = 0; j < units; ++j) total += std::exp(Z[j] - largest);
  const T log_total = std::log(total);
  for (Size j = 0; j < units; ++j) loss += Y[j] * (Z[j] - largest - log_total);
  return -loss;
}

template <class T>
void cross_entropy_dP(const T* P, const T* Y, T* dP, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) dP[i] = -Y[i] / P[i];
}

// p − y: the derivative of half the squares, and what is left when a cross-entropy meets its link.
template <class T>
void difference(const T* P, const T* Y, T* dZ, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) dZ[i] = P[i] - Y[i];
}

template <class T>
constexpr Loss<T> LOSSES[] = {
    {"half_sse", "identity", half_sse<T>, difference<T>, difference<T>},
    {"mse", "identity", mse<T>, mse_dP<T>, mse_dP<T>},
    {"binary_cross_entropy", "sigmoid", binary_cross_entropy<T>, binary_cross_entropy_dP<T>,
     difference<T>},
    {"cross_entropy", "softmax", cross_entropy<T>, cross_entropy_dP<T>, difference<T>},
};

}  // namespace pellucid::PELLUCID_SET
