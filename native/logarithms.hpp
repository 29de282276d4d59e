// log x, log(1 + x) and log(1 + e^−|x|).
#pragma once

#include <cmath>

#include "exponentials.hpp"

namespace pellucid::PELLUCID_SET {

// log(1 + f) = 2 artanh s = 2s + sR with s = f / (2 + f), |s| ≤ 1/3. This is R, with w = s².
PELLUCID_INLINE float log_series(float w) {
  return w * polynomial(w, 0.666666746f, 0.39998889f, 0.286165953f, 0.214307413f, 0.242895573f);
}

PELLUCID_INLINE double log_series(double w) {
  return w * polynomial(w, 0.66666666666666308, 0.40000000000155117, 0.285714285481181,
                        0.2222222395363937, 0.18181744479326248, 0.15386548387686005,
                        0.13301121436287802, 0.12104944533870204, 0.083449727262558102,
                        0.17009755093071638);
}

// log(1 + f) for f between −½ and 1. With 2s = f − sf and sf = h − sh, where h = f²/2, it is f less
// something smaller, in which little depends on the digits of s.
template <class T>
PELLUCID_INLINE T log1p_of(T f) {
  const T s = f / (2 + f), h = T(0.5) * f * f;
  return f - multiply_add(-s, h + log_series(s * s), h);
}

// For normal numbers above 0, ∞ and what is no number.
template <class T>
PELLUCID_INLINE T log_of(T x) {
  using F = Format<T>;
  constexpr Bits<T> fraction = (Bits<T>(1) << F::digits) - 1;
  const Bits<T> root = as<Bits<T>>(T(0.70710678118654752)), one = as<Bits<T>>(T(1));
  // x = 2^n (1 + f) with √½ ≤ 1 + f < √2.
  const Bits<T> bits = as<Bits<T>>(x) + (one - root);
  const T f = as<T>((bits & fraction) + root) - 1;
  // n by the digits of a large number, as in halvings().
  constexpr T large = static_cast<T>(Bits<T>(1) << F::digits);
  const T n = as<T>((bits >> F::digits) | as<Bits<T>>(large)) - (large + F::bias);
  const T log = multiply_add(n, F::ln2, log1p_of(f) + n * F::ln2_rest);
  return x < T(INFINITY) ? log : x;
}

// log(1 + e^−|x|): how far softplus lies above max(x, 0).
template <class T>
PELLUCID_INLINE T excess_of(T x) {
  return log1p_of(exp_of(-std::fabs(x)));
}

}  // namespace pellucid::PELLUCID_SET
