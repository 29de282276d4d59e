// Forward; backward.cpp and norm_passes.cpp have the rest.
#include "passes.hpp"

#include <algorithm>
#include <stdexcept>

#include "instruction_sets.hpp"
#include "random.hpp"

namespace pellucid {

template <class T>
Passes<T>::Passes(const Plan& plan, const Kernels<T>& kernels, Team& team)
    : plan_(plan), kernels_(kernels), team_(team), loss_(row_of(kernels.losses, plan.loss)),
      loss_numbers_{plan.loss_numbers.data(), static_cast<Size>(plan.loss_numbers.size())},
      activations_(1), norms_(1), into_(plan.layers.size() + 1),
      scale_(plan.scale.begin(), plan.scale.end()), shift_(plan.shift.begin(), plan.shift.end()),
      tapes_(plan.layers.size() + 1) {
  if (loss_.n_numbers == SEVERAL ? loss_numbers_.n == 0 : loss_numbers_.n != loss_.n_numbers) {
    throw std::invalid_argument("the loss has another count of numbers");
  }
  for (const Layer& layer : plan.layers) {
    activations_.push_back(&row_of(kernels.activations, layer.activation));
    norms_.push_back(layer.norm == "none" ? nullptr : &row_of(kernels.norms, layer.norm));
    if ((layer.pieces > 1 && !activations_.back()->grouped) ||
        (norms_.back() && norms_.back()->over_batch) != (layer.mean != ABSENT)) {
      throw std::invalid_argument("pieces or running averages in a layer that has no use for them");
    }
  }
  for (const Connection& connection : plan.connections) {
    into_[connection.to].push_back(&connection);
  }
}

template <class T>
void Passes<T>::make_room() {
  grow(tapes_[0].A, n_ * plan_.n_inputs);
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    grow(tapes_[l].Z, n_ * plan_.sums(l));
    grow(tapes_[l].A, n_ * plan_.units(l));
    if (norms_[l]) grow(tapes_[l].N, n_ * plan_.sums(l));
  }
}

template <class T>
void Passes<T>::take(const Inputs& X, const std::int64_t* rows, Size n) {
  n_ = n;
  make_room();
  team_.stretches(n * plan_.n_inputs, n, [&](Size begin, Size end) {
    X.take(kernels_, rows + begin, end - begin, plan_.n_inputs, scale_.data(), shift_.data(),
           tapes_[0].A.data() + begin * plan_.n_inputs);
  });
}

template <class T>
void Passes<T>::draw(std::uint64_t epoch, std::uint64_t step, Size first) {
  for (Size l = 0; l < plan_.n_layers(); ++l) {
    if (!disturbs(l)) continue;
    const Size units = plan_.units(l);
    const int dropout = plan_.dropout(l);
    const double noise = plan_.noise(l);
    const auto layer = static_cast<std::uint64_t>(l);
    LayerTape<T>& tape = tapes_[l];
    if (dropout > 0) grow(tape.mask, n_ * units);
    if (noise > 0) grow(tape.noise, n_ * units);
    if (l > 0) grow(tape.F, n_ * units);
    team_.stretches(n_ * units * EXP_COST, n_, [&](Size begin, Size end) {
      const Size place = (first + begin) * units, size = (end - begin) * units;
      if (dropout > 0) {
        dropout_mask({plan_.seed, DROPOUT, step, epoch, layer}, dropout, place, size,
                     tape.mask.data() + begin * units);
      }
      if (noise > 0) {
        gaussian({plan_.seed, NOISE, step, epoch, layer}, noise, plan_.quantiles.data(), place,
                 size, tape.noise.data() + begin * units);
      }
      if (l == 0) disturb(0, tape.A.data(), begin, end);
    });
  }
}

// A = mask ⊙ (F + noise) for some examples; what is not there is left out.
template <class T>
void Passes<T>::disturb(Size l, const T* F, Size begin, Size end) {
  LayerTape<T>& tape = tapes_[l];
  const Size first = begin * plan_.units(l), size = end * plan_.units(l) - first;
  T* const A = tape.A.data() + first;
  F += first;
  if (plan_.noise(l) > 0) {
    kernels_.add(F, tape.noise.data() + first, A, size);
    F = A;
  }
  if (plan_.dropout(l) > 0) kernels_.multiply(F, tape.mask.data() + first, A, size);
}

template <class T>
void Passes<T>::forward(const T* parameters, const T* buffers, bool disturbed) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    const Size sums = plan_.sums(l);
    // Z starts as the biases; each connection adds its product.
    add_biases(l, parameters);
    bool add = plan_.layers[l - 1].bias != ABSENT;
    for (const Connection* connection : into_[l]) {
      const Size from = plan_.units(connection->source);
      const Matrix<const T> A{tapes_[connection->source].A.data(), from};
      const Matrix<const T> W{parameters + connection->weights, sums};
      team_.blocks(n_ * from * sums, n_, sums, [&](Block block) {
        kernels_.product(A, W, {tapes_[l].Z.data(), sums}, block, from, add);
      });
      add = true;
    }
    if (norms_[l]) normalize(l, parameters, buffers);
    activate(l, disturbed && disturbs(l));
    team_.interrupts().look();
  }
}

template <class T>
void Passes<T>::add_biases(Size l, const T* parameters) {
  const Layer& layer = plan_.layers[l - 1];
  if (layer.bias == ABSENT) return;
  const Size sums = layer.sums();
  const T* b = parameters + layer.bias;
  T* const Z = tapes_[l].Z.data();
  for (Size i = 0; i < n_; ++i) {
    for (Size j = 0; j < sums; ++j) Z[i * sums + j] = b[layer.bias_shared ? 0 : j];
  }
}

template <class T>
void Passes<T>::activate(Size l, bool disturbed) {
  const Layer& layer = plan_.layers[l - 1];
  const Activation<T>& row = *activations_[l];
  T* const F = (disturbed ? tapes_[l].F : tapes_[l].A).data();
  team_.stretches(n_ * layer.sums() * EXP_COST, n_, [&](Size begin, Size end) {
    const T* sums = N(l) + begin * layer.sums();
    T* const f = F + begin * layer.units;
    if (row.grouped) {
      row.f(sums, f, (end - begin) * layer.units, layer.pieces);
    } else {
      row.f(sums, f, end - begin, layer.units);
    }
    if (disturbed) disturb(l, F, begin, end);
  });
}

template <class T>
void Passes<T>::losses(const T* Y, T* losses) {
  const Size L = plan_.n_layers(), units = plan_.n_outputs(), sums = plan_.sums(L);
  team_.stretches(n_ * units * EXP_COST, n_, [&](Size begin, Size end) {
    loss_.value(N(L) + begin * sums, P() + begin * units, Y + begin * units, end - begin, units,
                loss_numbers_, losses + begin);
  });
}

template class Passes<float>;
template class Passes<double>;

}  // namespace pellucid
