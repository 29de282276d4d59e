// From the gradient of a batch to new parameters: engines/updating.py again.
#pragma once

#include <vector>

#include "kernels.hpp"
#include "parallel.hpp"
#include "plan.hpp"

namespace pellucid {

template <class T>
class Updating {
 public:
  // Throws std::invalid_argument where the plan names a row that is not there.
  Updating(const Plan& plan, const Kernels<T>& kernels, Team& team);

  // Add the penalties' derivatives to `gradient` and return their values' sum; `weight` is the
  // Σ w of the batch.
  double add_penalties(const T* parameters, T* gradient, double weight);

  // Do step `t`, counted from 1, with the optimizer's numbers. Clips `gradient` on the way.
  void update(T* parameters, T* gradient, T* slots, double t, const double* numbers);

  // How many numbers a step has; none where a solver takes the steps.
  Size n_numbers() const { return optimizer_ ? optimizer_->n_numbers : 0; }
  bool has_optimizer() const { return optimizer_; }

 private:
  double add_l2(const T* W, T* dW, Size size, double strength);
  double add_l1(const T* W, T* dW, Size size, double strength);
  void clip(T* gradient);
  double norm(const T* gradient);
  void optimize(T* parameters, const T* gradient, T* slots, double t, const double* numbers);
  void limit_norms(T* parameters);
  void limit_norms(Size l, T* parameters);
  void follow(T* average, const T* parameters, double t);

  const Plan& plan_;
  const Kernels<T>& kernels_;
  Team& team_;
  const Optimizer<T>* optimizer_;  // null where a solver takes the steps
  std::vector<double> squares_;
  std::vector<T> factors_;
};

}  // namespace pellucid
