// Losses of the distance between prediction and target: equations/residuals.py again.
#pragma once

#include <cmath>

#include "kernels.hpp"
#include "loops.hpp"

namespace pellucid::PELLUCID_SET {

// p − y: the derivative of half the squares, and what is left when a cross-entropy meets its link.
template <class T>
void difference(const T* P, const T* Y, T* dZ, Size rows, Size units, Numbers) {
  PELLUCID_EACH(i, rows * units) dZ[i] = P[i] - Y[i];
}

// losses[i] = the mean of term(k) over the outputs k of example i.
template <class T, class Term>
PELLUCID_INLINE void mean_rows(Size rows, Size units, T* losses, Term&& term) {
  sum_rows(rows, units, losses, term);
  PELLUCID_EACH(i, rows) losses[i] /= static_cast<T>(units);
}

template <class T>
void sse(const T*, const T* P, const T* Y, Size rows, Size units, Numbers, T* losses) {
  sum_rows(rows, units, losses, [=](Size i) { return (P[i] - Y[i]) * (P[i] - Y[i]); });
}

template <class T>
void sse_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  PELLUCID_EACH(i, rows * units) dP[i] = 2 * (P[i] - Y[i]);
}

template <class T>
void half_sse(const T* Z, const T* P, const T* Y, Size rows, Size units, Numbers none,
              T* losses) {
  sse(Z, P, Y, rows, units, none, losses);
  PELLUCID_EACH(i, rows) losses[i] *= T(0.5);
}

template <class T>
void mse(const T*, const T* P, const T* Y, Size rows, Size units, Numbers, T* losses) {
  mean_rows(rows, units, losses, [=](Size i) { return (P[i] - Y[i]) * (P[i] - Y[i]); });
}

template <class T>
void mse_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  const T factor = static_cast<T>(2.0 / static_cast<double>(units));
  PELLUCID_EACH(i, rows * units) dP[i] = (P[i] - Y[i]) * factor;
}

template <class T>
void mae(const T*, const T* P, const T* Y, Size rows, Size units, Numbers, T* losses) {
  mean_rows(rows, units, losses, [=](Size i) { return std::fabs(P[i] - Y[i]); });
}

template <class T>
void mae_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  const T one = 1 / static_cast<T>(units);
  PELLUCID_EACH(i, rows * units) {
    const T e = P[i] - Y[i];
    dP[i] = e > 0 ? one : e < 0 ? -one : 0 * e;
  }
}

template <class T>
void huber(const T*, const T* P, const T* Y, Size rows, Size units, Numbers numbers, T* losses) {
  const T delta = static_cast<T>(numbers.all[0]);
  mean_rows(rows, units, losses, [=](Size i) {
    const T e = std::fabs(P[i] - Y[i]);
    return e <= delta ? T(0.5) * e * e : delta * (e - T(0.5) * delta);
  });
}

template <class T>
void huber_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers numbers) {
  const T delta = static_cast<T>(numbers.all[0]), n = static_cast<T>(units);
  PELLUCID_EACH(i, rows * units) {
    const T e = P[i] - Y[i];
    dP[i] = (e > delta ? delta : e < -delta ? -delta : e) / n;
  }
}

// The outputs take turns with the levels.
template <class T>
void quantile(const T*, const T* P, const T* Y, Size rows, Size units, Numbers numbers,
              T* losses) {
  mean_rows(rows, units, losses, [=](Size i) {
    const T e = Y[i] - P[i], q = static_cast<T>(numbers.all[i % units % numbers.n]);
    return e >= 0 ? q * e : (q - 1) * e;
  });
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
void squared_hinge(const T*, const T* P, const T* Y, Size rows, Size units, Numbers, T* losses) {
  mean_rows(rows, units, losses,
            [=](Size i) { return lacking(P[i], Y[i]) * lacking(P[i], Y[i]); });
}

template <class T>
void squared_hinge_dP(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers) {
  const T factor = static_cast<T>(-2.0 / static_cast<double>(units));
  PELLUCID_EACH(i, rows * units) dP[i] = factor * (Y[i] * lacking(P[i], Y[i]));
}

}  // namespace pellucid::PELLUCID_SET
