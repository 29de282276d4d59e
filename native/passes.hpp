// Forward through the layers, and backward through them: network/passes.py again.
#pragma once

#include <vector>

#include "examples.hpp"
#include "kernels.hpp"
#include "parallel.hpp"
#include "plan.hpp"

namespace pellucid {

// What one layer computed for a chunk of examples, (n, units) each.
template <class T>
struct LayerTape {
  std::vector<T> Z, A;
  std::vector<T> F, mask;  // f(Z) before the dropout mask, and the mask; only where it is used
  std::vector<T> dA;       // becomes dZ in place
};

// A chunk of examples on its way through the network.
template <class T>
class Passes {
 public:
  Passes(const Plan& plan, const Kernels<T>& kernels, Team& team);

  // Form A[0] from some rows of X.
  void take(const Inputs& X, const std::int64_t* rows, Size n);

  // Draw the dropout masks of a step; `first` is the chunk's first row in the batch.
  void draw_masks(std::uint64_t epoch, std::uint64_t step, Size first);

  void forward(const T* parameters, bool dropout);

  // Each example's own loss.
  void losses(const T* Y, T* losses);

  // From the prediction back to every parameter; gradient = …, or += where `add`.
  // shares (n,): what each example contributes to the mean.
  void backward(const T* parameters, const T* Y, const T* shares, bool dropout, T* gradient,
                bool add);

  const T* P() const { return tapes_.back().A.data(); }

 private:
  void output_gradient(const T* Y, const T* shares);
  void through_activation(Size l, bool dropout);
  void weight_gradient(const Connection& connection, T* gradient, bool add);
  void source_gradient(const Connection& connection, const T* parameters, bool add);
  void bias_gradient(Size l, T* gradient, bool add);

  bool drops(Size l) const { return l < plan_.n_layers() && plan_.layers[l - 1].dropout > 0; }
  T* dZ(Size l) { return tapes_[l].dA.data(); }

  const Plan& plan_;
  const Kernels<T>& kernels_;
  Team& team_;
  const Loss<T>& loss_;
  std::vector<const Activation<T>*> activations_;  // by layer; [0] is unused
  std::vector<std::vector<const Connection*>> into_;  // by layer
  std::vector<T> scale_, shift_;
  std::vector<LayerTape<T>> tapes_;  // by layer; of the input only A
  std::vector<T> sums_;
  Size n_ = 0;
};

}  // namespace pellucid
