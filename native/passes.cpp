// Forward; backward.cpp, norm_passes.cpp and gradients.cpp have the rest.
#include "passes.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "instruction_sets.hpp"
#include "random.hpp"

namespace pellucid {

namespace {

template <class T>
bool all_same(const std::vector<T>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [&](T x) { return x == numbers[0]; });
}

// Whether A[0] is X itself, and products can read it where it lies.
bool untouched(const Plan& plan) {
  const auto is = [](const std::vector<double>& numbers, double x) {
    return std::all_of(numbers.begin(), numbers.end(), [&](double y) { return y == x; });
  };
  return is(plan.scale, 1) && is(plan.shift, 0) && plan.input_dropout == 0 &&
         plan.input_noise == 0 &&
         std::none_of(plan.connections.begin(), plan.connections.end(),
                      [](const Connection& c) { return c.source == 0 && c.turned; });
}

const float* in_precision(const Inputs& X, float) { return X.columns ? nullptr : X.floats; }
const double* in_precision(const Inputs& X, double) { return X.columns ? nullptr : X.doubles; }

}  // namespace

template <class T>
Passes<T>::Passes(const Plan& plan, const Kernels<T>& kernels, Size members, bool skips)
    : plan_(plan), kernels_(kernels), loss_(row_of(kernels.losses, plan.loss)),
      loss_numbers_{plan.loss_numbers.data(), static_cast<Size>(plan.loss_numbers.size())},
      skips_(skips), activations_(1), norms_(1), into_(plan.layers.size() + 1),
      scale_(plan.scale.begin(), plan.scale.end()), shift_(plan.shift.begin(), plan.shift.end()),
      same_(all_same(scale_) && all_same(shift_)), may_stay_(untouched(plan) && !skips),
      tapes_(plan.layers.size() + 1), desks_(members), words_((plan.n_inputs + 63) / 64) {
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
void Passes<T>::reserve(Size n, bool back) {
  Size widest = 0;
  if (X_) {
    offsets_.resize(std::max<Size>(static_cast<Size>(offsets_.size()), n));
  } else {
    grow(tapes_[0].A, n * plan_.n_inputs);
  }
  for (Size l = 0; l <= plan_.n_layers(); ++l) {
    LayerTape<T>& tape = tapes_[l];
    const Size units = plan_.units(l);
    if (back && plan_.dropout(l) > 0) grow(tape.mask, n * units);
    if (back && plan_.noise(l) > 0) grow(tape.noise, n * units);
    if (l == 0) continue;
    if (back && !activations_[l]->backward) {
      throw std::invalid_argument(plan_.layers[l - 1].activation +
                                  " has no derivative to go back through");
    }
    const Size sums = plan_.sums(l);
    widest = std::max(widest, sums);
    grow(tape.Z, n * sums);
    grow(tape.A, n * units);
    if (back && disturbs(l)) grow(tape.F, n * units);
    if (back) grow(tape.dA, n * units);
    if (back && activations_[l]->grouped) grow(tape.dN, n * sums);
    if (!norms_[l]) continue;
    grow(tape.N, n * sums);
    const Size count = norms_[l]->over_batch ? sums : n;
    for (auto* numbers : {&tape.mean, &tape.variance, &tape.inverse}) grow(*numbers, count);
    for (auto* numbers : {&tape.dgain, &tape.dshift}) grow(*numbers, sums);
  }
  for (Desk& desk : desks_) {
    if (back) grow(desk.turned, widest * kernels_.panel);
    if (skips_) desk.lit.resize(plan_.n_inputs);
  }
  if (skips_) lit_.resize(std::max<Size>(static_cast<Size>(lit_.size()), n * words_));
}

template <class T>
Size Passes<T>::work(Size n) const {
  Size weights = 0, units = 0;
  for (const Connection& connection : plan_.connections) weights += plan_.n_weights(connection);
  for (Size l = 1; l <= plan_.n_layers(); ++l) units += plan_.sums(l);
  constexpr Size ACTIVATION = 32;  // of one number, in multiply-adds
  return n * (weights + ACTIVATION * units);
}

template <class T>
void Passes<T>::look_at(const Inputs& X) {
  X_ = may_stay_ ? in_precision(X, T(0)) : nullptr;
}

template <class T>
void Passes<T>::take(const Chunk& chunk, const Inputs& X, const std::int64_t* rows) {
  const Part mine = chunk.mine;
  if (X_) {
    for (Size i = mine.begin; i < mine.end; ++i) offsets_[i] = rows[i] * plan_.n_inputs;
    return;
  }
  T* const A = tapes_[0].A.data();
  X.take(kernels_, rows + mine.begin, mine.size(), plan_.n_inputs, scale_.data(), shift_.data(),
         same_, A + mine.begin * plan_.n_inputs);
  for (Size i = mine.begin; skips_ && i < mine.end; ++i) {
    kernels_.find_lit(A + i * plan_.n_inputs, plan_.n_inputs, lit_.data() + i * words_);
  }
}

template <class T>
void Passes<T>::draw(const Chunk& chunk, std::uint64_t epoch, std::uint64_t step, Size first) {
  for (Size l = 0; l < plan_.n_layers(); ++l) {
    const Size units = plan_.units(l), begin = chunk.mine.begin * units;
    const Size place = first * units + begin, size = chunk.mine.size() * units;
    const auto layer = static_cast<std::uint64_t>(l);
    if (plan_.dropout(l) > 0) {
      dropout_mask({plan_.seed, DROPOUT, step, epoch, layer}, plan_.dropout(l), place, size,
                   tapes_[l].mask.data() + begin);
    }
    if (plan_.noise(l) > 0) {
      gaussian({plan_.seed, NOISE, step, epoch, layer}, plan_.noise(l), plan_.quantiles.data(),
               place, size, tapes_[l].noise.data() + begin);
    }
    if (l == 0) disturb(0, tapes_[0].A.data(), chunk.mine);
  }
}

// A = mask ⊙ (F + noise) for some examples; what is not there is left out.
template <class T>
void Passes<T>::disturb(Size l, const T* F, Part rows) {
  LayerTape<T>& tape = tapes_[l];
  const Size first = rows.begin * plan_.units(l), size = rows.size() * plan_.units(l);
  T* const A = tape.A.data() + first;
  F += first;
  if (plan_.noise(l) > 0) {
    kernels_.add(F, tape.noise.data() + first, A, size);
    F = A;
  }
  if (plan_.dropout(l) > 0) kernels_.multiply(F, tape.mask.data() + first, A, size);
}

template <class T>
void Passes<T>::forward(const Chunk& chunk, const T* parameters, const T* buffers,
                        bool disturbed) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    add_products(chunk, l, parameters);
    if (norms_[l]) normalize(chunk, l, parameters, buffers);
    activate(chunk, l, disturbed && disturbs(l));
  }
}

