// Forward through the layers, and backward through them: network/passes.py again.
//
// Each member of a team takes its own examples from the input to the output and back to every dZ,
// without a look at the others; only normalization over a batch makes them meet on the way. Then
// each works out the gradients of its own parameters, from all examples (gradients.cpp).
#pragma once

#include <vector>

#include "examples.hpp"
#include "kernels.hpp"
#include "layout.hpp"
#include "parallel.hpp"

namespace pellucid {

// Some examples on their way through the network, and one member's part of them.
struct Chunk {
  const Member& me;
  Size n;
  Part mine;

  Chunk(const Member& member, Size count) : me(member), n(count), mine(member.share(count)) {}
};

// What one layer computed for a chunk: (n, units), or (n, sums) for Z, N and dN. Only Z, A and dA
// are there in every layer.
template <class T>
struct LayerTape {
  Array<T> Z, A;        // Z becomes Ẑ where the layer is normalized
  Array<T> N;           // gain Ẑ + shift
  Array<T> mean, variance, inverse, dgain, dshift;  // see Normed
  Array<T> F;           // f(N) before noise and dropout, where there is any
  Array<T> noise, mask;
  Array<T> dA;          // becomes dN and then dZ in place
  Array<T> dN;          // instead, where neurons have several sums
};

template <class T>
class Passes {
 public:
  // `members`: at most so many. `skips`: whether zeros of the input are left out of products.
  Passes(const Plan& plan, const Kernels<T>& kernels, Size members, bool skips);

  // Make room for n examples, before members come together; `back` for the way back, too.
  void reserve(Size n, bool back);

  // Whose inputs the next chunks are; before members come together.
  void look_at(const Inputs& X);
  // Form A[0] from some rows of these inputs.
  void take(const Chunk& chunk, const Inputs& X, const std::int64_t* rows);

  // Draw noise and dropout masks of a step; `first` is the chunk's first row in the batch. The
  // input is disturbed at once, other layers by `forward` where it is told to.
  void draw(const Chunk& chunk, std::uint64_t epoch, std::uint64_t step, Size first);

  // buffers: the running averages that normalization uses; null for the statistics of the chunk.
  void forward(const Chunk& chunk, const T* parameters, const T* buffers, bool disturbed);

  // Take no probability for smaller than `least` or larger than 1 − least, in losses.
  void clip_probabilities(T least) { least_ = least; }

  // Each example's own loss.
  void losses(const Chunk& chunk, const T* Y, T* losses);

  // From the prediction back to every dZ. shares (n,): what each example contributes to the mean.
  void backward(const Chunk& chunk, const T* parameters, const T* Y, const T* shares,
                bool disturbed);

  // Afterwards, when all have met: gradients of a chunk of n examples. For some rows of a panel of
  // weights, laid out as these are; = or += where `add`.
  void weight_gradient(const Connection& connection, Size n, Part rows, Size panel, T* dW,
                       bool add);
  // For some numbers of a segment that has one row; dv[0] belongs to the first of them.
  void vector_gradient(const Segment& segment, Size n, Part numbers, T* dv, bool add);
  // W −= rate · dW, at once.
  void descend(const Connection& connection, Size n, Part rows, Size panel, T* W, T rate);
  // The same for all of W, of whose rows only those are touched whose input was not 0 throughout.
  void descend_lit(const Chunk& chunk, const Connection& connection, T* W, T rate);
  bool skips(const Connection& connection) const {
    return skips_ && connection.source == 0 && !connection.turned;
  }

  // The running averages after this batch.
  void update_running(Size n, T* buffers);

  Size n_inputs() const { return plan_.n_inputs; }
  const T* P() const { return tapes_.back().A.data(); }
  // What products and updates of a batch of n examples come to, in multiply-adds.
  Size work(Size n) const;

 private:
  void add_products(const Chunk& chunk, Size l, const T* parameters);
  void add_panel(const Chunk& chunk, const Connection& connection, Size panel, Matrix<const T> A,
                 const T* W, Matrix<T> Z, const T* bias, bool add);
  void normalize(const Chunk& chunk, Size l, const T* parameters, const T* buffers);
  void activate(const Chunk& chunk, Size l, bool disturbed);
  void disturb(Size l, const T* F, Part rows);

  void output_gradient(const Chunk& chunk, const T* Y, const T* shares);
  void clipped_losses(Part examples, const T* Y, T* losses);
  void through_activation(const Chunk& chunk, Size l, bool disturbed);
  void activation_backward(Size l, const T* A, Part rows);
  void through_norm(const Chunk& chunk, Size l, const T* parameters);
  void source_gradient(const Chunk& chunk, const Connection& connection, const T* parameters,
                       bool add);
  // The factors whose product is dW, or a part of it, as it lies inside.
  struct Factors {
    Matrix<const T> left, right;
  };
  Factors factors(const Connection& connection, Size first_row, Size panel) const;

  // Whether a connection's source is the input as it lies in X, which was not copied.
  bool from_X(const Connection& connection) const { return X_ && connection.source == 0; }
  const T* source(const Connection& connection) const {
    return from_X(connection) ? X_ : tapes_[connection.source].A.data();
  }
  bool disturbs(Size l) const { return plan_.dropout(l) > 0 || plan_.noise(l) > 0; }
  const T* dZ(Size l) const {
    return (activations_[l]->grouped ? tapes_[l].dN : tapes_[l].dA).data();
  }
  const T* N(Size l) const { return (norms_[l] ? tapes_[l].N : tapes_[l].Z).data(); }
  T* dA(Size l) { return tapes_[l].dA.data(); }
  T* dZ(Size l) { return (activations_[l]->grouped ? tapes_[l].dN : tapes_[l].dA).data(); }
  Normed<T> normed(const Chunk& chunk, Size l, const T* parameters);

  // A member's place to work.
  struct Desk {
    Array<T> turned;                // see back_product
    std::vector<std::int32_t> lit;  // places of inputs that are not 0
  };

  const Plan& plan_;
  const Kernels<T>& kernels_;
  const Loss<T>& loss_;
  const Numbers loss_numbers_;
  const bool skips_;
  T least_ = 0;  // what probabilities are clipped to in losses
  // By layer; [0] is unused. A norm is null where there is none.
  std::vector<const Activation<T>*> activations_;
  std::vector<const Norm<T>*> norms_;
  std::vector<std::vector<const Connection*>> into_;
  std::vector<T> scale_, shift_;
  const bool same_;                  // whether all inputs have the same scale and shift
  const bool may_stay_;              // whether inputs in our precision may be used where they lie
  const T* X_ = nullptr;             // where they lie, if this chunk's are
  std::vector<std::int64_t> offsets_;  // where each example begins there
  std::vector<LayerTape<T>> tapes_;  // by layer; of the input only A, noise and mask
  std::vector<Desk> desks_;
  std::vector<std::uint64_t> lit_;  // of A[0], by example: a bit for each number that is not 0
  const Size words_;                // of an example there
};

}  // namespace pellucid
