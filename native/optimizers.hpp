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

// p stands where the next v will carry it.
template <class T>
void nesterov(T* p, const T* g, T* const* slots, Size n, double, const double* numbers) {
  const T rate = static_cast<T>(numbers[0]), mu = static_cast<T>(numbers[1]);
  T* const velocity = slots[0];
  for (Size i = 0; i < n; ++i) {
    velocity[i] = mu * velocity[i] - rate * g[i];
    p[i] = p[i] + mu * velocity[i] - rate * g[i];
  }
}

template <class T>
void adagrad(T* p, const T* g, T* const* slots, Size n, double, const double* numbers) {
  const T rate = static_cast<T>(numbers[0]), epsilon = static_cast<T>(numbers[1]);
  T* const square = slots[0];
  for (Size i = 0; i < n; ++i) {
    square[i] = square[i] + g[i] * g[i];
    p[i] = p[i] - rate * (g[i] / (std::sqrt(square[i]) + epsilon));
  }
}

template <class T>
void rmsprop(T* p, const T* g, T* const* slots, Size n, double, const double* numbers) {
  const T rate = static_cast<T>(numbers[0]), epsilon = static_cast<T>(numbers[2]);
  const T keep = static_cast<T>(numbers[1]), take = static_cast<T>(1 - numbers[1]);
  T* const square = slots[0];
  for (Size i = 0; i < n; ++i) {
    square[i] = keep * square[i] + take * (g[i] * g[i]);
    p[i] = p[i] - rate * (g[i] / (std::sqrt(square[i]) + epsilon));
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

// Adam's step from p that has decayed by itself.
template <class T>
void adamw(T* p, const T* g, T* const* slots, Size n, double t, const double* numbers) {
  const T decay = static_cast<T>(numbers[0] * numbers[4]);
  for (Size i = 0; i < n; ++i) p[i] = p[i] - decay * p[i];
  adam(p, g, slots, n, t, numbers);
}

// −1, 0 or 1, without a branch: signs of gradients are hard to foretell.
template <class T>
T sign_of(T x) {
  return static_cast<T>(x > 0) - static_cast<T>(x < 0);
}

// Signs are compared, not multiplied as they are: a product of gradients may be too small or too
// large.
template <class T>
void rprop(T* p, const T* g, T* const* slots, Size n, double t, const double* numbers) {
  const T rate = static_cast<T>(numbers[0]), shrink = static_cast<T>(numbers[1]);
  const T grow = static_cast<T>(numbers[2]), smallest = static_cast<T>(numbers[3]);
  const T largest = static_cast<T>(numbers[4]);
  const T keep = t == 1 ? 0 : 1, begin = t == 1 ? rate : 0;
  T* const previous = slots[0];
  T* const size = slots[1];
  for (Size i = 0; i < n; ++i) {
    const T now = sign_of(g[i]), agreed = now * sign_of(previous[i]);
    T s = (keep * size[i] + begin) * (agreed > 0 ? grow : agreed < 0 ? shrink : T(1));
    s = s < smallest ? smallest : s > largest ? largest : s;
    p[i] = p[i] - (agreed < 0 ? T(0) : now) * s;
    previous[i] = agreed < 0 ? T(0) : g[i];
    size[i] = s;
  }
}

template <class T>
constexpr Optimizer<T> OPTIMIZERS[] = {
    {"sgd", 1, 0, sgd<T>},
    {"momentum", 2, 1, momentum<T>},
    {"nesterov", 2, 1, nesterov<T>},
    {"adagrad", 2, 1, adagrad<T>},
    {"rmsprop", 3, 1, rmsprop<T>},
    {"adam", 4, 2, adam<T>},
    {"adamw", 5, 2, adamw<T>, 4},
    {"rprop", 5, 2, rprop<T>},
};

}  // namespace pellucid::PELLUCID_SET
