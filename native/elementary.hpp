// e^z, logarithm, tanh, sigmoid and the normal distribution, without a branch or a call, so that
// loops over them become vector instructions. What a number is does not depend on where in a loop
// it stands.
//
// Each is a polynomial on a short interval and around it steps that are exact or nearly so. The
// polynomials are those whose largest relative error is least, found by Remez's exchange in 50
// decimal digits and rounded to T; that error is below 2^-28 for float and 2^-54 for double.
#pragma once

#include <cmath>
#include <cstring>

#include "vectors.hpp"

namespace pellucid::PELLUCID_SET {

// How a number is written: sign, exponent + bias, and the digits of the fraction after the point.
template <class T>
struct Format;

template <>
struct Format<float> {
  using Bits = std::uint32_t;
  static constexpr int digits = 23, bias = 127;
  static constexpr float ln2 = 0x1.62e4p-1f, ln2_rest = 0x1.7f7d1cp-20f;  // n · ln2 is exact
  static constexpr float lowest = -104, highest = 89;  // e^x is 0 below, infinite above
};

template <>
struct Format<double> {
  using Bits = std::uint64_t;
  static constexpr int digits = 52, bias = 1023;
  static constexpr double ln2 = 0x1.62e42fefa38p-1, ln2_rest = 0x1.ef35793c7673p-45;
  static constexpr double lowest = -746, highest = 710;
};

template <class T>
using Bits = typename Format<T>::Bits;

// The same bits as another type.
template <class To, class From>
PELLUCID_INLINE To as(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

// a · b + c, rounded once where there is an instruction for it: a call would cost far more than
// it gives.
PELLUCID_INLINE float multiply_add(float a, float b, float c) {
#if defined(__FMA__)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

PELLUCID_INLINE double multiply_add(double a, double b, double c) {
#if defined(__FMA__)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

// c0 + c1 x + (c2 + c3 x) w + … with w = x²: pairs, of which each waits for half as many others as
// in Horner's rule.
template <class T>
PELLUCID_INLINE T pairs(T, T, T c) {
  return c;
}

template <class T>
PELLUCID_INLINE T pairs(T x, T, T c, T d) {
  return multiply_add(d, x, c);
}

template <class T, class... Rest>
PELLUCID_INLINE T pairs(T x, T w, T c, T d, Rest... rest) {
  return multiply_add(pairs(x, w, rest...), w, multiply_add(d, x, c));
}

// c0 + c1 x + c2 x² + …
template <class T, class... Rest>
PELLUCID_INLINE T polynomial(T x, Rest... c) {
  return pairs(x, x * x, c...);
}

// What is no number stays so.
template <class T>
PELLUCID_INLINE T limited(T x, T lowest, T highest) {
  x = x < lowest ? lowest : x;
  return x > highest ? highest : x;
}

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

// log(1 + f) = 2 artanh s with s = f / (2 + f), |s| ≤ 1/3: that is 2s + sR, and 2s = f − sf.
PELLUCID_INLINE float log_series(float w) {
  return w * polynomial(w, 0.666666746f, 0.39998889f, 0.286165953f, 0.214307413f, 0.242895573f);
}

PELLUCID_INLINE double log_series(double w) {
  return w * polynomial(w, 0.66666666666666308, 0.40000000000155117, 0.285714285481181,
                        0.2222222395363937, 0.18181744479326248, 0.15386548387686005,
                        0.13301121436287802, 0.12104944533870204, 0.083449727262558102,
                        0.17009755093071638);
}

// log(1 + f) for f between −½ and 1.
template <class T>
PELLUCID_INLINE T log1p_of(T f) {
  const T s = f / (2 + f);
  return multiply_add(-s, f - log_series(s * s), f);
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

// (x + a) e^(x²/2) Φ(−x) for x ≥ 0, as a polynomial of t = (x − a) / (x + a).
template <class T>
PELLUCID_INLINE double tail_of(double x) {
  if constexpr (sizeof(T) == sizeof(float)) {
    const double q = 1 / (x + 3), t = (x - 3) * q;
    return q * polynomial(t, 0.7290836903757214, -0.50933199141099128, 0.23001769941807348,
                          -0.047262687973570541, -0.010462512889116555, 0.0069693111485655719,
                          0.001024753981647299, -0.0010325732417633233, -0.00024472992682314125,
                          0.00013132990152105831, 5.4488870006214468e-5);
  } else {
    const double q = 1 / (x + 5.5), t = (x - 5.5) * q;
    return q * polynomial(t, 0.77376963427640677, -0.68518342057433812, 0.53559648906249469,
                          -0.3670490652936198, 0.21787243285795868, -0.10970308995871818,
                          0.045097580814909458, -0.013923510565679521, 0.0024429826743555174,
                          0.00026960400087463804, -0.00032452265085735455,
                          7.1414851024819345e-5, 1.6319979508378718e-5, -1.2118899363293911e-5,
                          4.4635256700386259e-7, 1.4838656064428856e-6, -2.6777538504911734e-7,
                          -1.7759531091757235e-7, 5.0251075257525424e-8, 2.2939737553627859e-8,
                          -5.6528081171652503e-9, -2.5799884306598946e-9);
  }
}

// Of the normal distribution: the share of it that lies below z, and its density at z.
template <class T>
struct Normal {
  T share, density;
};

// The share is Φ(z) = ½ erfc(−z/√2), the error function in the form that keeps its digits where z
// is far below 0. In float64 also for float32. There e^(−x²/2) makes x²/2 times an error of x² out
// of it: the upper half of x has an exact square, and x² less that square is small.
template <class T>
PELLUCID_INLINE Normal<T> normal_of(T z) {
  const double x = limited(std::fabs(static_cast<double>(z)), 0.0, sizeof(T) == 4 ? 15.0 : 39.0);
  const double upper = as<double>(as<std::uint64_t>(x) & ~((std::uint64_t(1) << 27) - 1));
  Halvings<double> h = halvings(-0.5 * (upper * upper));
  h.r -= 0.5 * ((x - upper) * (x + upper));
  const double e = exp_of(h), tail = e * tail_of<T>(x);
  return {static_cast<T>(z > 0 ? 1 - tail : tail), static_cast<T>(e * 0.3989422804014326779)};
}

}  // namespace pellucid::PELLUCID_SET
