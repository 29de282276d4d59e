// Through normalized layers, forward and backward.
#include <algorithm>

#include "passes.hpp"

namespace pellucid {

template <class T>
Normed<T> Passes<T>::normed(const Chunk& chunk, Size l, const T* parameters) {
  const Layer& layer = plan_.layers[l - 1];
  LayerTape<T>& tape = tapes_[l];
  return {chunk.n, layer.sums(), tape.Z.data(), tape.N.data(), parameters + layer.gain,
          parameters + layer.shift, tape.mean.data(), tape.variance.data(), tape.inverse.data(),
          tape.dgain.data(), tape.dshift.data()};
}

template <class T>
void Passes<T>::normalize(const Chunk& chunk, Size l, const T* parameters, const T* buffers) {
  const Layer& layer = plan_.layers[l - 1];
  const Norm<T>& row = *norms_[l];
  const Normed<T> x = normed(chunk, l, parameters);
  if (!row.over_batch) {
    row.statistics(x, chunk.mine.begin, chunk.mine.end);
  } else {
    chunk.me.meet();
    const Part sums = chunk.me.share(layer.sums());
    if (buffers) {
      std::copy_n(buffers + layer.mean + sums.begin, sums.size(), x.mean + sums.begin);
      std::copy_n(buffers + layer.variance + sums.begin, sums.size(), x.variance + sums.begin);
      kernels_.invert_deviations(x.variance + sums.begin, x.inverse + sums.begin, sums.size());
    } else {
      row.statistics(x, sums.begin, sums.end);
    }
    chunk.me.meet();
  }
  row.apply(x, chunk.mine.begin, chunk.mine.end);
}

// dN[l] becomes dZ[l], in place.
template <class T>
void Passes<T>::through_norm(const Chunk& chunk, Size l, const T* parameters) {
  const Part sums = chunk.me.share(plan_.sums(l));
  const Normed<T> x = normed(chunk, l, parameters);
  chunk.me.meet();
  kernels_.norm_gradients(x, dZ(l), sums.begin, sums.end);
  chunk.me.meet();
  norms_[l]->backward(x, dZ(l), chunk.mine.begin, chunk.mine.end);
}

template <class T>
void Passes<T>::update_running(Size n, T* buffers) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    const Layer& layer = plan_.layers[l - 1];
    if (!norms_[l] || !norms_[l]->over_batch) continue;
    kernels_.running_average(buffers + layer.mean, buffers + layer.variance,
                             tapes_[l].mean.data(), tapes_[l].variance.data(), layer.sums(), n);
  }
}

template void Passes<float>::normalize(const Chunk&, Size, const float*, const float*);
template void Passes<double>::normalize(const Chunk&, Size, const double*, const double*);
template void Passes<float>::through_norm(const Chunk&, Size, const float*);
template void Passes<double>::through_norm(const Chunk&, Size, const double*);
template void Passes<float>::update_running(Size, float*);
template void Passes<double>::update_running(Size, double*);

}  // namespace pellucid
