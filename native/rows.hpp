// What is done to rows of numbers beside products and sums: forming a batch, disturbing it, limits.
#pragma once

#include "vectors.hpp"

namespace pellucid::PELLUCID_SET {

// A[i] = X[rows[i]] · scale + shift; `same`: all inputs have the first's.
template <class T, class Input>
void take(const Input* X, const std::int64_t* rows, Size n, Size units, const T* scale,
          const T* shift, bool same, T* A) {
  const T factor = scale[0], offset = shift[0];
  for (Size i = 0; i < n; ++i) {
    const Input* x = X + rows[i] * units;
    T* a = A + i * units;
    if (same) {
      PELLUCID_ELEMENTWISE
      for (Size j = 0; j < units; ++j) a[j] = static_cast<T>(x[j]) * factor + offset;
    } else {
      PELLUCID_ELEMENTWISE
      for (Size j = 0; j < units; ++j) a[j] = static_cast<T>(x[j]) * scale[j] + shift[j];
    }
  }
}

template <class T>
void add(const T* a, const T* b, T* out, Size n) {
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) out[i] = a[i] + b[i];
}

template <class T>
void multiply(const T* a, const T* b, T* out, Size n) {
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) out[i] = a[i] * b[i];
}

template <class T>
void multiply_rows(T* a, const T* factors, Size rows, Size units) {
  for (Size i = 0; i < rows; ++i) {
    PELLUCID_ELEMENTWISE
    for (Size j = 0; j < units; ++j) a[i * units + j] *= factors[i];
  }
}

template <class T>
void multiply_columns(Matrix<T> a, const T* factors, Size rows, Size columns) {
  for (Size i = 0; i < rows; ++i) {
    T* const row = a.data + i * a.row;
    PELLUCID_ELEMENTWISE
    for (Size j = 0; j < columns; ++j) row[j] *= factors[j];
  }
}

template <class T>
void scale(T* a, T factor, Size n) {
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) a[i] *= factor;
}

template <class T>
void add_multiple(T* a, T factor, const T* b, Size n) {
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) a[i] += factor * b[i];
}

// The sign of 0 is 0.
template <class T>
void add_signs(T* a, T factor, const T* b, Size n) {
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) a[i] += b[i] > 0 ? factor : b[i] < 0 ? -factor : 0 * b[i];
}

template <class T>
void keep_where(T* a, const std::uint8_t* mask, Size n) {
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) a[i] = mask[i] ? a[i] : 0;
}

template <class T>
void clip(T* a, T limit, Size n) {
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) a[i] = a[i] > limit ? limit : a[i] < -limit ? -limit : a[i];
}

// What is equal to its goal stays the same to the last bit.
template <class T>
void approach(T* a, const T* goal, T share, Size n) {
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) a[i] = a[i] + share * (goal[i] - a[i]);
}

}  // namespace pellucid::PELLUCID_SET
