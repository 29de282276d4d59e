// Sums of many numbers. Their order depends on how many there are, and on nothing else.
#pragma once

#include "loops.hpp"

namespace pellucid::PELLUCID_SET {

constexpr Size STRIPE = 64;  // columns summed at a time, so that their totals stay near

// V registers of sums, down all rows.
template <class T, int V, bool SOME>
PELLUCID_INLINE void column_stripe(Matrix<const T> a, Size rows, T* sums, bool add,
                                   typename Vector<T>::Lanes some) {
  using N = Vector<T>;
  typename N::Register totals[V];
  const auto load = [&](const T* p, int v) {
    return !SOME || v < V - 1 ? N::load(p + v * N::lanes) : N::load(p + v * N::lanes, some);
  };
  PELLUCID_UNROLL
  for (int v = 0; v < V; ++v) totals[v] = add ? load(sums, v) : N::broadcast(0);
  for (Size i = 0; i < rows; ++i) {
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) totals[v] = N::add(totals[v], load(a.data + i * a.row, v));
  }
  PELLUCID_UNROLL
  for (int v = 0; v < V; ++v) {
    T* p = sums + v * N::lanes;
    if (!SOME || v < V - 1) {
      N::store(p, totals[v]);
    } else {
      N::store(p, totals[v], some);
    }
  }
}

template <class T>
void column_sums(Matrix<const T> a, Size rows, Size columns, T* sums, bool add) {
  constexpr int lanes = Vector<T>::lanes, V = 4;
  const auto all = Vector<T>::first(lanes);
  Size j = 0;
  for (; j + V * lanes <= columns; j += V * lanes) {
    column_stripe<T, V, false>({a.data + j, a.row}, rows, sums + j, add, all);
  }
  for (; j < columns; j += lanes) {
    const int n = static_cast<int>(columns - j < lanes ? columns - j : lanes);
    column_stripe<T, 1, true>({a.data + j, a.row}, rows, sums + j, add, Vector<T>::first(n));
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
    total += static_cast<double>(N::sum(sums));
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
