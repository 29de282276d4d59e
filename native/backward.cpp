// Backward through the layers.
#include <stdexcept>

#include "passes.hpp"

namespace pellucid {

template <class T>
void Passes<T>::backward(const T* parameters, const T* Y, const T* shares, bool disturbed,
                         T* gradient, bool add) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    if (!activations_[l]->backward) {
      throw std::invalid_argument(plan_.layers[l - 1].activation +
                                  " has no derivative to go back through");
    }
    grow(tapes_[l].dA, n_ * plan_.units(l));
    if (activations_[l]->grouped) grow(tapes_[l].dN, n_ * plan_.sums(l));
  }
  std::vector<char> begun(tapes_.size(), false);  // dA[k] already holds a part of its sum
  output_gradient(Y, shares);
  for (Size l = plan_.n_layers(); l > 0; --l) {
    if (l < plan_.n_layers()) through_activation(l, disturbed && disturbs(l));
    if (norms_[l]) through_norm(l, parameters, gradient, add);
    if (plan_.layers[l - 1].bias != ABSENT) bias_gradient(l, gradient, add);
    for (const Connection* connection : into_[l]) {
      weight_gradient(*connection, gradient, add);
      team_.interrupts().look();
      if (connection->source == 0) continue;
      source_gradient(*connection, parameters, begun[connection->source]);
      begun[connection->source] = true;
      team_.interrupts().look();
    }
  }
}

// The fused form where the output is the link of the loss, the chain rule elsewhere.
template <class T>
void Passes<T>::output_gradient(const T* Y, const T* shares) {
  const Size L = plan_.n_layers(), units = plan_.n_outputs();
  const bool linked = plan_.layers.back().activation == loss_.link;
  team_.stretches(n_ * plan_.sums(L) * EXP_COST, n_, [&](Size begin, Size end) {
    const Size first = begin * units, rows = end - begin;
    (linked ? loss_.delta : loss_.dP)(P() + first, Y + first, dA(L) + first, rows, units,
                                      loss_numbers_);
    kernels_.multiply_rows(dA(L) + first, shares + begin, rows, units);
    if (!linked) activation_backward(L, P(), begin, end);
  });
}

// dA[l] becomes dN[l], in place where it has the room.
template <class T>
void Passes<T>::through_activation(Size l, bool disturbed) {
  const Size units = plan_.units(l);
  const LayerTape<T>& tape = tapes_[l];
  const bool masked = disturbed && plan_.dropout(l) > 0;
  const T* F = (disturbed ? tape.F : tape.A).data();
  team_.stretches(n_ * plan_.sums(l), n_, [&](Size begin, Size end) {
    const Size first = begin * units, size = (end - begin) * units;
    if (masked) kernels_.multiply(dA(l) + first, tape.mask.data() + first, dA(l) + first, size);
    activation_backward(l, F, begin, end);
  });
}

template <class T>
void Passes<T>::activation_backward(Size l, const T* A, Size begin, Size end) {
  const Layer& layer = plan_.layers[l - 1];
  const Activation<T>& row = *activations_[l];
  const Size first = begin * layer.units, first_sum = begin * layer.sums(), rows = end - begin;
  if (row.grouped) {
    row.backward(dA(l) + first, N(l) + first_sum, A + first, dZ(l) + first_sum,
                 rows * layer.units, layer.pieces);
  } else {
    row.backward(dA(l) + first, N(l) + first, A + first, dA(l) + first, rows, layer.units);
  }
}

template <class T>
void Passes<T>::weight_gradient(const Connection& connection, T* gradient, bool add) {
  const Size from = plan_.units(connection.source), to = plan_.sums(connection.to);
  const Matrix<const T> A_turned{tapes_[connection.source].A.data(), 1, from};
  T* const dW = gradient + connection.weights;
  team_.blocks(n_ * from * to, from, to, [&](Block block) {
    kernels_.product(A_turned, {dZ(connection.to), to}, {dW, to}, block, n_, add);
  });
  if (!connection.mask.empty()) kernels_.keep_where(dW, connection.mask.data(), from * to);
}

template <class T>
void Passes<T>::source_gradient(const Connection& connection, const T* parameters, bool add) {
  const Size from = plan_.units(connection.source), to = plan_.sums(connection.to);
  const Matrix<const T> W{parameters + connection.weights, to};
  team_.blocks(n_ * from * to, n_, from, [&](Block block) {
    kernels_.product_transposed({dZ(connection.to), to}, W, {dA(connection.source), from}, block,
                                to, add);
  });
}

template <class T>
void Passes<T>::bias_gradient(Size l, T* gradient, bool add) {
  const Layer& layer = plan_.layers[l - 1];
  const Size sums = layer.sums();
  T* const db = gradient + layer.bias;
  const Matrix<const T> rows{dZ(l), sums};
  if (!layer.bias_shared) {
    kernels_.column_sums(rows, n_, 0, sums, db, add);
    return;
  }
  grow(sums_, sums);
  kernels_.column_sums(rows, n_, 0, sums, sums_.data(), false);
  double total = add ? db[0] : 0;
  for (Size j = 0; j < sums; ++j) total += sums_[j];
  db[0] = static_cast<T>(total);
}

template void Passes<float>::backward(const float*, const float*, const float*, bool, float*,
                                     bool);
template void Passes<double>::backward(const double*, const double*, const double*, bool, double*,
                                      bool);

}  // namespace pellucid
