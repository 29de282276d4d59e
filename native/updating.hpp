// From gradients to new parameters: engines/updating.py again.
//
// Where a step's gradient is needed as a whole, because its length is to be cut, it is worked out
// first and then used (`update`). Everywhere else it is used block by block while it is still in
// the nearest cache (`apply`), and never lies in memory as a whole.
#pragma once

#include <vector>

#include "kernels.hpp"
#include "layout.hpp"
#include "parallel.hpp"

namespace pellucid {

template <class T>
class Updating {
 public:
  // Throws std::invalid_argument where the plan names a row that is not there.
  Updating(const Layout& layout, const Kernels<T>& kernels);

  // How many numbers a step has; none where a solver takes the steps.
  Size n_numbers() const { return optimizer_ ? optimizer_->n_numbers : 0; }
  bool has_optimizer() const { return optimizer_; }
  bool needs_whole_gradient() const { return plan_.clip_norm > 0; }
  // Whether a step is no more than W −= rate · dW.
  bool descends(const Segment& segment) const;

  // Before the members meet, by one of them: the penalties for a batch of this Σ w, and step `t`
  // (counted from 1) with the optimizer's numbers. The others may not ask for them yet.
  void set_batch(double weight);
  void set_step(double t, const double* numbers);
  // Also before: add up the member's part of the weights for the penalties' values.
  void add_up(const Member& me, const T* parameters);

  // Afterwards: what the penalties add to the cost.
  double penalties() const;
  // Do the step for some parameters of a segment, whose first lies at `place`. Changes g.
  void apply(const Segment& segment, Size place, Size n, T* g, T* parameters, T* slots) const;
  T rate(const Segment& segment) const { return constants_[segment.range * CONSTANTS]; }

  // Add the penalties' derivatives to the member's part of a whole gradient.
  void penalise(const Member& me, const T* parameters, T* gradient) const;
  // Do the step from a whole gradient that is penalised already. Changes it.
  void update(const Member& me, T* parameters, T* gradient, T* slots);

  // What follows a step when all have met: limits of norms, the average of the weights.
  void finish(const Member& me, T* parameters, T* slots, double t);

 private:
  static constexpr Size CONSTANTS = 8;  // of a step, at most

  // A stretch of one segment, as long as one member takes at a time. Sums are added up piece by
  // piece, so that they do not depend on who took which.
  struct Piece {
    const Segment* segment;
    Size begin, size;
  };

  void penalise(const Segment& segment, const T* W, T* dW, Size n) const;
  void optimize(const Segment& segment, Size place, Size n, const T* g, T* parameters,
                T* slots) const;
  void clip(const Member& me, T* gradient);
  void limit_norms(const Member& me, Size l, T* parameters);

  template <class F>
  void each_piece(const Member& me, F&& f) const {
    const Part mine = me.share(static_cast<Size>(pieces_.size()));
    for (Size i = mine.begin; i < mine.end; ++i) f(pieces_[i], i);
  }

  const Layout& layout_;
  const Plan& plan_;
  const Kernels<T>& kernels_;
  const Optimizer<T>* optimizer_;  // null where a solver takes the steps
  std::vector<Piece> pieces_;
  std::vector<double> squares_, magnitudes_;  // of weights, by piece; of the gradient when clipping
  double l2_ = 0, l1_ = 0;                    // for this batch
  std::vector<T> constants_;                  // of this step, by range
  std::vector<double> lengths_;               // of the weights into each sum
  std::vector<T> factors_;
};

}  // namespace pellucid
