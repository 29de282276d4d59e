#include "session.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "forward.hpp"
#include "instruction_sets.hpp"
#include "random.hpp"

namespace pellucid {

namespace {


template <class T>
bool holds(const std::vector<T>& numbers, Size size) {
  return static_cast<Size>(numbers.size()) == size;
}

}  // namespace

template <class T>
Session<T>::Session(const Plan& plan, Examples examples, const Vectors<T>& vectors,
                    Progress progress, Means means)
    : kernels_(kernels_of<T>(means.instruction_set)),
      layout_(plan, kernels_.panel, kernels_.lanes), examples_(examples),
      interrupts_(means.signals), team_(means.threads, means.grain),
      passes_(layout_.inside(), kernels_, team_.largest(),
              means.skips && plan.noise(0) == 0),  // noise leaves no zeros
      updating_(layout_, kernels_),
      fused_(!updating_.needs_whole_gradient() && chunk(plan.batch_size) == plan.batch_size),
      pace_(team_.worth(passes_.work(plan.batch_size)), team_.shares_everything()),
      buffers_(vectors.buffers.begin(), vectors.buffers.end()), progress_(progress),
      blocks_(team_.largest()) {
  examples_.Y.check(plan.n_outputs());
  if (!holds(vectors.parameters, plan.n_parameters) || !holds(vectors.buffers, plan.n_buffers) ||
      !holds(vectors.slots, plan.n_parameters * plan.n_slots) ||
      examples_.X.n != examples_.Y.n || (examples_.X.n != 0 && examples_.X.n != plan.n_examples) ||
      progress_.position < 0 || progress_.position > plan.steps_per_epoch()) {
    throw std::invalid_argument("the state or the examples are not those of the plan");
  }
  const Size n = layout_.inside().n_parameters;
  parameters_.resize(n);
  slots_.resize(n * plan.n_slots);
  layout_.take_parameters(vectors.parameters.data(), parameters_.data());
  for (Size i = 0; i < plan.n_slots; ++i) {
    layout_.take(vectors.slots.data() + i * plan.n_parameters, slots_.data() + i * n);
  }
}

template <class T>
Vectors<T> Session<T>::vectors() const {
  const Size n = layout_.inside().n_parameters, outside = layout_.n_outside();
  Vectors<T> found{std::vector<T>(outside), {buffers_.begin(), buffers_.end()},
                   std::vector<T>(outside * plan().n_slots)};
  layout_.give(parameters_.data(), found.parameters.data());
  for (Size i = 0; i < plan().n_slots; ++i) {
    layout_.give(slots_.data() + i * n, found.slots.data() + i * outside);
  }
  return found;
}

template <class T>
Stretch Session<T>::advance(const double* numbers, Size n_steps, Size n_numbers,
                            const volatile std::int32_t* stop) {
  if (!updating_.has_optimizer() || n_numbers != updating_.n_numbers()) {
    throw std::invalid_argument("the optimizer has another count of numbers");
  }
  Stretch stretch;
  shuffle();
  if (!shows(progress_.position)) {
    throw std::invalid_argument("the examples of this step have not been shown");
  }
  const Size n = std::min<Size>(n_steps, last() - progress_.position);
  stretch.costs.reserve(n);
  stretch.weights.reserve(n);
  interrupts_.begin();
  reserve(plan().batch_size, true, shown_.X);
  if (!fused_) grow(gradient_, plan().n_parameters);
  // What the leader says while the others wait: whether to go on, how many steps in this slice.
  bool going = goes_on(stretch, n, stop);
  Size left = 0;
  pace_.call();
  const auto carry_out = [&](const Member& me) {
    while (going && left > 0) {
      const Progress now = progress_;  // who leads may count this step before others have done it
      const Batch batch = next_batch();
      if (me.leads()) {
        updating_.set_batch(batch.weight);
        updating_.set_step(static_cast<double>(now.step + 1), numbers);
      }
      const double cost =
          pass(me, parameters_.data(), batch, true, fused_ ? nullptr : gradient_.data());
      if (!std::isfinite(cost)) {
        if (!me.leads()) return;
        stretch.stopped = "diverged";
        going = false;
        return;
      }
      step(me, batch, now);
      if (me.leads()) {
        numbers += n_numbers;
        ++progress_.step;
        ++progress_.position;
        stretch.costs.push_back(cost);
        stretch.weights.push_back(batch.weight);
        interrupts_.look();
        --left;
        going = !interrupts_.raised() && goes_on(stretch, n, stop);
      }
      me.meet();
    }
  };
  while (going) {
    const Size planned = left = pace_.steps();
    pace_.begin();
    team_.together(pace_.threads(), carry_out);
    pace_.end(planned - left, going);
  }
  if (progress_.position == plan().steps_per_epoch()) {
    ++progress_.epoch;
    progress_.position = 0;
  }
  return stretch;
}

template <class T>
bool Session<T>::goes_on(Stretch& stretch, Size n_steps, const volatile std::int32_t* stop) {
  if (static_cast<Size>(stretch.costs.size()) == n_steps) return false;
  if (*stop == 0) return true;
  stretch.stopped = "asked";
  return false;
}

template <class T>
Batch Session<T>::next_batch() const {
  const Size begin = (progress_.position - first_) * plan().batch_size;
  const Size n = std::min(plan().batch_size, shown_.X.n - begin);
  const std::int64_t* rows = order_.data() + begin;
  return {shown_, rows, n, weight_of(shown_, rows, n)};
}

template <class T>
double Session<T>::weight_of(const Examples& of, const std::int64_t* rows, Size n) {
  if (!of.weights) return static_cast<double>(n);
  return std::accumulate(rows, rows + n, 0.0,
                         [&](double sum, auto row) { return sum + of.weights[row]; });
}

template <class T>
Size Session<T>::chunk(Size n) const {
  return plan().keeps_batches_whole() ? n : std::min(n, CHUNK);
}

template <class T>
void Session<T>::reserve(Size n, bool back, const Inputs& X) {
  const Size most = chunk(n);
  passes_.look_at(X);
  passes_.reserve(most, back);
  for (auto* numbers : {&shares_, &losses_}) {
    if (!holds(*numbers, most)) numbers->resize(most);
  }
  Y_.resize(most * plan().n_outputs());
  for (Array<T>& block : blocks_) grow(block, BLOCK * kernels_.panel);
}

template <class T>
double Session<T>::cost_and_gradient(const T* parameters, const std::int64_t* rows, Size n,
                                     T* gradient) {
  if (std::any_of(rows, rows + n,
                  [&](auto row) { return row < 0 || row >= examples_.X.n; })) {
    throw std::invalid_argument("a row is not one of the examples");
  }
  interrupts_.begin();
  const Batch batch{examples_, rows, n, weight_of(examples_, rows, n)};
  const T* at = inside(parameters);
  gradient_.assign(plan().n_parameters, T(0));
  reserve(n, true, examples_.X);
  updating_.set_batch(batch.weight);
  double cost = 0;
  team_.together(team_.worth(passes_.work(n)), [&](const Member& me) {
    const double found = pass(me, at, batch, false, gradient_.data());
    if (me.leads()) cost = found;
    me.meet();
    updating_.penalise(me, at, gradient_.data());
  });
  layout_.give(gradient_.data(), gradient);
  return cost;
}

template <class T>
void Session<T>::losses(const Inputs& X, const Targets& Y, const T* parameters, T* P, T* losses) {
  Y.check(plan().n_outputs());
  predict(X, parameters, &Y, P, losses);
}

template <class T>
void Session<T>::predict(const Inputs& X, const T* parameters, const Targets* Y, T* P,
                         T* losses) {
  interrupts_.begin();
  const T* at = parameters ? inside(parameters) : parameters_.data();
  const Size units = plan().n_outputs();
  if (Y) Y_.resize(at_a_time(team_, X.n, plan().n_inputs) * units);
  predict_all(team_, passes_, interrupts_, X, at, buffers_.data(), units, P,
              [&](const Chunk& chunk, const std::int64_t* rows, Size first) {
                if (Y) take_losses(passes_, *Y, chunk, rows, units, Y_.data(), losses + first);
              });
}

template <class T>
const T* Session<T>::inside(const T* parameters) {
  given_.resize(plan().n_parameters);
  layout_.take_parameters(parameters, given_.data());
  return given_.data();
}

template <class T>
void Session<T>::follow(std::vector<std::int64_t> order) {
  const Size n = examples_.X.n;
  const auto there = [&](std::int64_t row) { return row >= 0 && row < n; };
  if (static_cast<Size>(order.size()) != n || !std::all_of(order.begin(), order.end(), there)) {
    throw std::invalid_argument("order: expected as many rows as there are examples, from 0 on");
  }
  begin_epoch(examples_, std::move(order), 0);
}

template <class T>
void Session<T>::show(Size first, Examples examples) {
  examples.Y.check(plan().n_outputs());
  const Size n = examples.X.n, size = plan().batch_size;
  const Size left = plan().n_examples - std::clamp<Size>(first, 0, plan().steps_per_epoch()) * size;
  const bool whole = n % size == 0 || n == left;
  if (n == 0 || examples.Y.n != n || first < 0 || n > left || !whole) {
    throw std::invalid_argument("examples: expected those of whole batches, within the epoch");
  }
  std::vector<std::int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  begin_epoch(examples, std::move(order), first);
}

template <class T>
void Session<T>::shuffle() {
  if (shuffled_ == progress_.epoch) return;
  begin_epoch(examples_,
              examples_.X.n == 0
                  ? std::vector<std::int64_t>()
                  : permutation(plan().seed, SHUFFLE, static_cast<std::uint64_t>(progress_.epoch),
                                plan().n_examples, kernels_.feistel),
              0);
}

template <class T>
void Session<T>::begin_epoch(const Examples& examples, std::vector<std::int64_t> order,
                             Size first) {
  shown_ = examples;
  order_ = std::move(order);
  shuffled_ = progress_.epoch;
  first_ = first;
}

template class Session<float>;
template class Session<double>;

}  // namespace pellucid
