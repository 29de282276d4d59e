// Forward through the layers, and backward through them: network/passes.py again.
#pragma once

#include <vector>

#include "examples.hpp"
#include "kernels.hpp"
#include "parallel.hpp"
#include "plan.hpp"

namespace pellucid {

// What one layer computed for a chunk of examples: (n, units), or (n, sums) for Z, N and dN. Only
// Z, A and dA are there in every layer.
template <class T>
struct LayerTape {
  std::vector<T> Z, A;        // Z becomes Ẑ where the layer is normalized
  std::vector<T> N;           // gain Ẑ + shift
  std::vector<T> mean, variance, inverse, dgain, dshift;  // see Normed
  std::vector<T> F;           // f(N) before noise and dropout, where there is any
  std::vector<T> noise, mask;
  std::vector<T> dA;          // becomes dN and then dZ in place
  std::vector<T> dN;          // instead, where neurons have several sums
};

// A chunk of examples on its way through the network.
template <class T>
class Passes {
 public:
  Passes(const Plan& plan, const Kernels<T>& kernels, Team& team);

  // Form A[0] from some rows of X.
  void take(const Inputs& X, const std::int64_t* rows, Size n);

  // Draw noise and dropout masks of a step; `first` is the chunk's first row in the batch. The
  // input is disturbed at once, other layers by `forward` where it is told to.
  void draw(std::uint64_t epoch, std::uint64_t step, Size first);

  // buffers: the running averages that normalization uses; null for the statistics of the chunk.
  void forward(const T* parameters, const T* buffers, bool disturbed);

  // Each example's own loss.
  void losses(const T* Y, T* losses);

  // From the prediction back to every parameter; gradient = …, or += where `add`.
  // shares (n,): what each example contributes to the mean.
  void backward(const T* parameters, const T* Y, const T* shares, bool disturbed, T* gradient,
                bool add);

  // The running averages after this batch.
  void update_running(T* buffers);

  const T* P() const { return tapes_.back().A.data(); }

 private:
  void make_room();
  void add_biases(Size l, const T* parameters);
  void normalize(Size l, const T* parameters, const T* buffers);
  void activate(Size l, bool disturbed);
  void disturb(Size l, const T* F, Size begin, Size end);

  void output_gradient(const T* Y, const T* shares);
  void through_activation(Size l, bool disturbed);
  void activation_backward(Size l, const T* A, Size begin, Size end);
  void through_norm(Size l, const T* parameters, T* gradient, bool add);
  void weight_gradient(const Connection& connection, T* gradient, bool add);
  void source_gradient(const Connection& connection, const T* parameters, bool add);
  void bias_gradient(Size l, T* gradient, bool add);

  bool disturbs(Size l) const { return plan_.dropout(l) > 0 || plan_.noise(l) > 0; }
  const T* N(Size l) const { return (norms_[l] ? tapes_[l].N : tapes_[l].Z).data(); }
  T* dA(Size l) { return tapes_[l].dA.data(); }
  T* dZ(Size l) { return (activations_[l]->grouped ? tapes_[l].dN : tapes_[l].dA).data(); }
  Normed<T> normed(Size l, const T* parameters);

  const Plan& plan_;
  const Kernels<T>& kernels_;
  Team& team_;
  const Loss<T>& loss_;
  const Numbers loss_numbers_;
  // By layer; [0] is unused. A norm is null where there is none.
  std::vector<const Activation<T>*> activations_;
  std::vector<const Norm<T>*> norms_;
  std::vector<std::vector<const Connection*>> into_;
  std::vector<T> scale_, shift_;
  std::vector<LayerTape<T>> tapes_;  // by layer; of the input only A, noise and mask
  std::vector<T> sums_;
  Size n_ = 0;
};

constexpr Size EXP_COST = 16;  // of one number through an activation, in multiply-adds

template <class T>
void grow(std::vector<T>& numbers, Size size) {
  if (static_cast<Size>(numbers.size()) < size) numbers.resize(size);
}

}  // namespace pellucid
