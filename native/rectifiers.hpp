// Activation functions that let large sums through: equations/rectifiers.py again.
#pragma once

#include <cmath>

#include "bounded.hpp"
#include "logarithms.hpp"
#include "normal.hpp"

namespace pellucid::PELLUCID_SET {

constexpr double SLOPE = 0.01;  // of leaky_relu below 0
constexpr double SELU_SCALE = 1.0507009873554804934193349852946;
constexpr double SELU_ALPHA = 1.6732632423543772848170429916717;
constexpr double ROOT = 0.79788456080286535587989211986876;     // √(2/π), of gelu_tanh
constexpr double CUBE = 0.044715;
constexpr int FAR = 40;  // beyond it a normal density is 0 and its tanh ±1, but powers overflow

template <class T>
void relu(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = Z[i] > 0 ? Z[i] : 0;
}

template <class T>
void relu_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    const T d = dA[i];
    dZ[i] = Z[i] > 0 ? d : 0;
  }
}

template <class T>
void leaky_relu(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = Z[i] > 0 ? Z[i] : T(SLOPE) * Z[i];
}

template <class T>
void leaky_relu_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) dZ[i] = Z[i] > 0 ? dA[i] : T(SLOPE) * dA[i];
}

template <class T>
void elu(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = Z[i] > 0 ? Z[i] : expm1_of(Z[i]);
}

template <class T>
void elu_backward(const T* dA, const T* Z, const T* A, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    const T below = A[i] + 1;
    dZ[i] = dA[i] * (Z[i] > 0 ? 1 : below);
  }
}

template <class T>
void selu(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    A[i] = Z[i] > 0 ? T(SELU_SCALE) * Z[i] : T(SELU_SCALE * SELU_ALPHA) * expm1_of(Z[i]);
  }
}

template <class T>
void selu_backward(const T* dA, const T* Z, const T* A, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    const T below = A[i] + T(SELU_SCALE * SELU_ALPHA);
    dZ[i] = dA[i] * (Z[i] > 0 ? T(SELU_SCALE) : below);
  }
}

template <class T>
void gelu(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = Z[i] * normal_of(Z[i]).share;
}

template <class T>
void gelu_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    const T inside = std::fabs(Z[i]) < FAR ? Z[i] : 0;
    const Normal<T> normal = normal_of(Z[i]);
    dZ[i] = dA[i] * (normal.share + inside * normal.density);
  }
}

template <class T>
PELLUCID_INLINE T cubic(T z) {
  const T inside = std::fabs(z) < FAR ? z : z > 0 ? T(FAR) : T(-FAR);
  return T(ROOT) * (inside + T(CUBE) * (inside * inside * inside));
}

template <class T>
void gelu_tanh(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = T(0.5) * (Z[i] * (1 + tanh_of(cubic(Z[i]))));
}

template <class T>
void gelu_tanh_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    const T inside = std::fabs(Z[i]) < FAR ? Z[i] : 0;
    const T t = tanh_of(cubic(Z[i]));
    const T slope = T(ROOT) * (1 + T(3 * CUBE) * (inside * inside));
    dZ[i] = dA[i] * (T(0.5) * (1 + t) + T(0.5) * (inside * ((1 - t * t) * slope)));
  }
}

template <class T>
void silu(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = Z[i] * sigmoid_of(Z[i]);
}

template <class T>
void silu_backward(const T* dA, const T* Z, const T* A, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) {
    const T s = sigmoid_of(Z[i]);
    dZ[i] = dA[i] * (s + A[i] * (1 - s));
  }
}

template <class T>
void softplus(const T* Z, T* A, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) A[i] = (Z[i] > 0 ? Z[i] : 0) + excess_of(Z[i]);
}

template <class T>
void softplus_backward(const T* dA, const T* Z, const T*, T* dZ, Size rows, Size units) {
  PELLUCID_EACH(i, rows * units) dZ[i] = dA[i] * sigmoid_of(Z[i]);
}

// One neuron a row. What is no number counts as the largest, so that it is not lost.
template <class T>
void maxout(const T* Z, T* A, Size rows, Size pieces) {
  for (Size i = 0; i < rows; ++i, Z += pieces) {
    T largest = Z[0];
    for (Size j = 1; j < pieces; ++j) {
      largest = Z[j] > largest || Z[j] != Z[j] ? Z[j] : largest;
    }
    A[i] = largest;
  }
}

// Sums that are equally large share dA evenly.
template <class T>
void maxout_backward(const T* dA, const T* Z, const T* A, T* dZ, Size rows, Size pieces) {
  for (Size i = 0; i < rows; ++i, Z += pieces, dZ += pieces) {
    T count = 0;
    for (Size j = 0; j < pieces; ++j) count += Z[j] == A[i] ? T(1) : 0 * A[i];
    for (Size j = 0; j < pieces; ++j) dZ[j] = dA[i] * ((Z[j] == A[i] ? T(1) : 0 * A[i]) / count);
  }
}

}  // namespace pellucid::PELLUCID_SET
