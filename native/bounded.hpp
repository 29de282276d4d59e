// Activation functions that are bounded, and those of outputs: equations/bounded.py again.
#pragma once

#include <cmath>

#include "kernels.hpp"

namespace pellucid::PELLUCID_SET {

constexpr double HEIGHT = 1.7159;  // of scaled_tanh

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
T sigmoid_of(T z) {
  const T e = std::exp(-std::fabs(z));
  return (z >= 0 ? T(1) : e) / (1 + e);
}

template <class T>
void sigmoid(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) A[i] = sigmoid_of(Z[i]);
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
void step(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) A[i] = Z[i] > 0 ? T(1) : T(0);
}

template <class T>
void sign(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) A[i] = Z[i] >= 0 ? T(1) : T(-1);
}

template <class T>
void scaled_tanh(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) A[i] = T(HEIGHT) * std::tanh(T(2.0 / 3.0) * Z[i]);
}

template <class T>
void scaled_tanh_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) {
    dZ[i] = dA[i] * (T(2.0 / 3.0) * (T(HEIGHT) - A[i] * (A[i] / T(HEIGHT))));
  }
}

template <class T>
void softsign(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) A[i] = Z[i] / (1 + std::fabs(Z[i]));
}

// Divided twice, since the square may overflow.
template <class T>
void softsign_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) {
    const T d = 1 + std::fabs(Z[i]);
    dZ[i] = dA[i] / d / d;
  }
}

template <class T>
void hard_tanh(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) {
    A[i] = Z[i] > 1 ? T(1) : Z[i] < -1 ? T(-1) : Z[i];
  }
}

template <class T>
void hard_tanh_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) dZ[i] = std::fabs(Z[i]) < 1 ? dA[i] : 0;
}

template <class T>
void exp(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) A[i] = std::exp(Z[i]);
}

template <class T>
void exp_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  for (Size i = 0; i < rows * units; ++i) dZ[i] = dA[i] * A[i];
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

}  // namespace pellucid::PELLUCID_SET
