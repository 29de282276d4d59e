// A run in the core's hands: engines/reference.py again, with its own copy of what changes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "interrupts.hpp"
#include "pace.hpp"
#include "passes.hpp"
#include "updating.hpp"

namespace pellucid {

constexpr Size CHUNK = 1024;  // examples at a time, so that memory does not grow with their number

constexpr Size BLOCK = 48;  // rows of weights at a time, so that their gradient stays near

// Where a run stands.
struct Progress {
  std::int64_t step = 0, epoch = 0, position = 0;
};

// Vectors that change during a run, as they lie outside.
template <class T>
struct Vectors {
  std::vector<T> parameters, buffers;
  std::vector<T> slots;  // one after the other
};

// What came of a call of `advance`.
struct Stretch {
  std::vector<double> costs, weights;
  std::string stopped = "done";
};

// Who does the work, and with which instructions.
struct Means {
  std::string instruction_set;
  int threads;
  Size grain;
  bool skips;  // whether zeros of the input are left out
  std::function<bool()> signals;  // see Interrupts
};

// Rows of the training part, or of the examples that are shown.
struct Batch {
  const Examples& of;
  const std::int64_t* rows;
  Size n;
  double weight;  // Σ w
};

template <class T>
class Session {
 public:
  // Throws std::invalid_argument where the plan or the examples do not fit. There may be no
  // examples at all: then batches have to be shown.
  Session(const Plan& plan, Examples examples, const Vectors<T>& vectors, Progress progress,
          Means means);

  // Do one step for each row of `numbers`, at most to the end of the epoch or of what is shown.
  // `stop` is looked at before every step; not 0 means stop.
  Stretch advance(const double* numbers, Size n_steps, Size n_numbers,
                  const volatile std::int32_t* stop);

  // Take the examples of the epoch at hand in this order, in the place of the plan's own.
  // Throws std::invalid_argument where it does not name as many examples as there are.
  void follow(std::vector<std::int64_t> order);

  // From step `first` of the epoch at hand on, take these examples in their order: those of whole
  // batches, or up to the epoch's end. They are used where they lie, until others are shown or the
  // epoch is over. Throws std::invalid_argument where they do not fit.
  void show(Size first, Examples examples);

  // Of cross-entropies: take no probability for smaller, in costs; gradients stay what they are.
  void clip_probabilities(T least) { passes_.clip_probabilities(least); }

  // Cost and gradient over some training examples, without dropout and noise.
  double cost_and_gradient(const T* parameters, const std::int64_t* rows, Size n, T* gradient);

  // Predictions P (n, n_out), and each example's loss; by the session's parameters where null.
  void predict(const Inputs& X, const T* parameters, T* P) {
    predict(X, parameters, nullptr, P, nullptr);
  }
  void losses(const Inputs& X, const Targets& Y, const T* parameters, T* P, T* losses);

  // Whether the last call was cut short because a signal's handler raised an error.
  bool interrupted() const { return interrupts_.raised(); }

  Size n_parameters() const { return layout_.n_outside(); }
  const Plan& plan() const { return layout_.inside(); }
  Vectors<T> vectors() const;
  const Progress& progress() const { return progress_; }
  // Whether steps use a gradient block by block, so that it never lies in memory as a whole.
  bool fused() const { return fused_; }

 private:
  // Whether there is a step to be done; said by the leader while others wait.
  bool goes_on(Stretch& stretch, Size n_steps, const volatile std::int32_t* stop);
  Batch next_batch() const;
  // The step of the epoch before which what is shown ends.
  Size last() const { return first_ + (shown_.X.n + plan().batch_size - 1) / plan().batch_size; }
  bool shows(Size position) const {
    return position == plan().steps_per_epoch() || (first_ <= position && position < last());
  }
  void prefetch(const Member& me, Size position) const;
  // Cost of a batch, the same for every member. Disturbed when `training`; its gradient is
  // collected where that is not null.
  double pass(const Member& me, const T* parameters, const Batch& batch, bool training,
              T* gradient);
  // Put the member's targets into Y_, smoothed; and what each contributes to the mean into shares_.
  void take_targets(const Chunk& chunk, const Batch& batch, const std::int64_t* rows);
  double mean(const Batch& batch, const std::int64_t* rows, Size n) const;
  void collect(const Member& me, Size n, T* gradient, bool add);
  void step(const Member& me, const Batch& batch, const Progress& now);
  void step_blocks(const Chunk& chunk);
  void step_weights(const Chunk& chunk, const Segment& segment);
  void step_rows(const Chunk& chunk, const Segment& segment, Size panel, Part rows);

  const T* inside(const T* parameters);
  void reserve(Size n, bool back, const Inputs& X);
  void predict(const Inputs& X, const T* parameters, const Targets* Y, T* P, T* losses);
  void shuffle();
  void begin_epoch(const Examples& examples, std::vector<std::int64_t> order, Size first);
  static double weight_of(const Examples& of, const std::int64_t* rows, Size n);
  Size chunk(Size n) const;  // how many of n examples are taken at a time

  const Kernels<T>& kernels_;
  const Layout layout_;
  const Examples examples_;
  Interrupts interrupts_;
  Team team_;
  Passes<T> passes_;
  Updating<T> updating_;
  const bool fused_;
  Pace pace_;

  Array<T> parameters_, slots_;  // as they lie inside
  Array<T> buffers_, gradient_, given_;
  Progress progress_;
  // Batches of epoch `shuffled_`, from its step `first_` on, are these examples in this order: all
  // in the order of the epoch, or those that are shown in their own.
  Examples shown_;
  std::vector<std::int64_t> order_;
  std::int64_t shuffled_ = -1;
  Size first_ = 0;
  std::vector<T> Y_, shares_, losses_;
  std::vector<Array<T>> blocks_;  // of gradients, one for each member
};

}  // namespace pellucid
