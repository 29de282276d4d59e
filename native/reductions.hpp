// Sums of many numbers. Their order depends on how many there are, and on nothing else.
#pragma once

#include "loops.hpp"

namespace pellucid::PELLUCID_SET {

constexpr Size STRIPE = 64;  // columns summed at a time, so that their totals stay near

template <class T>
void column_sums(Matrix<const T> a, Size rows, Size columns, T* sums, bool add) {
  for (Size j = 0; j < columns && !add; ++j) sums[j] = 0;
  for (Size i = 0; i < rows; ++i) {
    const T* row = a.data + i * a.row;
    for (Size j = 0; j < columns; ++j) sums[j] += row[j];
  }
}

// In blocks: within one by lanes in T, over the blocks in float64.
template <class T>
double sum_of_squares(const T* a, Size n) {
  using N = Vector<T>;
  constexpr Size block = 4096;
  double total = 0;
  for (Size begin = 0; begin < n; begin += block) {
    const Size end = n - begin < block ? n : begin + block;
    auto sums = N::broadcast(0);
    Size i = begin;
    for (; i + N::lanes <= end; i += N::lanes) {
      const auto x = N::load(a + i);
      sums = N::multiply_add(x, x, sums);
    }
    if (i < end) {
      const auto x = N::load(a + i, N::first(static_cast<int>(end - i)));
      sums = N::multiply_add(x, x, sums);
    }
    total += static_cast<double>(sum<T>(sums));
  }
  return total;
}

// In float64 throughout, so that no square is too large.
template <class T>
double exact_sum_of_squares(const T* a, Size n) {
  return sum_of(n, [a](Size i) { return static_cast<double>(a[i]) * static_cast<double>(a[i]); });
}

template <class T>
double sum_of_magnitudes(const T* a, Size n) {
  return sum_of(n, [a](Size i) { return static_cast<double>(a[i] < 0 ? -a[i] : a[i]); });
}

template <class T>
void add_column_squares(Matrix<const T> a, Size rows, Size columns, double* sums) {
  for (Size i = 0; i < rows; ++i) {
    const T* row = a.data + i * a.row;
    for (Size j = 0; j < columns; ++j) {
      sums[j] += static_cast<double>(row[j]) * static_cast<double>(row[j]);
    }
  }
}

}  // namespace pellucid::PELLUCID_SET
