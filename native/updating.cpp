#include "updating.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "instruction_sets.hpp"

namespace pellucid {

namespace {

constexpr Size UPDATE_COST = 8;      // of one parameter, in multiply-adds
constexpr Size UPDATE_PART = 65536;  // parameters at a time

// What λ is divided by; the rows of equations/penalties.py.
double divisor(const std::string& name, double weight, Size n_examples) {
  if (name == "batch") return weight;
  if (name == "dataset") return static_cast<double>(n_examples);
  if (name == "cost") return 1.0;
  throw std::invalid_argument("the native core has no divisor " + name);
}

}  // namespace

template <class T>
Updating<T>::Updating(const Plan& plan, const Kernels<T>& kernels, Team& team)
    : plan_(plan), kernels_(kernels), team_(team),
      optimizer_(plan.optimizer.empty() ? nullptr
                                        : &row_of(kernels.optimizers, plan.optimizer)) {
  for (const Penalty* penalty : {&plan.l2, &plan.l1}) divisor(penalty->divisor, 1.0, 1);
  if (optimizer_ && plan.n_slots != optimizer_->n_slots + (plan.average > 0)) {
    throw std::invalid_argument("the optimizer has another count of slots");
  }
}

template <class T>
double Updating<T>::add_penalties(const T* parameters, T* gradient, double weight) {
  if (weight == 0) return 0;
  double total = 0;
  for (const Penalty* penalty : {&plan_.l2, &plan_.l1}) {
    if (penalty->strength == 0) continue;
    const double strength = penalty->strength / divisor(penalty->divisor, weight, plan_.n_examples);
    for (const Connection& connection : plan_.connections) {
      const T* W = parameters + connection.weights;
      T* const dW = gradient + connection.weights;
      const Size size = plan_.n_weights(connection);
      total += penalty == &plan_.l2 ? add_l2(W, dW, size, strength) : add_l1(W, dW, size, strength);
    }
  }
  return total;
}

// λ/2 Σ W²
template <class T>
double Updating<T>::add_l2(const T* W, T* dW, Size size, double strength) {
  team_.stretches(size, size, [&](Size begin, Size end) {
    kernels_.add_multiple(dW + begin, static_cast<T>(strength), W + begin, end - begin);
  });
  return strength * (0.5 * kernels_.sum_of_squares(W, size));
}

// λ Σ |W|
template <class T>
double Updating<T>::add_l1(const T* W, T* dW, Size size, double strength) {
  team_.stretches(size, size, [&](Size begin, Size end) {
    kernels_.add_signs(dW + begin, static_cast<T>(strength), W + begin, end - begin);
  });
  return strength * kernels_.sum_of_magnitudes(W, size);
}

template <class T>
void Updating<T>::update(T* parameters, T* gradient, T* slots, double t, const double* numbers) {
  if (plan_.clip_value > 0 || plan_.clip_norm > 0) clip(gradient);
  optimize(parameters, gradient, slots, t, numbers);
  limit_norms(parameters);
  if (plan_.average > 0) {
    follow(slots + (plan_.n_slots - 1) * plan_.n_parameters, parameters, t);
  }
}

template <class T>
void Updating<T>::clip(T* gradient) {
  const auto everywhere = [&](auto&& change) {
    for (const Range& range : plan_.ranges) {
      const Size size = range.end - range.begin;
      team_.stretches(size, size, [&](Size begin, Size end) {
        change(gradient + range.begin + begin, end - begin);
      });
    }
  };
  if (plan_.clip_value > 0) {
    everywhere([&](T* g, Size n) { kernels_.clip(g, static_cast<T>(plan_.clip_value), n); });
  }
  if (plan_.clip_norm > 0) {
    const double length = norm(gradient);
    if (!(length > plan_.clip_norm)) return;
    const T factor = static_cast<T>(plan_.clip_norm / length);
    everywhere([&](T* g, Size n) { kernels_.scale(g, factor, n); });
  }
}

// Summed in parts that do not depend on the number of threads.
template <class T>
double Updating<T>::norm(const T* gradient) {
  double total = 0;
  for (const Range& range : plan_.ranges) {
    const Size size = range.end - range.begin, n = (size + UPDATE_PART - 1) / UPDATE_PART;
    squares_.resize(n);
    team_.stretches(size, n, [&](Size begin, Size end) {
      for (Size i = begin; i < end; ++i) {
        const Size first = i * UPDATE_PART;
        squares_[i] = kernels_.exact_sum_of_squares(gradient + range.begin + first,
                                                    std::min(UPDATE_PART, size - first));
      }
    });
    for (const double square : squares_) total += square;
  }
  return std::sqrt(total);
}

template <class T>
void Updating<T>::optimize(T* parameters, const T* gradient, T* slots, double t,
                           const double* numbers) {
  for (const Range& range : plan_.ranges) {
    std::vector<double> own(numbers, numbers + n_numbers());
    own[0] *= range.rate_factor;
    if (!range.penalised && optimizer_->weights_only >= 0) own[optimizer_->weights_only] = 0;
    const Size size = range.end - range.begin;
    team_.stretches(size * UPDATE_COST, size, [&](Size begin, Size end) {
      for (Size first = begin; first < end; first += UPDATE_PART) {
        const Size place = range.begin + first;
        T* memory[8];
        for (int i = 0; i < optimizer_->n_slots; ++i) {
          memory[i] = slots + i * plan_.n_parameters + place;
        }
        optimizer_->update(parameters + place, gradient + place, memory,
                           std::min(UPDATE_PART, end - first), t, own.data());
      }
    });
  }
}

template <class T>
void Updating<T>::limit_norms(T* parameters) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    if (plan_.layers[l - 1].max_norm > 0) limit_norms(l, parameters);
  }
}

// Cut the weights into each sum, of all the layer's connections together, to the layer's limit.
template <class T>
void Updating<T>::limit_norms(Size l, T* parameters) {
  const Size sums = plan_.sums(l);
  const double limit = plan_.layers[l - 1].max_norm;
  squares_.assign(sums, 0.0);
  factors_.resize(sums);
  Size work = 0;
  for (const Connection& connection : plan_.connections) {
    if (connection.to == l) work += plan_.n_weights(connection);
  }
  team_.stretches(work, sums, [&](Size begin, Size end) {
    const auto each = [&](auto&& f) {
      for (const Connection& connection : plan_.connections) {
        if (connection.to == l) {
          f(Matrix<T>{parameters + connection.weights, sums}, plan_.units(connection.source));
        }
      }
    };
    each([&](Matrix<T> W, Size rows) {
      kernels_.add_column_squares({W.data, W.row}, rows, begin, end, squares_.data());
    });
    bool cut = false;
    for (Size j = begin; j < end; ++j) {
      const double length = std::sqrt(squares_[j]);
      factors_[j] = static_cast<T>(length > limit ? limit / length : 1.0);
      cut = cut || length > limit;
    }
    if (!cut) return;
    each([&](Matrix<T> W, Size rows) {
      kernels_.multiply_columns(W, factors_.data(), rows, begin, end);
    });
  });
}

// The average of the parameters after step t.
template <class T>
void Updating<T>::follow(T* average, const T* parameters, double t) {
  const T share = static_cast<T>((1 - plan_.average) / (1 - std::pow(plan_.average, t)));
  team_.stretches(plan_.n_parameters, plan_.n_parameters, [&](Size begin, Size end) {
    kernels_.approach(average + begin, parameters + begin, share, end - begin);
  });
}

template class Updating<float>;
template class Updating<double>;

}  // namespace pellucid
