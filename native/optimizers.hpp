// Optimizers: equations/optimizers.py again, row for row. Numbers arrive as float64; what is
// worked out once a step is worked out in float64 and rounded, as NumPy does with Python's numbers.
#pragma once

#include <cmath>

#include "kernels.hpp"

namespace pellucid::PELLUCID_SET {

template <class T>
void sgd(T* p, const T* g, T* const*, Size n, double, const double* numbers) {
  const T rate = static_cast<T>(numbers[0]);
  for (Size i = 0; i < n; ++i) p[i] = p[i] - rate * g[i];
}

template <class T>
void momentum(T* p, const T* g, T* const* slots, Size n, double, const double* numbers) {
  const T rate = static_cast<T>(numbers[0]), mu = static_cast<T>(numbers[1]);
  T* const velocity = slots[0];
  for (Size i = 0; i < n; ++i) {
    velocity[i] = mu * velocity[i] - rate * g[i];
    p[i] = p[i] + velocity[i];
  }
}

template <class T>
void adam(T* p, const T* g, T* const* slots, Size n, double t, const double* numbers) {
  const double beta1 = numbers[1], beta2 = numbers[2];
  const T rate = static_cast<T>(numbers[0] / (1 - std::pow(beta1, t)));
  const T root = static_cast<T>(std::pow(1 - std::pow(beta2, t), 0.5));
  const T epsilon = static_cast<T>(numbers[3]);
  const T keep1 = static_cast<T>(beta1), take1 = static_cast<T>(1 - beta1);
  const T keep2 = static_cast<T>(beta2), take2 = static_cast<T>(1 - beta2);
  T* const mean = slots[0];
  T* const square = slots[1];
  for (Size i = 0; i < n; ++i) {
    mean[i] = keep1 * mean[i] + take1 * g[i];
    square[i] = keep2 * square[i] + take2 * (g[i] * g[i]);
    p[i] = p[i] - rate * (mean[i] / (std::sqrt(square[i]) / root + epsilon));
  }
}

template <class T>
constexpr Optimizer<T> OPTIMIZERS[] = {
    {"sgd", 1, 0, sgd<T>},
    {"momentum", 2, 1, momentum<T>},
    {"adam", 4, 2, adam<T>},
};

}  // namespace pellucid::PELLUCID_SET
