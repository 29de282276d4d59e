// e^x, e^x − 1, tanh and the sigmoid.
#pragma once

#include <cmath>

#include "polynomials.hpp"

namespace pellucid::PELLUCID_SET {

// x = n ln 2 + r with |r| ≤ ½ ln 2; `n` has n + 2 · bias for its last bits.
template <class T>
struct Halvings {
  Bits<T> n;
  T r;
};

template <class T>
PELLUCID_INLINE Halvings<T> halvings(T x) {
  using F = Format<T>;
  // Of a number as large as this the last digit counts ones: to add it is to round, and to find
  // the result as an integer among the bits, where no conversion is needed.
  constexpr T large = static_cast<T>((Bits<T>(3) << (F::digits - 1)) + 2 * F::bias);
  const T shifted = multiply_add(x, T(1.4426950408889634), large);
  const T n = shifted - large;
  const T r = multiply_add(n, -F::ln2_rest, multiply_add(n, -F::ln2, x));
  return {as<Bits<T>>(shifted), r};
}

// 2^(n − bias).
template <class T>
PELLUCID_INLINE T power_of_2(Bits<T> n) {
  return as<T>(n << Format<T>::digits);
}

// e^r − 1 for |r| ≤ ½ ln 2.
PELLUCID_INLINE float growth(float r) {
  const float p = polynomial(r, 0.5f, 0.166666657f, 0.0416663624f, 0.00833338965f, 0.00139406486f,
                             0.000198458816f);
  return multiply_add(r * r, p, r);
}

PELLUCID_INLINE double growth(double r) {
  const double p = polynomial(
      r, 0.50000000000000056, 0.16666666666666588, 0.041666666666576604, 0.0083333333333896666,
      0.0013888888931617744, 0.0001984126971880643, 2.4801505205782145e-5, 2.7557407658801554e-6,
      2.7626066437174221e-7, 2.5053762542490137e-8);
  return multiply_add(r * r, p, r);
}

// Twice half of the doublings: where e^x is denormal or near the largest number, 2^n is none.
template <class T>
PELLUCID_INLINE T exp_of(Halvings<T> x) {
  const Bits<T> half = x.n >> 1;
  return (1 + growth(x.r)) * power_of_2<T>(half) * power_of_2<T>(x.n - half);
}

template <class T>
PELLUCID_INLINE T exp_of(T x) {
  return exp_of(halvings(limited(x, Format<T>::lowest, Format<T>::highest)));
}

// e^x − 1, for x up to where 2^n is finite (88 and 709). The sign is for −0.
template <class T>
PELLUCID_INLINE T expm1_of(T x) {
  const Halvings<T> h = halvings(x < -60 ? T(-60) : x);
  const T power = power_of_2<T>(h.n - Format<T>::bias);
  return std::copysign(multiply_add(power, growth(h.r), power - 1), x);
}

// (tanh x − x) / x³ for |x| < 0.28, with w = x².
PELLUCID_INLINE float tanh_series(float w) {
  return polynomial(w, -0.333331525f, 0.133192301f, -0.0508157611f);
}

PELLUCID_INLINE double tanh_series(double w) {
  return polynomial(w, -0.33333333333330822, 0.1333333333251279, -0.053968253060562771,
                    0.021869440873899793, -0.00886189390798333, 0.0035712722393351029,
                    -0.0012857128534876589);
}

// e / (e + 2) with e = e^2|x| − 1, whose errors fade where tanh is near 1; from 20 on it is 1.
// Where it is small they do not, and a polynomial stands in.
template <class T>
PELLUCID_INLINE T tanh_of(T x) {
  const T a = limited(std::fabs(x), T(0), T(20)), w = a * a;
  const T e = expm1_of(2 * a);
  return std::copysign(a < T(0.27) ? multiply_add(a * w, tanh_series(w), a) : e / (e + 2), x);
}

// With e = e^−|x|, so that nothing overflows: 1 / (1 + e) = 1 − s and e / (1 + e) = e (1 − s), both
// with s = e / (1 + e), whose errors count less here than in a quotient.
template <class T>
PELLUCID_INLINE T sigmoid_of(T x) {
  const T e = exp_of(-std::fabs(x)), s = e / (1 + e);
  const T whole = x >= 0 ? T(1) : e;
  return multiply_add(-whole, s, whole);
}

}  // namespace pellucid::PELLUCID_SET
