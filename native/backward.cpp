// Backward through the layers: from each member's own examples' predictions to their dZ.
#include <vector>

#include "passes.hpp"

namespace pellucid {

template <class T>
void Passes<T>::backward(const Chunk& chunk, const T* parameters, const T* Y, const T* shares,
                         bool disturbed) {
  std::vector<char> begun(tapes_.size(), false);  // dA[k] already holds a part of its sum
  output_gradient(chunk, Y, shares);
  for (Size l = plan_.n_layers(); l > 0; --l) {
    if (l < plan_.n_layers()) through_activation(chunk, l, disturbed && disturbs(l));
    if (norms_[l]) through_norm(chunk, l, parameters);
    for (const Connection* connection : into_[l]) {
      if (connection->source == 0) continue;
      source_gradient(chunk, *connection, parameters, begun[connection->source]);
      begun[connection->source] = true;
    }
  }
}

// The fused form where the output is the link of the loss, the chain rule elsewhere.
template <class T>
void Passes<T>::output_gradient(const Chunk& chunk, const T* Y, const T* shares) {
  const Size L = plan_.n_layers(), units = plan_.n_outputs();
  const bool linked = plan_.layers.back().activation == loss_.link;
  const Size first = chunk.mine.begin * units, rows = chunk.mine.size();
  (linked ? loss_.delta : loss_.dP)(P() + first, Y + first, dA(L) + first, rows, units,
                                    loss_numbers_);
  kernels_.multiply_rows(dA(L) + first, shares + chunk.mine.begin, rows, units);
  if (!linked) activation_backward(L, P(), chunk.mine);
}

// dA[l] becomes dN[l], in place where it has the room.
template <class T>
void Passes<T>::through_activation(const Chunk& chunk, Size l, bool disturbed) {
  const Size units = plan_.units(l), first = chunk.mine.begin * units;
  const LayerTape<T>& tape = tapes_[l];
  if (disturbed && plan_.dropout(l) > 0) {
    kernels_.multiply(dA(l) + first, tape.mask.data() + first, dA(l) + first,
                      chunk.mine.size() * units);
  }
  activation_backward(l, (disturbed ? tape.F : tape.A).data(), chunk.mine);
}

template <class T>
void Passes<T>::activation_backward(Size l, const T* A, Part rows) {
  const Layer& layer = plan_.layers[l - 1];
  const Activation<T>& row = *activations_[l];
  const Size first = rows.begin * layer.units, first_sum = rows.begin * layer.sums();
  if (row.grouped) {
    row.backward(dA(l) + first, N(l) + first_sum, A + first, dZ(l) + first_sum,
                 rows.size() * layer.units, layer.pieces);
  } else {
    row.backward(dA(l) + first, N(l) + first, A + first, dA(l) + first, rows.size(),
                 layer.units);
  }
}

template <class T>
void Passes<T>::source_gradient(const Chunk& chunk, const Connection& connection,
                                const T* parameters, bool add) {
  const Size from = plan_.units(connection.source), to = plan_.sums(connection.to);
  const Size first = chunk.mine.begin, rows = chunk.mine.size();
  const Matrix<const T> d{dZ(connection.to) + first * to, to};
  const Matrix<T> dA_source{dA(connection.source) + first * from, from};
  const T* W = parameters + connection.weights;
  const Panels& panels = connection.panels;
  if (!connection.turned) {
    kernels_.back_product(d, W, panels, dA_source, rows, chunk.n, add,
                          desks_[chunk.me.index()].turned.data());
    return;
  }
  for (Size j = 0; j < panels.count(); ++j) {
    kernels_.product(d, {W + panels.offset(j, 0), panels.row(j)},
                     {dA_source.data + panels.begin(j), from}, rows, panels.wide(j), to, nullptr,
                     add);
  }
}

template void Passes<float>::backward(const Chunk&, const float*, const float*, const float*,
                                     bool);
template void Passes<double>::backward(const Chunk&, const double*, const double*, const double*,
                                      bool);

}  // namespace pellucid
