// A run in the core's hands: engines/reference.py again, with its own copy of what changes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "examples.hpp"
#include "parallel.hpp"
#include "passes.hpp"
#include "plan.hpp"

namespace pellucid {

// Where a run stands.
struct Progress {
  std::int64_t step = 0, epoch = 0, position = 0;
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
  Session(Plan plan, Examples examples, std::vector<T> parameters, std::vector<T> slots,
          Progress progress, Means means);

  // Do one step for each row of `numbers`, at most to the end of the epoch. `stop` is looked at
  // before every step; not 0 means stop.
  Stretch advance(const double* numbers, Size n_steps, Size n_numbers,
                  const volatile std::int32_t* stop);

  // Cost and gradient over some training examples, without dropout.
  double cost_and_gradient(const T* parameters, const std::int64_t* rows, Size n, T* gradient);

  // Predictions P (n, n_out); with targets, each example's loss too.
  void predict(const Inputs& X, T* P) { predict(X, nullptr, P, nullptr); }
  void losses(const Inputs& X, const Targets& Y, T* P, T* losses);

  // Whether the last call was cut short because a signal's handler raised an error.
  bool interrupted() const { return interrupts_.raised(); }

  const Plan& plan() const { return plan_; }
  const std::vector<T>& parameters() const { return parameters_; }
  const std::vector<T>& slots() const { return slots_; }
  const Progress& progress() const { return progress_; }

 private:
  // Cost of a batch, and its gradient; `weight` becomes its Σ w. With dropout when `training`.
  double batch(const T* parameters, const std::int64_t* rows, Size n, bool training, T* gradient,
               double& weight);
  double add_penalty(const T* parameters, T* gradient, double weight);
  void update(const double* numbers, Size n_numbers);
  void predict(const Inputs& X, const Targets* Y, T* P, T* losses);
  void shuffle();

  const Plan plan_;
  const Examples examples_;
  const Kernels<T>& kernels_;
  const Optimizer<T>& optimizer_;
  Interrupts interrupts_;
  Team team_;
  Passes<T> passes_;

  std::vector<T> parameters_, slots_, gradient_;
  Progress progress_;
  std::vector<std::int64_t> order_;  // the permutation of epoch `shuffled_`
  std::int64_t shuffled_ = -1;
  std::vector<T> Y_, shares_, losses_;
};

}  // namespace pellucid