// Z begins at the biases; each connection adds its product.
template <class T>
void Passes<T>::add_products(const Chunk& chunk, Size l, const T* parameters) {
  const Layer& layer = plan_.layers[l - 1];
  const Size sums = layer.sums(), rows = chunk.mine.size();
  const T* bias = layer.bias == ABSENT || layer.bias_shared ? nullptr : parameters + layer.bias;
  const Matrix<T> Z{tapes_[l].Z.data() + chunk.mine.begin * sums, sums};
  bool add = layer.bias_shared;
  if (add) std::fill_n(Z.data, rows * sums, parameters[layer.bias]);
  for (const Connection* connection : into_[l]) {
    const Size from = plan_.units(connection->source);
    const Matrix<const T> A{source(*connection) + chunk.mine.begin * from, from};
    const T* W = parameters + connection->weights;
    const Panels& panels = connection->panels;
    if (connection->turned) {
      if (bias) {
        for (Size i = 0; i < rows; ++i) std::copy_n(bias, sums, &Z.at(i, 0));
      }
      kernels_.dots(A, W, panels, Z, rows, add || bias);
    } else if (skips(*connection)) {
      kernels_.product_lit(A, lit_.data() + chunk.mine.begin * words_, words_, W, panels, Z, rows,
                           bias, add, desks_[chunk.me.index()].lit.data());
    } else {
      for (Size j = 0; j < panels.count(); ++j) {
        add_panel(chunk, *connection, j, A, W, {&Z.at(0, panels.begin(j)), sums},
                  bias ? bias + panels.begin(j) : nullptr, add);
      }
    }
    bias = nullptr;
    add = true;
  }
}

// What a mask leaves out would have added 0.
template <class T>
void Passes<T>::add_panel(const Chunk& chunk, const Connection& connection, Size panel,
                          Matrix<const T> A, const T* W, Matrix<T> Z, const T* bias, bool add) {
  const Panels& panels = connection.panels;
  const Size rows = chunk.mine.size(), wide = panels.wide(panel);
  for (const Part band : connection.bands[panel]) {
    const Matrix<const T> right{W + panels.offset(panel, band.begin), panels.row(panel)};
    if (from_X(connection)) {
      kernels_.product_of_rows(X_ + band.begin, offsets_.data() + chunk.mine.begin, right, Z, rows,
                               wide, band.size(), bias, add);
    } else {
      kernels_.product({&A.at(0, band.begin), A.row}, right, Z, rows, wide, band.size(), bias, add);
    }
    bias = nullptr;
    add = true;
  }
}

template <class T>
void Passes<T>::activate(const Chunk& chunk, Size l, bool disturbed) {
  const Layer& layer = plan_.layers[l - 1];
  const Activation<T>& row = *activations_[l];
  const Part mine = chunk.mine;
  T* const F = (disturbed ? tapes_[l].F : tapes_[l].A).data();
  const T* sums = N(l) + mine.begin * layer.sums();
  T* const f = F + mine.begin * layer.units;
  if (row.grouped) {
    row.f(sums, f, mine.size() * layer.units, layer.pieces);
  } else {
    row.f(sums, f, mine.size(), layer.units);
  }
  if (disturbed) disturb(l, F, mine);
}

template <class T>
void Passes<T>::losses(const Chunk& chunk, const T* Y, T* losses) {
  const Size L = plan_.n_layers(), units = plan_.n_outputs(), sums = plan_.sums(L);
  const Size begin = chunk.mine.begin;
  if (least_ > 0) {
    clipped_losses(chunk.mine, Y, losses);
    return;
  }
  loss_.value(N(L) + begin * sums, P() + begin * units, Y + begin * units, chunk.mine.size(),
              units, loss_numbers_, losses + begin);
}

// From p as it is rounded, 1 − p too.
template <class T>
void Passes<T>::clipped_losses(Part examples, const T* Y, T* losses) {
  const bool bits = loss_.link == std::string_view("sigmoid");
  const Size units = plan_.n_outputs();
  for (Size i = examples.begin; i < examples.end; ++i) {
    T sum = 0;
    for (Size j = i * units; j < (i + 1) * units; ++j) {
      const T y = Y[j], p = std::clamp(P()[j], least_, 1 - least_);
      if (y != 0) sum -= y * std::log(p);
      if (bits && y != 1) sum -= (1 - y) * std::log(1 - p);
    }
    losses[i] = sum;
  }
}

template class Passes<float>;
template class Passes<double>;

}  // namespace pellucid
