// What is done to rows of numbers beside products: forming a batch, masks, sums.
#pragma once

#include "vectors.hpp"

namespace pellucid::PELLUCID_SET {

template <class T, class Input>
void take(const Input* X, const std::int64_t* rows, Size n, Size units, const T* scale,
          const T* shift, T* A) {
  for (Size i = 0; i < n; ++i) {
    const Input* x = X + rows[i] * units;
    T* a = A + i * units;
    for (Size j = 0; j < units; ++j) a[j] = static_cast<T>(x[j]) * scale[j] + shift[j];
  }
}

template <class T>
void multiply(const T* a, const T* b, T* out, Size n) {
  for (Size i = 0; i < n; ++i) out[i] = a[i] * b[i];
}

template <class T>
void multiply_rows(T* a, const T* factors, Size rows, Size units) {
  for (Size i = 0; i < rows; ++i) {
    for (Size j = 0; j < units; ++j) a[i * units + j] *= factors[i];
  }
}

template <class T>
void add_multiple(T* a, T factor, const T* b, Size n) {
  for (Size i = 0; i < n; ++i) a[i] += factor * b[i];
}

template <class T>
void keep_where(T* a, const std::uint8_t* mask, Size n) {
  for (Size i = 0; i < n; ++i) a[i] = mask[i] ? a[i] : 0;
}

template <class T>
void column_sums(Matrix<const T> a, Size rows, Size begin, Size end, T* sums, bool add) {
  if (!add) {
    for (Size j = begin; j < end; ++j) sums[j] = 0;
  }
  for (Size i = 0; i < rows; ++i) {
    const T* row = a.data + i * a.row;
    for (Size j = begin; j < end; ++j) sums[j] += row[j];
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
      const auto x = N::load(a + i, N::part(static_cast<int>(end - i)));
      sums = N::multiply_add(x, x, sums);
    }
    total += static_cast<double>(sum<T>(sums));
  }
  return total;
}

}  // namespace pellucid::PELLUCID_SET
