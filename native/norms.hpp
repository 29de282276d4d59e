// Normalization of weighted sums: equations/normalization.py again, row for row. Sums over a batch
// or a layer are taken in float64.
#pragma once

#include <cmath>

#include "reductions.hpp"

namespace pellucid::PELLUCID_SET {

constexpr double EPSILON = 1e-5;  // added to the variance
constexpr double MOMENTUM = 0.1;  // share of a new batch in the running averages

template <class T>
void invert_deviations(const T* variance, T* inverse, Size n) {
  for (Size j = 0; j < n; ++j) inverse[j] = 1 / std::sqrt(variance[j] + T(EPSILON));
}

// Of the sums begin … end − 1, each over the batch.
template <class T>
void batch_statistics(const Normed<T>& x, Size begin, Size end) {
  const double n = static_cast<double>(x.rows);
  for (Size first = begin; first < end; first += STRIPE) {
    const Size wide = end - first < STRIPE ? end - first : STRIPE;
    double totals[STRIPE] = {};
    for (Size i = 0; i < x.rows; ++i) {
      const T* z = x.Z + i * x.sums + first;
      for (Size j = 0; j < wide; ++j) totals[j] += static_cast<double>(z[j]);
    }
    T* const mean = x.mean + first;
    for (Size j = 0; j < wide; ++j) mean[j] = static_cast<T>(totals[j] / n), totals[j] = 0;
    for (Size i = 0; i < x.rows; ++i) {
      const T* z = x.Z + i * x.sums + first;
      for (Size j = 0; j < wide; ++j) {
        const double centred = static_cast<double>(z[j] - mean[j]);
        totals[j] += centred * centred;
      }
    }
    for (Size j = 0; j < wide; ++j) x.variance[first + j] = static_cast<T>(totals[j] / n);
    invert_deviations(x.variance + first, x.inverse + first, wide);
  }
}

template <class T>
void batch_apply(const Normed<T>& x, Size begin, Size end) {
  for (Size i = begin; i < end; ++i) {
    T* const z = x.Z + i * x.sums;
    T* const N = x.N + i * x.sums;
    for (Size j = 0; j < x.sums; ++j) {
      z[j] = (z[j] - x.mean[j]) * x.inverse[j];
      N[j] = x.gain[j] * z[j] + x.shift[j];
    }
  }
}

template <class T>
void batch_backward(const Normed<T>& x, T* dN, Size begin, Size end) {
  const T n = static_cast<T>(x.rows);
  for (Size i = begin; i < end; ++i) {
    const T* Z_hat = x.Z + i * x.sums;
    T* const d = dN + i * x.sums;
    for (Size j = 0; j < x.sums; ++j) {
      d[j] = x.gain[j] * x.inverse[j] *
             (d[j] - x.dshift[j] / n - Z_hat[j] * (x.dgain[j] / n));
    }
  }
}

// Of the examples begin … end − 1, each over the sums of the layer.
template <class T>
void layer_statistics(const Normed<T>& x, Size begin, Size end) {
  const double n = static_cast<double>(x.sums);
  for (Size i = begin; i < end; ++i) {
    const T* z = x.Z + i * x.sums;
    const T mean = static_cast<T>(
        sum_of(x.sums, [&](Size j) { return static_cast<double>(z[j]); }) / n);
    x.mean[i] = mean;
    x.variance[i] = static_cast<T>(sum_of(x.sums, [&](Size j) {
                                     const double centred = static_cast<double>(z[j] - mean);
                                     return centred * centred;
                                   }) / n);
  }
  invert_deviations(x.variance + begin, x.inverse + begin, end - begin);
}

template <class T>
void layer_apply(const Normed<T>& x, Size begin, Size end) {
  for (Size i = begin; i < end; ++i) {
    T* const z = x.Z + i * x.sums;
    T* const N = x.N + i * x.sums;
    const T mean = x.mean[i], inverse = x.inverse[i];
    for (Size j = 0; j < x.sums; ++j) {
      z[j] = (z[j] - mean) * inverse;
      N[j] = x.gain[j] * z[j] + x.shift[j];
    }
  }
}

template <class T>
void layer_backward(const Normed<T>& x, T* dN, Size begin, Size end) {
  const double n = static_cast<double>(x.sums);
  for (Size i = begin; i < end; ++i) {
    const T* Z_hat = x.Z + i * x.sums;
    T* const d = dN + i * x.sums;
    for (Size j = 0; j < x.sums; ++j) d[j] = x.gain[j] * d[j];
    const T mean = static_cast<T>(
        sum_of(x.sums, [&](Size j) { return static_cast<double>(d[j]); }) / n);
    const T along = static_cast<T>(
        sum_of(x.sums, [&](Size j) { return static_cast<double>(d[j] * Z_hat[j]); }) / n);
    for (Size j = 0; j < x.sums; ++j) d[j] = (d[j] - mean - Z_hat[j] * along) * x.inverse[i];
  }
}

// dgain = Σ dN Ẑ and dshift = Σ dN over the batch, for the sums begin … end − 1.
template <class T>
void norm_gradients(const Normed<T>& x, const T* dN, Size begin, Size end) {
  for (Size first = begin; first < end; first += STRIPE) {
    const Size wide = end - first < STRIPE ? end - first : STRIPE;
    double along[STRIPE] = {}, plain[STRIPE] = {};
    for (Size i = 0; i < x.rows; ++i) {
      const T* Z_hat = x.Z + i * x.sums + first;
      const T* d = dN + i * x.sums + first;
      for (Size j = 0; j < wide; ++j) {
        along[j] += static_cast<double>(d[j] * Z_hat[j]);
        plain[j] += static_cast<double>(d[j]);
      }
    }
    for (Size j = 0; j < wide; ++j) {
      x.dgain[first + j] = static_cast<T>(along[j]);
      x.dshift[first + j] = static_cast<T>(plain[j]);
    }
  }
}

// The variance enters unbiased.
template <class T>
void running_average(T* mean, T* variance, const T* new_mean, const T* new_variance, Size units,
                     Size rows) {
  const T unbiased =
      static_cast<T>(static_cast<double>(rows) / static_cast<double>(rows > 1 ? rows - 1 : 1));
  const T keep = T(1 - MOMENTUM), take = T(MOMENTUM);
  for (Size j = 0; j < units; ++j) {
    mean[j] = keep * mean[j] + take * new_mean[j];
    variance[j] = keep * variance[j] + take * (new_variance[j] * unbiased);
  }
}

template <class T>
constexpr Norm<T> NORMS[] = {
    {"batch", true, batch_statistics<T>, batch_apply<T>, batch_backward<T>},
    {"layer", false, layer_statistics<T>, layer_apply<T>, layer_backward<T>},
};

}  // namespace pellucid::PELLUCID_SET
