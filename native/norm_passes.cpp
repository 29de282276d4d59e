// Through normalized layers, forward and backward.
#include <algorithm>

#include "passes.hpp"

namespace pellucid {

namespace {

constexpr Size NORM_COST = 4;  // of one number, in multiply-adds

}  // namespace

template <class T>
Normed<T> Passes<T>::normed(Size l, const T* parameters) {
  const Layer& layer = plan_.layers[l - 1];
  LayerTape<T>& tape = tapes_[l];
  return {n_, layer.sums(), tape.Z.data(), tape.N.data(), parameters + layer.gain,
          parameters + layer.shift, tape.mean.data(), tape.variance.data(), tape.inverse.data(),
          tape.dgain.data(), tape.dshift.data()};
}

template <class T>
void Passes<T>::normalize(Size l, const T* parameters, const T* buffers) {
  const Layer& layer = plan_.layers[l - 1];
  const Norm<T>& row = *norms_[l];
  LayerTape<T>& tape = tapes_[l];
  const Size sums = layer.sums(), count = row.over_batch ? sums : n_;
  for (auto* numbers : {&tape.mean, &tape.variance, &tape.inverse}) grow(*numbers, count);
  const Normed<T> x = normed(l, parameters);
  if (row.over_batch && buffers) {
    std::copy_n(buffers + layer.mean, sums, x.mean);
    std::copy_n(buffers + layer.variance, sums, x.variance);
    kernels_.invert_deviations(x.variance, x.inverse, sums);
  } else {
    team_.stretches(n_ * sums * NORM_COST, count,
                    [&](Size begin, Size end) { row.statistics(x, begin, end); });
  }
  team_.stretches(n_ * sums * NORM_COST, n_,
                  [&](Size begin, Size end) { row.apply(x, begin, end); });
}

// dN[l] becomes dZ[l], in place.
template <class T>
void Passes<T>::through_norm(Size l, const T* parameters, T* gradient, bool add) {
  const Layer& layer = plan_.layers[l - 1];
  const Size sums = layer.sums(), work = n_ * sums * NORM_COST;
  for (auto* numbers : {&tapes_[l].dgain, &tapes_[l].dshift}) grow(*numbers, sums);
  const Normed<T> x = normed(l, parameters);
  team_.stretches(work, sums, [&](Size begin, Size end) {
    kernels_.norm_gradients(x, dZ(l), begin, end);
  });
  for (Size j = 0; j < sums; ++j) {
    T& dgain = gradient[layer.gain + j];
    T& dshift = gradient[layer.shift + j];
    dgain = add ? dgain + x.dgain[j] : x.dgain[j];
    dshift = add ? dshift + x.dshift[j] : x.dshift[j];
  }
  team_.stretches(work, n_, [&](Size begin, Size end) {
    norms_[l]->backward(x, dZ(l), begin, end);
  });
}

template <class T>
void Passes<T>::update_running(T* buffers) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    const Layer& layer = plan_.layers[l - 1];
    if (!norms_[l] || !norms_[l]->over_batch) continue;
    kernels_.running_average(buffers + layer.mean, buffers + layer.variance,
                             tapes_[l].mean.data(), tapes_[l].variance.data(), layer.sums(), n_);
  }
}

template void Passes<float>::normalize(Size, const float*, const float*);
template void Passes<double>::normalize(Size, const double*, const double*);
template void Passes<float>::through_norm(Size, const float*, float*, bool);
template void Passes<double>::through_norm(Size, const double*, double*, bool);
template void Passes<float>::update_running(float*);
template void Passes<double>::update_running(double*);

}  // namespace pellucid
