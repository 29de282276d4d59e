#include "passes.hpp"

#include <algorithm>

#include "instruction_sets.hpp"
#include "random.hpp"

namespace pellucid {

namespace {

constexpr Size EXP_COST = 16;  // of one number through an activation, in multiply-adds

template <class T>
void grow(std::vector<T>& numbers, Size size) {
  if (static_cast<Size>(numbers.size()) < size) numbers.resize(size);
}

}  // namespace

template <class T>
Passes<T>::Passes(const Plan& plan, const Kernels<T>& kernels, Team& team)
    : plan_(plan), kernels_(kernels), team_(team), loss_(row_of(kernels.losses, plan.loss)),
      activations_(1), into_(plan.layers.size() + 1), scale_(plan.scale.begin(), plan.scale.end()),
      shift_(plan.shift.begin(), plan.shift.end()), tapes_(plan.layers.size() + 1) {
  for (const Layer& layer : plan.layers) {
    activations_.push_back(&row_of(kernels.activations, layer.activation));
  }
  for (const Connection& connection : plan.connections) {
    into_[connection.to].push_back(&connection);
  }
}

template <class T>
void Passes<T>::take(const Inputs& X, const std::int64_t* rows, Size n) {
  n_ = n;
  grow(tapes_[0].A, n * plan_.n_inputs);
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    const Size size = n * plan_.units(l);
    for (auto* numbers : {&tapes_[l].Z, &tapes_[l].A}) grow(*numbers, size);
  }
  team_.stretches(n * plan_.n_inputs, n, [&](Size begin, Size end) {
    X.take(kernels_, rows + begin, end - begin, plan_.n_inputs, scale_.data(), shift_.data(),
           tapes_[0].A.data() + begin * plan_.n_inputs);
  });
}

template <class T>
void Passes<T>::draw_masks(std::uint64_t epoch, std::uint64_t step, Size first) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    if (!drops(l)) continue;
    const Size units = plan_.units(l);
    const Address address{plan_.seed, DROPOUT, step, epoch, static_cast<std::uint64_t>(l)};
    grow(tapes_[l].mask, n_ * units);
    grow(tapes_[l].F, n_ * units);
    T* const mask = tapes_[l].mask.data();
    team_.stretches(n_ * units * EXP_COST, n_, [&](Size begin, Size end) {
      dropout_mask(address, plan_.layers[l - 1].dropout, (first + begin) * units,
                   (end - begin) * units, mask + begin * units);
    });
  }
}

template <class T>
void Passes<T>::forward(const T* parameters, bool dropout) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    const Layer& layer = plan_.layers[l - 1];
    LayerTape<T>& tape = tapes_[l];
    const Size units = layer.units;
    // Z starts as the biases; each connection adds its product.
    if (layer.bias != ABSENT) {
      const T* b = parameters + layer.bias;
      for (Size i = 0; i < n_; ++i) {
        for (Size j = 0; j < units; ++j) tape.Z[i * units + j] = b[layer.bias_shared ? 0 : j];
      }
    }
    bool add = layer.bias != ABSENT;
    for (const Connection* connection : into_[l]) {
      const Size from = plan_.units(connection->source);
      const Matrix<const T> A{tapes_[connection->source].A.data(), from};
      const Matrix<const T> W{parameters + connection->weights, units};
      team_.blocks(n_ * from * units, n_, units, [&](Block block) {
        kernels_.product(A, W, {tape.Z.data(), units}, block, from, add);
      });
      add = true;
    }
    const bool masked = dropout && drops(l);
    T* const F = masked ? tape.F.data() : tape.A.data();
    team_.stretches(n_ * units * EXP_COST, n_, [&](Size begin, Size end) {
      const Size first = begin * units, size = (end - begin) * units;
      activations_[l]->f(tape.Z.data() + first, F + first, end - begin, units);
      if (masked) {
        kernels_.multiply(F + first, tape.mask.data() + first, tape.A.data() + first, size);
      }
    });
    team_.interrupts().look();
  }
}

