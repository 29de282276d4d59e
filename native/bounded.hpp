// Activation functions that are bounded, and those of outputs: equations/bounded.py again.
#pragma once

#include <cmath>

#include "exponentials.hpp"
#include "kernels.hpp"
#include "loops.hpp"

namespace pellucid::PELLUCID_SET {

constexpr double HEIGHT = 1.7159;  // of scaled_tanh

template <class T>
void identity(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = Z[i];
}

template <class T>
void identity_backward(const T* dA, const T*, const T*, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) dZ[i] = dA[i];
}

template <class T>
void sigmoid(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = sigmoid_of(Z[i]);
}

template <class T>
void sigmoid_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) dZ[i] = dA[i] * (A[i] * (1 - A[i]));
}

template <class T>
void tanh(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = tanh_of(Z[i]);
}

template <class T>
void tanh_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) dZ[i] = dA[i] * (1 - A[i] * A[i]);
}

template <class T>
void step(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = Z[i] > 0 ? T(1) : T(0);
}

template <class T>
void sign(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = Z[i] >= 0 ? T(1) : T(-1);
}

template <class T>
void scaled_tanh(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = T(HEIGHT) * tanh_of(T(2.0 / 3.0) * Z[i]);
}

template <class T>
void scaled_tanh_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    dZ[i] = dA[i] * (T(2.0 / 3.0) * (T(HEIGHT) - A[i] * (A[i] / T(HEIGHT))));
  }
}

template <class T>
void softsign(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = Z[i] / (1 + std::fabs(Z[i]));
}

// Divided twice, since the square may overflow.
template <class T>
void softsign_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    const T d = 1 + std::fabs(Z[i]);
    dZ[i] = dA[i] / d / d;
  }
}

template <class T>
void hard_tanh(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    A[i] = Z[i] > 1 ? T(1) : Z[i] < -1 ? T(-1) : Z[i];
  }
}

template <class T>
void hard_tanh_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    const T d = dA[i];
    dZ[i] = std::fabs(Z[i]) < 1 ? d : 0;
  }
}

template <class T>
void exp(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = exp_of(Z[i]);
}

template <class T>
void exp_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) dZ[i] = dA[i] * A[i];
}

// Each row's largest z is subtracted first, which changes nothing but keeps e^z finite.
template <class T>
void softmax_of_some(const T* Z, T* A, Size rows, Size units) {
  for (Size i = 0; i < rows * units; i += units) {
    const T largest = largest_of(Z + i, units);
    PELLUCID_EACH(j, units) A[i + j] = Z[i + j] - largest;
  }
  PELLUCID_EACH(i, rows * units) A[i] = exp_of(A[i]);
  for (Size i = 0; i < rows * units; i += units) {
    const T factor = 1 / sum_of(units, [=](Size j) { return A[i + j]; });
    PELLUCID_EACH(j, units) A[i + j] *= factor;
  }
}

// Of so many rows at a time that their exponentials are one long loop, and stay near.
template <class T>
void softmax(const T* Z, T* A, Size rows, Size units) {
  const Size some = units < 2048 ? 2048 / units : 1;
  for (Size i = 0; i < rows; i += some) {
    softmax_of_some(Z + i * units, A + i * units, rows - i < some ? rows - i : some, units);
  }
}

template <class T>
void softmax_backward(const T* dA, const T*, const T* A, T* dZ, Size rows, Size units) {
  for (; rows > 0; --rows, dA += units, A += units, dZ += units) {
    const T total = sum_of(units, [=](Size j) { return dA[j] * A[j]; });
    PELLUCID_EACH(j, units) dZ[j] = A[j] * (dA[j] - total);
  }
}

}  // namespace pellucid::PELLUCID_SET
