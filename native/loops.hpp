// Loops over many numbers in the forms that the compiler turns into vector instructions.
#pragma once

#include "vectors.hpp"

// For i = 0 … n − 1, where no round needs another: results may take the place of operands.
#define PELLUCID_EACH(i, n) PELLUCID_ELEMENTWISE for (Size i = 0; i < (n); ++i)

namespace pellucid::PELLUCID_SET {

// Chains that do not wait for each other, to sum or compare by: 64 bytes are a register or some.
template <class T>
constexpr int CHAINS = static_cast<int>(64 / sizeof(T));

// join(… join(x0, x1) …, xn−1) of the numbers term(j), in an order that depends on n only. `none`
// is what changes nothing when joined.
template <class T, class Term, class Join>
PELLUCID_INLINE T joined(Size n, T none, Term&& term, Join&& join) {
  constexpr int chains = CHAINS<T>;
  T total = none;
  Size j = 0;
  if (n >= chains) {
    T chain[chains];
    PELLUCID_UNROLL
    for (int k = 0; k < chains; ++k) chain[k] = term(k);
    for (j = chains; j + chains <= n; j += chains) {
      PELLUCID_UNROLL
      for (int k = 0; k < chains; ++k) chain[k] = join(chain[k], term(j + k));
    }
    PELLUCID_UNROLL
    for (int half = chains / 2; half > 0; half /= 2) {
      PELLUCID_UNROLL
      for (int k = 0; k < half; ++k) chain[k] = join(chain[k], chain[k + half]);
    }
    total = chain[0];
  }
  for (; j < n; ++j) total = join(total, term(j));
  return total;
}

// Σ term(j) over 0 … n − 1, in the type of the terms.
template <class Term>
PELLUCID_INLINE auto sum_of(Size n, Term&& term) {
  using T = decltype(term(0));
  return joined(n, T(0), term, [](T a, T b) { return a + b; });
}

// The largest of n > 0 numbers; what is no number among them may be lost.
template <class T>
PELLUCID_INLINE T largest_of(const T* x, Size n) {
  return joined(n, x[0], [=](Size j) { return x[j]; }, [](T a, T b) { return b > a ? b : a; });
}

// sums[i] = Σ term(k) over the numbers k of row i, in rows of `units`. Terms of many short rows, or
// of a part of a long one, are worked out in one loop.
template <class T, class Term>
PELLUCID_INLINE void sum_rows(Size rows, Size units, T* sums, Term&& term) {
  constexpr Size room = 1024;
  T terms[room];
  const Size tall = units < room ? room / units : 1, wide = units < room ? units : room;
  for (Size i = 0; i < rows; i += tall) {
    const Size n = rows - i < tall ? rows - i : tall;
    for (Size j = 0; j < units; j += wide) {
      const Size m = units - j < wide ? units - j : wide, first = i * units + j;
      PELLUCID_EACH(k, n * m) terms[k] = term(first + k);
      for (Size k = 0; k < n; ++k) {
        const T sum = sum_of(m, [&](Size l) { return terms[k * m + l]; });
        sums[i + k] = j == 0 ? sum : sums[i + k] + sum;
      }
    }
  }
}

}  // namespace pellucid::PELLUCID_SET