template <class T>
void Passes<T>::losses(const T* Y, T* losses) {
  const Size units = plan_.n_outputs();
  const T* Z = tapes_.back().Z.data();
  team_.stretches(n_ * units * EXP_COST, n_, [&](Size begin, Size end) {
    for (Size i = begin; i < end; ++i) {
      losses[i] = loss_.value(Z + i * units, P() + i * units, Y + i * units, units);
    }
  });
}

template <class T>
void Passes<T>::backward(const T* parameters, const T* Y, const T* shares, bool dropout,
                         T* gradient, bool add) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) grow(tapes_[l].dA, n_ * plan_.units(l));
  std::vector<char> begun(tapes_.size(), false);  // dA[k] already holds a part of its sum
  output_gradient(Y, shares);
  for (Size l = plan_.n_layers(); l > 0; --l) {
    if (l < plan_.n_layers()) through_activation(l, dropout);
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
  const LayerTape<T>& tape = tapes_[L];
  team_.stretches(n_ * units * EXP_COST, n_, [&](Size begin, Size end) {
    const Size first = begin * units, rows = end - begin;
    (linked ? loss_.delta : loss_.dP)(P() + first, Y + first, dZ(L) + first, rows, units);
    kernels_.multiply_rows(dZ(L) + first, shares + begin, rows, units);
    if (!linked) {
      activations_[L]->backward(dZ(L) + first, tape.Z.data() + first, P() + first, dZ(L) + first,
                                rows, units);
    }
  });
}

// dA[l] becomes dZ[l], in place.
template <class T>
void Passes<T>::through_activation(Size l, bool dropout) {
  const Size units = plan_.units(l);
  const LayerTape<T>& tape = tapes_[l];
  const bool masked = dropout && drops(l);
  const T* F = masked ? tape.F.data() : tape.A.data();
  team_.stretches(n_ * units, n_, [&](Size begin, Size end) {
    const Size first = begin * units, size = (end - begin) * units;
    if (masked) kernels_.multiply(dZ(l) + first, tape.mask.data() + first, dZ(l) + first, size);
    activations_[l]->backward(dZ(l) + first, tape.Z.data() + first, F + first, dZ(l) + first,
                              end - begin, units);
  });
}

template <class T>
void Passes<T>::weight_gradient(const Connection& connection, T* gradient, bool add) {
  const Size from = plan_.units(connection.source), to = plan_.units(connection.to);
  const Matrix<const T> A_turned{tapes_[connection.source].A.data(), 1, from};
  T* const dW = gradient + connection.weights;
  team_.blocks(n_ * from * to, from, to, [&](Block block) {
    kernels_.product(A_turned, {dZ(connection.to), to}, {dW, to}, block, n_, add);
  });
  if (!connection.mask.empty()) kernels_.keep_where(dW, connection.mask.data(), from * to);
}

template <class T>
void Passes<T>::source_gradient(const Connection& connection, const T* parameters, bool add) {
  const Size from = plan_.units(connection.source), to = plan_.units(connection.to);
  const Matrix<const T> W{parameters + connection.weights, to};
  team_.blocks(n_ * from * to, n_, from, [&](Block block) {
    kernels_.product_transposed({dZ(connection.to), to}, W, {dZ(connection.source), from}, block,
                                to, add);
  });
}

template <class T>
void Passes<T>::bias_gradient(Size l, T* gradient, bool add) {
  const Layer& layer = plan_.layers[l - 1];
  T* const db = gradient + layer.bias;
  const Matrix<const T> rows{dZ(l), layer.units};
  if (!layer.bias_shared) {
    kernels_.column_sums(rows, n_, 0, layer.units, db, add);
    return;
  }
  grow(sums_, layer.units);
  kernels_.column_sums(rows, n_, 0, layer.units, sums_.data(), false);
  double total = add ? db[0] : 0;
  for (Size j = 0; j < layer.units; ++j) total += sums_[j];
  db[0] = static_cast<T>(total);
}

template class Passes<float>;
template class Passes<double>;

}  // namespace pellucid
