// Optimizers: equations/optimizers.py again, row for row. Numbers arrive as float64; what is
// worked out once a step is worked out in float64 and rounded, as NumPy does with Python's numbers.
#pragma once

#include <cmath>

#include "kernels.hpp"
#include "vectors.hpp"

namespace pellucid::PELLUCID_SET {

// Numbers as they are.
template <class T, int n>
void plain(const double* numbers, double, T* c) {
  for (int i = 0; i < n; ++i) c[i] = static_cast<T>(numbers[i]);
}

template <class T>
void sgd(T* p, const T* g, T* const*, Size n, const T* c) {
  const T rate = c[0];
  for (Size i = 0; i < n; ++i) p[i] = multiply_add(-rate, g[i], p[i]);
}

template <class T>
void momentum(T* p, const T* g, T* const* slots, Size n, const T* c) {
  const T rate = c[0], mu = c[1];
  T* const velocity = slots[0];
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) {
    velocity[i] = mu * velocity[i] - rate * g[i];
    p[i] = p[i] + velocity[i];
  }
}

// p stands where the next v will carry it.
template <class T>
void nesterov(T* p, const T* g, T* const* slots, Size n, const T* c) {
  const T rate = c[0], mu = c[1];
  T* const velocity = slots[0];
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) {
    velocity[i] = mu * velocity[i] - rate * g[i];
    p[i] = p[i] + mu * velocity[i] - rate * g[i];
  }
}

template <class T>
void adagrad(T* p, const T* g, T* const* slots, Size n, const T* c) {
  const T rate = c[0], epsilon = c[1];
  T* const square = slots[0];
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) {
    square[i] = square[i] + g[i] * g[i];
    p[i] = p[i] - rate * (g[i] / (std::sqrt(square[i]) + epsilon));
  }
}

template <class T>
void rmsprop_constants(const double* numbers, double, T* c) {
  const double all[] = {numbers[0], numbers[2], numbers[1], 1 - numbers[1]};
  plain<T, 4>(all, 0, c);
}

template <class T>
void rmsprop(T* p, const T* g, T* const* slots, Size n, const T* c) {
  const T rate = c[0], epsilon = c[1], keep = c[2], take = c[3];
  T* const square = slots[0];
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) {
    square[i] = keep * square[i] + take * (g[i] * g[i]);
    p[i] = p[i] - rate * (g[i] / (std::sqrt(square[i]) + epsilon));
  }
}

// The biases of both averages go into the rate and ε: √v̂ = √v / root.
template <class T>
void adam_constants(const double* numbers, double t, T* c) {
  const double beta1 = numbers[1], beta2 = numbers[2], root = std::sqrt(1 - std::pow(beta2, t));
  const double all[] = {numbers[0] / (1 - std::pow(beta1, t)) * root, numbers[3] * root,
                        beta1, 1 - beta1, beta2, 1 - beta2};
  plain<T, 6>(all, 0, c);
}

template <class T>
void adam(T* p, const T* g, T* const* slots, Size n, const T* c) {
  const T rate = c[0], epsilon = c[1], keep1 = c[2], take1 = c[3], keep2 = c[4], take2 = c[5];
  T* const mean = slots[0];
  T* const square = slots[1];
  PELLUCID_ELEMENTWISE
  for (Size i = 0; i < n; ++i) {
    mean[i] = keep1 * mean[i] + take1 * g[i];
    square[i] = keep2 * square[i] + take2 * (g[i] * g[i]);
    p[i] = p[i] - rate * (mean[i] / (std::sqrt(square[i]) + epsilon));
  }
}

template <class T>
void adamw_constants(const double* numbers, double t, T* c) {
  adam_constants(numbers, t, c);
  c[6] = static_cast<T>(numbers[0] * numbers[4]);
}

// Adam's step from p that has decayed by itself.
template <class T>
void adamw(T* p, const T* g, T* const* slots, Size n, const T* c) {
  const T decay = c[6];
  for (Size i = 0; i < n; ++i) p[i] = p[i] - decay * p[i];
  adam(p, g, slots, n, c);
}

// −1, 0 or 1, without a branch: signs of gradients are hard to foretell.
template <class T>
T sign_of(T x) {
  return static_cast<T>(x > 0) - static_cast<T>(x < 0);
}

// The first step is as long as the rate, whatever the slots say.
template <class T>
void rprop_constants(const double* numbers, double t, T* c) {
  const double all[] = {t == 1 ? numbers[0] : 0, numbers[1], numbers[2], numbers[3], numbers[4],
                        t == 1 ? 0.0 : 1.0};
  plain<T, 6>(all, 0, c);
}

// Signs are compared, not multiplied as they are: a product of gradients may be too small or too
// large.
template <class T>
void rprop(T* p, const T* g, T* const* slots, Size n, const T* c) {
  const T begin = c[0], shrink = c[1], grow = c[2], smallest = c[3], largest = c[4], keep = c[5];
  T* const previous = slots[0];
  T* const size = slots[1];
  PELLUCID_ELEMENTWISE
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
    {"sgd", 1, 0, plain<T, 1>, sgd<T>, -1, true},
    {"momentum", 2, 1, plain<T, 2>, momentum<T>},
    {"nesterov", 2, 1, plain<T, 2>, nesterov<T>},
    {"adagrad", 2, 1, plain<T, 2>, adagrad<T>},
    {"rmsprop", 3, 1, rmsprop_constants<T>, rmsprop<T>},
    {"adam", 4, 2, adam_constants<T>, adam<T>},
    {"adamw", 5, 2, adamw_constants<T>, adamw<T>, 4},
    {"rprop", 5, 2, rprop_constants<T>, rprop<T>},
};

}  // namespace pellucid::PELLUCID_SET
