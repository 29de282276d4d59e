// A run in the core's hands: engines/reference.py again, with its own copy of what changes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "examples.hpp"
#include "parallel.hpp"
#include "passes.hpp"
#include "plan.hpp"
#include "updating.hpp"

namespace pellucid {

// Where a run stands.
struct Progress {
  std::int64_t step = 0, epoch = 0, position = 0;
};

// Vectors that change during a run.
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
  std::function<bool()> signals;  // see Interrupts
};

template <class T>
class Session {
 public:
  // Throws std::invalid_argument where the plan or the examples do not fit.
  Session(Plan plan, Examples examples, Vectors<T> vectors, Progress progress, Means means);

  // Do one step for each row of `numbers`, at most to the end of the epoch. `stop` is looked at
  // before every step; not 0 means stop.
  Stretch advance(const double* numbers, Size n_steps, Size n_numbers,
                  const volatile std::int32_t* stop);

  // Cost and gradient over some training examples, without dropout and noise.
  double cost_and_gradient(const T* parameters, const std::int64_t* rows, Size n, T* gradient);

  // Predictions P (n, n_out), and each example's loss; by the session's parameters where null.
  void predict(const Inputs& X, const T* parameters, T* P) {
    predict(X, parameters, nullptr, P, nullptr);
  }
  void losses(const Inputs& X, const Targets& Y, const T* parameters, T* P, T* losses);

  // Whether the last call was cut short because a signal's handler raised an error.
  bool interrupted() const { return interrupts_.raised(); }

  const Plan& plan() const { return plan_; }
  const Vectors<T>& vectors() const { return vectors_; }
  const Progress& progress() const { return progress_; }

 private:
  // Cost of a batch, and its gradient; `weight` becomes its Σ w. Disturbed when `training`.
  double batch(const T* parameters, const std::int64_t* rows, Size n, bool training, T* gradient,
               double& weight);
  // Put the rows' targets into Y_, smoothed; and what each contributes to the mean into shares_.
  void take_targets(const std::int64_t* rows, Size n, double weight);
  void predict(const Inputs& X, const T* parameters, const Targets* Y, T* P, T* losses);
  void shuffle();
  double weight_of(std::int64_t row) const {
    return examples_.weights ? examples_.weights[row] : 1.0;
  }
  // What an example contributes to the mean over a batch of weight Σ w.
  double share(std::int64_t row, double weight) const {
    return weight_of(row) / (weight == 0 ? 1.0 : weight);
  }

  const Plan plan_;
  const Examples examples_;
  const Kernels<T>& kernels_;
  Interrupts interrupts_;
  Team team_;
  Passes<T> passes_;
  Updating<T> updating_;

  Vectors<T> vectors_;
  std::vector<T> gradient_;
  Progress progress_;
  std::vector<std::int64_t> order_;  // the permutation of epoch `shuffled_`
  std::int64_t shuffled_ = -1;
  std::vector<T> Y_, shares_, losses_;
};

}  // namespace pellucid
