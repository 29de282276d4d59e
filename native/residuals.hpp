// Losses of the distance between prediction and target: equations/residuals.py again.
#pragma once

#include <cmath>

#include "kernels.hpp"

namespace pellucid::PELLUCID_SET {

// p − y: the derivative of half the squares, and what is left when a cross-entropy meets its link.
template <class T>
void difference(const T* P, const T* Y, T* dZ, Size rows, Size units, Numbers) {
  for (Size i = 0; i < rows * units; ++i) dZ[i] = P[i] - Y[i];
}

template <class T>
T sse(const T*, const T* P, const T* Y, Size units, Numbers) {
  T total = 0;
  for (Size j = 0; j < units; ++j) total += (P[j] - Y[j]) * (P[j] - Y[j]);
  return total;
}

template <class T>
void sse_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  for (Size i = 0; i < rows * units; ++i) dP[i] = 2 * (P[i] - Y[i]);
}

template <class T>
T half_sse(const T* Z, const T* P, const T* Y, Size units, Numbers none) {
  return T(0.5) * sse(Z, P, Y, units, none);
}

template <class T>
T mse(const T* Z, const T* P, const T* Y, Size units, Numbers none) {
  return sse(Z, P, Y, units, none) / static_cast<T>(units);
}

template <class T>
void mse_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  const T factor = static_cast<T>(2.0 / static_cast<double>(units));
  for (Size i = 0; i < rows * units; ++i) dP[i] = (P[i] - Y[i]) * factor;
}

template <class T>
T mae(const T*, const T* P, const T* Y, Size units, Numbers) {
  T total = 0;
  for (Size j = 0; j < units; ++j) total += std::fabs(P[j] - Y[j]);
  return total / static_cast<T>(units);
}

template <class T>
void mae_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  const T one = 1 / static_cast<T>(units);
  for (Size i = 0; i < rows * units; ++i) {
    const T e = P[i] - Y[i];
    dP[i] = e > 0 ? one : e < 0 ? -one : 0 * e;
  }
}

template <class T>
T huber(const T*, const T* P, const T* Y, Size units, Numbers numbers) {
  const T delta = static_cast<T>(numbers.all[0]);
  T total = 0;
  for (Size j = 0; j < units; ++j) {
    const T e = std::fabs(P[j] - Y[j]);
    total += e <= delta ? T(0.5) * e * e : delta * (e - T(0.5) * delta);
  }
  return total / static_cast<T>(units);
}

template <class T>
void huber_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers numbers) {
  const T delta = static_cast<T>(numbers.all[0]), n = static_cast<T>(units);
  for (Size i = 0; i < rows * units; ++i) {
    const T e = P[i] - Y[i];
    dP[i] = (e > delta ? delta : e < -delta ? -delta : e) / n;
  }
}

// The outputs take turns with the levels.
template <class T>
T quantile(const T*, const T* P, const T* Y, Size units, Numbers numbers) {
  T total = 0;
  for (Size j = 0; j < units; ++j) {
    const T e = Y[j] - P[j], q = static_cast<T>(numbers.all[j % numbers.n]);
    total += e >= 0 ? q * e : (q - 1) * e;
  }
  return total / static_cast<T>(units);
}

template <class T>
void quantile_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers numbers) {
  const T n = static_cast<T>(units);
  for (Size i = 0; i < rows; ++i, P += units, Y += units, dP += units) {
    for (Size j = 0; j < units; ++j) {
      const T e = Y[j] - P[j], q = static_cast<T>(numbers.all[j % numbers.n]);
      dP[j] = (e > 0 ? -q : e < 0 ? 1 - q : 0) / n;
    }
  }
}

// max(0, 1 − y p): how far a prediction is from being clearly on its side.
template <class T>
T lacking(T p, T y) {
  const T margin = 1 - y * p;
  return margin > 0 ? margin : 0;
}

template <class T>
T squared_hinge(const T*, const T* P, const T* Y, Size units, Numbers) {
  T total = 0;
  for (Size j = 0; j < units; ++j) total += lacking(P[j], Y[j]) * lacking(P[j], Y[j]);
  return total / static_cast<T>(units);
}

template <class T>
void squared_hinge_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  const T factor = static_cast<T>(-2.0 / static_cast<double>(units));
  for (Size i = 0; i < rows * units; ++i) dP[i] = factor * (Y[i] * lacking(P[i], Y[i]));
}

}  // namespace pellucid::PELLUCID_SET
