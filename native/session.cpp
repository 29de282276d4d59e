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

const Plan& checked(const Plan& plan) {
  check(plan);
  return plan;
}

template <class T>
bool holds(const std::vector<T>& numbers, Size size) {
  return static_cast<Size>(numbers.size()) == size;
}

}  // namespace

template <class T>
Session<T>::Session(Plan plan, Examples examples, Vectors<T> vectors, Progress progress,
                    Means means)
    : plan_(checked(plan)), examples_(examples),
      kernels_(kernels_of<T>(means.instruction_set)), interrupts_(means.signals),
      team_(means.threads, means.grain, interrupts_), passes_(plan_, kernels_, team_),
      updating_(plan_, kernels_, team_), vectors_(std::move(vectors)),
      gradient_(plan_.n_parameters), progress_(progress) {
  examples_.Y.check(plan_.n_outputs());
  if (!holds(vectors_.parameters, plan_.n_parameters) ||
      !holds(vectors_.buffers, plan_.n_buffers) ||
      !holds(vectors_.slots, plan_.n_parameters * plan_.n_slots) ||
      examples_.X.n != plan_.n_examples || examples_.Y.n != plan_.n_examples ||
      progress_.position < 0 || progress_.position > plan_.steps_per_epoch()) {
    throw std::invalid_argument("the state or the examples are not those of the plan");
  }
}

template <class T>
Stretch Session<T>::advance(const double* numbers, Size n_steps, Size n_numbers,
                            const volatile std::int32_t* stop) {
  if (!updating_.has_optimizer() || n_numbers != updating_.n_numbers()) {
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
        batch(vectors_.parameters.data(), order_.data() + begin,
              std::min(plan_.batch_size, plan_.n_examples - begin), true, gradient_.data(), weight);
    if (!std::isfinite(cost)) {
      stretch.stopped = "diverged";
      break;
    }
    ++progress_.step;
    updating_.update(vectors_.parameters.data(), gradient_.data(), vectors_.slots.data(),
                     static_cast<double>(progress_.step), numbers);
    passes_.update_running(vectors_.buffers.data());
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
  weight = static_cast<double>(n);
  if (examples_.weights) {
    weight = std::accumulate(rows, rows + n, 0.0,
                             [&](double sum, auto row) { return sum + weight_of(row); });
  }
  const Size chunk = plan_.keeps_batches_whole() ? n : std::min(n, CHUNK);
  for (auto* numbers : {&shares_, &losses_}) numbers->resize(chunk);
  Y_.resize(chunk * plan_.n_outputs());
  if (n == 0) std::fill_n(gradient, plan_.n_parameters, T(0));
  double cost = 0;
  for (Size first = 0; first < n; first += chunk) {
    if (!training && interrupts_.raised()) return cost;  // a step is always finished
    const Size count = std::min(chunk, n - first);
    passes_.take(examples_.X, rows + first, count);
    take_targets(rows + first, count, weight);
    if (training) passes_.draw(progress_.epoch, progress_.position, first);
    passes_.forward(parameters, nullptr, training);
    passes_.losses(Y_.data(), losses_.data());
    for (Size i = 0; i < count; ++i) {
      cost += static_cast<double>(losses_[i]) * share(rows[first + i], weight);
    }
    passes_.backward(parameters, Y_.data(), shares_.data(), training, gradient, first > 0);
  }
  return cost + updating_.add_penalties(parameters, gradient, weight);
}

template <class T>
void Session<T>::take_targets(const std::int64_t* rows, Size n, double weight) {
  const Size units = plan_.n_outputs();
  examples_.Y.take(rows, n, units, Y_.data());
  if (plan_.label_smoothing > 0) {
    const T part = static_cast<T>(plan_.label_smoothing);
    const T even = static_cast<T>(1.0 / static_cast<double>(plan_.n_classes));
    for (Size i = 0; i < n * units; ++i) Y_[i] = Y_[i] + part * (even - Y_[i]);
  }
  for (Size i = 0; i < n; ++i) shares_[i] = static_cast<T>(share(rows[i], weight));
}

template <class T>
void Session<T>::losses(const Inputs& X, const Targets& Y, const T* parameters, T* P, T* losses) {
  Y.check(plan_.n_outputs());
  predict(X, parameters, &Y, P, losses);
}

template <class T>
void Session<T>::predict(const Inputs& X, const T* parameters, const Targets* Y, T* P,
                         T* losses) {
  interrupts_.begin();
  if (!parameters) parameters = vectors_.parameters.data();
  const Size units = plan_.n_outputs();
  std::vector<std::int64_t> rows(std::min(X.n, CHUNK));
  Y_.resize(rows.size() * units);
  for (Size first = 0; first < X.n && !interrupts_.raised(); first += CHUNK) {
    const Size count = std::min(CHUNK, X.n - first);
    std::iota(rows.begin(), rows.end(), first);
    passes_.take(X, rows.data(), count);
    passes_.forward(parameters, vectors_.buffers.data(), false);
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
