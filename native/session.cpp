#include "session.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "instruction_sets.hpp"
#include "random.hpp"

namespace pellucid {

namespace {

constexpr Size CHUNK = 1024;  // examples at a time, so that memory does not grow with their number
constexpr Size UPDATE_COST = 8;      // of one parameter, in multiply-adds
constexpr Size UPDATE_PART = 65536;  // parameters at a time

const Plan& checked(const Plan& plan) {
  check(plan);
  return plan;
}

// What λ is divided by; the rows of equations/penalties.py.
double divisor(const Plan& plan, double weight) {
  if (plan.l2_divisor == "batch") return weight;
  if (plan.l2_divisor == "dataset") return static_cast<double>(plan.n_examples);
  if (plan.l2_divisor == "cost") return 1.0;
  throw std::invalid_argument("the native core has no divisor " + plan.l2_divisor);
}

}  // namespace

template <class T>
Session<T>::Session(Plan plan, Examples examples, std::vector<T> parameters,
                    std::vector<T> slots, Progress progress, Means means)
    : plan_(checked(plan)), examples_(examples),
      kernels_(kernels_of<T>(means.instruction_set)),
      optimizer_(row_of(kernels_.optimizers, plan_.optimizer)), interrupts_(means.signals),
      team_(means.threads, means.grain, interrupts_), passes_(plan_, kernels_, team_),
      parameters_(std::move(parameters)), slots_(std::move(slots)),
      gradient_(plan_.n_parameters), progress_(progress) {
  divisor(plan_, 1.0);
  examples_.Y.check(plan_.n_outputs());
  if (static_cast<Size>(parameters_.size()) != plan_.n_parameters ||
      static_cast<Size>(slots_.size()) != plan_.n_parameters * optimizer_.n_slots ||
      examples_.X.n != plan_.n_examples || examples_.Y.n != plan_.n_examples ||
      progress_.position < 0 || progress_.position > plan_.steps_per_epoch()) {
    throw std::invalid_argument("the state or the examples are not those of the plan");
  }
}

template <class T>
Stretch Session<T>::advance(const double* numbers, Size n_steps, Size n_numbers,
                            const volatile std::int32_t* stop) {
  if (n_numbers != optimizer_.n_numbers) {
    throw std::invalid_argument("the optimizer has another count of numbers");
  }
  Stretch stretch;
  interrupts_.begin();
  const Size n = std::min<Size>(n_steps, plan_.steps_per_epoch() - progress_.position);
  for (Size i = 0; i < n && !interrupts_.raised(); ++i, numbers += n_numbers) {
    if (*stop != 0) {
      stretch.stopped = "asked";
      break;
    }
    shuffle();
    const Size begin = progress_.position * plan_.batch_size;
    double weight = 0;
    const double cost =
        batch(parameters_.data(), order_.data() + begin,
              std::min(plan_.batch_size, plan_.n_examples - begin), true, gradient_.data(), weight);
    if (!std::isfinite(cost)) {
      stretch.stopped = "diverged";
      break;
    }
    update(numbers, n_numbers);
    ++progress_.step;
    ++progress_.position;
    stretch.costs.push_back(cost);
    stretch.weights.push_back(weight);
    interrupts_.look();
  }
  if (progress_.position == plan_.steps_per_epoch()) {
    ++progress_.epoch;
    progress_.position = 0;
  }
  return stretch;
}

template <class T>
double Session<T>::cost_and_gradient(const T* parameters, const std::int64_t* rows, Size n,
                                     T* gradient) {
  if (std::any_of(rows, rows + n, [&](auto row) { return row < 0 || row >= plan_.n_examples; })) {
    throw std::invalid_argument("a row is not one of the examples");
  }
  interrupts_.begin();
  double weight = 0;
  return batch(parameters, rows, n, false, gradient, weight);
}

template <class T>
double Session<T>::batch(const T* parameters, const std::int64_t* rows, Size n, bool training,
                         T* gradient, double& weight) {
  const double* w = examples_.weights;
  weight = static_cast<double>(n);
  if (w) weight = std::accumulate(rows, rows + n, 0.0, [&](double s, auto r) { return s + w[r]; });
  const double whole = weight == 0 ? 1.0 : weight;
  const Size units = plan_.n_outputs();
  for (auto* numbers : {&shares_, &losses_}) numbers->resize(std::min(n, CHUNK));
  Y_.resize(std::min(n, CHUNK) * units);
  if (n == 0) std::fill_n(gradient, plan_.n_parameters, T(0));
  double cost = 0;
  for (Size first = 0; first < n; first += CHUNK) {
    if (!training && interrupts_.raised()) return cost;  // a step is always finished
    const Size count = std::min(CHUNK, n - first);
    const std::int64_t* chunk = rows + first;
    passes_.take(examples_.X, chunk, count);
    examples_.Y.take(chunk, count, units, Y_.data());
    if (training) passes_.draw_masks(progress_.epoch, progress_.position, first);
    passes_.forward(parameters, training);
    passes_.losses(Y_.data(), losses_.data());
    for (Size i = 0; i < count; ++i) {
      const double share = (w ? w[chunk[i]] : 1.0) / whole;
      shares_[i] = static_cast<T>(share);
      cost += static_cast<double>(losses_[i]) * share;
    }
    passes_.backward(parameters, Y_.data(), shares_.data(), training, gradient, first > 0);
  }
  return cost + add_penalty(parameters, gradient, weight);
}

// The penalty λ/2 Σ W², over the weights and not the biases; its derivative joins the gradient.
template <class T>
double Session<T>::add_penalty(const T* parameters, T* gradient, double weight) {
  if (plan_.l2 == 0 || weight == 0) return 0;
  const double strength = plan_.l2 / divisor(plan_, weight);
  double value = 0;
  for (const Connection& connection : plan_.connections) {
    const Size size = plan_.units(connection.source) * plan_.units(connection.to);
    const T* W = parameters + connection.weights;
    value += 0.5 * kernels_.sum_of_squares(W, size);
    team_.stretches(size, size, [&](Size begin, Size end) {
      kernels_.add_multiple(gradient + connection.weights + begin, static_cast<T>(strength),
                            W + begin, end - begin);
    });
  }
  return strength * value;
}

template <class T>
void Session<T>::update(const double* numbers, Size n_numbers) {
  for (const Range& range : plan_.ranges) {
    std::vector<double> own(numbers, numbers + n_numbers);
    own[0] *= range.rate_factor;
    const Size size = range.end - range.begin;
    team_.stretches(size * UPDATE_COST, size, [&](Size begin, Size end) {
      for (Size first = begin; first < end; first += UPDATE_PART) {
        const Size place = range.begin + first;
        T* slots[8];
        for (int i = 0; i < optimizer_.n_slots; ++i) {
          slots[i] = slots_.data() + i * plan_.n_parameters + place;
        }
        optimizer_.update(parameters_.data() + place, gradient_.data() + place, slots,
                          std::min(UPDATE_PART, end - first),
                          static_cast<double>(progress_.step + 1), own.data());
      }
    });
  }
}

template <class T>
void Session<T>::losses(const Inputs& X, const Targets& Y, T* P, T* losses) {
  Y.check(plan_.n_outputs());
  predict(X, &Y, P, losses);
}

template <class T>
void Session<T>::predict(const Inputs& X, const Targets* Y, T* P, T* losses) {
  interrupts_.begin();
  const Size units = plan_.n_outputs();
  std::vector<std::int64_t> rows(std::min(X.n, CHUNK));
  Y_.resize(rows.size() * units);
  for (Size first = 0; first < X.n && !interrupts_.raised(); first += CHUNK) {
    const Size count = std::min(CHUNK, X.n - first);
    std::iota(rows.begin(), rows.end(), first);
    passes_.take(X, rows.data(), count);
    passes_.forward(parameters_.data(), false);
    std::copy_n(passes_.P(), count * units, P + first * units);
    if (Y) {
      Y->take(rows.data(), count, units, Y_.data());
      passes_.losses(Y_.data(), losses + first);
    }
  }
}

template <class T>
void Session<T>::shuffle() {
  if (shuffled_ == progress_.epoch) return;
  order_ = permutation(plan_.seed, SHUFFLE, static_cast<std::uint64_t>(progress_.epoch),
                       plan_.n_examples);
  shuffled_ = progress_.epoch;
}

template class Session<float>;
template class Session<double>;

}  // namespace pellucid
