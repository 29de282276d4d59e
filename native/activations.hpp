// Activation functions: equations/activations.py again, row for row. To add one, write its two
// functions and its row.
#pragma once

#include <cmath>

#include "kernels.hpp"

namespace pellucid::PELLUCID_SET {

template <class T>
void identity(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) A[i] = Z[i];
}

template <class T>
void identity_backward(const T* dA, const T*, const T*, T* dZ, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) dZ[i] = dA[i];
}

// Written with e^−|z| so that nothing overflows.
template <class T>
void sigmoid(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) {
    const T e = std::exp(-std::fabs(Z[i]));
    A[i] = (Z[i] >= 0 ? T(1) : e) / (1 + e);
  }
}

template <class T>
void sigmoid_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) dZ[i] = dA[i] * (A[i] * (1 - A[i]));
}

template <class T>
void tanh(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) A[i] = std::tanh(Z[i]);
}

template <class T>
void tanh_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) dZ[i] = dA[i] * (1 - A[i] * A[i]);
}

template <class T>
void relu(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) A[i] = Z[i] > 0 ? Z[i] : 0;
}

template <class T>
void relu_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) dZ[i] = Z[i] > 0 ? dA[i] : 0;
}

// Each row's largest z is subtracted first, which changes nothing but keeps e^z finite.
template <class T>
void softmax(const T* Z, T* A, Size rows, Size units) {
  for (; rows > 0; --rows, Z += units, A += units) {
    T largest = Z[0], total = 0;
    for (Size j = 1; j < units; ++j) largest = Z[j] > largest ? Z[j] : largest;
    for (Size j = 0; j < units; ++j) total += A[j] = std::exp(Z[j] - largest);
    for (Size j = 0; j < units; ++j) A[j] /= total;
  }
}

template <class T>
void softmax_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  for (; rows > 0; --rows, dA += units, A += units, dZ += units) {
    T total = 0;
    for (Size j = 0; j < units; ++j) total += dA[j] * A[j];
    for (Size j = 0; j < units; ++j) dZ[j] = A[j] * (dA[j] - total);
  }
}

template <class T>
constexpr Activation<T> ACTIVATIONS[] = {
    {"identity", identity<T>, identity_backward<T>},
    {"sigmoid", sigmoid<T>, sigmoid_backward<T>},
    {"tanh", tanh<T>, tanh_backward<T>},
    {"relu", relu<T>, relu_backward<T>},
    {"softmax", softmax<T>, softmax_backward<T>},
};

}  // namespace pellucid::PELLUCID_SET
