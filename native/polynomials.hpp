// What elementary functions are made of: numbers taken apart into their bits, and polynomials.
//
// A function is a polynomial on a short interval and around it steps that are exact or nearly so,
// without a branch or a call: so loops over it become vector instructions, and what a number
// becomes does not depend on where in a loop it stands. The polynomials are those whose largest
// relative error in the function is least, found by Remez's exchange in 50 decimal digits and then
// rounded. That error is below 2^-27 for float and 2^-54 for double.
#pragma once

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

}  // namespace pellucid::PELLUCID_SET
