// From all examples' A and dZ to the gradients of parameters.
#include <algorithm>
#include <numeric>
#include <utility>

#include "passes.hpp"

namespace pellucid {

// dW = Aᵀ dZ, or its transpose dZᵀ A.
template <class T>
auto Passes<T>::factors(const Connection& connection, Size first_row, Size panel) const -> Factors {
  const Matrix<const T> A{source(connection), plan_.units(connection.source)};
  const Matrix<const T> d{dZ(connection.to), plan_.sums(connection.to)};
  const auto& [left, right] = connection.turned ? std::pair(d, A) : std::pair(A, d);
  return {{left.data + first_row, 1, left.row},
          {right.data + connection.panels.begin(panel), right.row}};
}

template <class T>
void Passes<T>::weight_gradient(const Connection& connection, Size n, Part rows, Size panel, T* dW,
                                bool add) {
  const auto [left, right] = factors(connection, rows.begin, panel);
  const Size row = connection.panels.row(panel), wide = connection.panels.wide(panel);
  if (from_X(connection)) {
    kernels_.product_of_columns(left.data, offsets_.data(), right, {dW, row}, rows.size(),
                                wide, n, add);
  } else {
    kernels_.product(left, right, {dW, row}, rows.size(), wide, n, nullptr, add);
  }
  for (Size p = 0; row > wide && p < rows.size(); ++p) {
    std::fill(dW + p * row + wide, dW + (p + 1) * row, T(0));
  }
}

template <class T>
void Passes<T>::descend(const Connection& connection, Size n, Part rows, Size panel, T* W,
                        T rate) {
  const auto [left, right] = factors(connection, rows.begin, panel);
  const Size row = connection.panels.row(panel), wide = connection.panels.wide(panel);
  if (from_X(connection)) {
    kernels_.descend_by_columns(left.data, offsets_.data(), right, {W, row}, rows.size(),
                                wide, n, rate);
  } else {
    kernels_.descend(left, right, {W, row}, rows.size(), wide, n, rate);
  }
}

template <class T>
void Passes<T>::descend_lit(const Chunk& chunk, const Connection& connection, T* W, T rate) {
  const Size from = plan_.units(connection.source), to = plan_.sums(connection.to);
  const Panels& panels = connection.panels;
  std::int32_t* const list = desks_[chunk.me.index()].lit.data();
  const Size rows = kernels_.list_lit(lit_.data(), words_, chunk.n, chunk.me.share(words_), list);
  for (Size j = 0; j < panels.count(); ++j) {
    kernels_.descend_listed({tapes_[0].A.data(), 1, from}, {dZ(connection.to) + panels.begin(j), to},
                            {W + panels.offset(j, 0), panels.row(j)}, list, rows, panels.wide(j),
                            chunk.n, rate);
  }
}

template <class T>
void Passes<T>::vector_gradient(const Segment& segment, Size n, Part numbers, T* dv, bool add) {
  const Layer& layer = plan_.layers[segment.layer - 1];
  const LayerTape<T>& tape = tapes_[segment.layer];
  const Size sums = layer.sums();
  const Matrix<const T> rows{dZ(segment.layer), sums};
  if (segment.kind != Kind::BIAS) {
    const T* from = (segment.kind == Kind::GAIN ? tape.dgain : tape.dshift).data() + numbers.begin;
    for (Size j = 0; j < numbers.size(); ++j) dv[j] = add ? dv[j] + from[j] : from[j];
  } else if (!layer.bias_shared) {
    kernels_.column_sums({rows.data + numbers.begin, sums}, n, numbers.size(), dv, add);
  } else if (numbers.size() > 0) {
    Array<T> all(sums);
    kernels_.column_sums(rows, n, sums, all.data(), false);
    const double total = std::accumulate(all.begin(), all.end(), add ? double(dv[0]) : 0.0);
    dv[0] = static_cast<T>(total);
  }
}

template void Passes<float>::weight_gradient(const Connection&, Size, Part, Size, float*, bool);
template void Passes<double>::weight_gradient(const Connection&, Size, Part, Size, double*, bool);
template void Passes<float>::descend(const Connection&, Size, Part, Size, float*, float);
template void Passes<double>::descend(const Connection&, Size, Part, Size, double*, double);
template void Passes<float>::descend_lit(const Chunk&, const Connection&, float*, float);
template void Passes<double>::descend_lit(const Chunk&, const Connection&, double*, double);
template void Passes<float>::vector_gradient(const Segment&, Size, Part, float*, bool);
template void Passes<double>::vector_gradient(const Segment&, Size, Part, double*, bool);

}  // namespace pellucid
