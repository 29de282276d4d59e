// Pictures distorted: equations/augmenting.py again, to rounding.
#pragma once

#include "kernels.hpp"
#include "random.hpp"

namespace pellucid {

// How pictures are distorted; each amount is the largest there can be.
struct Distortion {
  Size height, width, channels;
  double shift, rotate, shear, scale;  // pixels, degrees, degrees, share
  bool flip;
  std::int64_t crop;
  bool edge;   // outside is the nearest pixel, else 0
  bool moves;  // whether pixels come from other places
  double alpha;
  const double* taps;  // the Gaussian, from −reach to reach; null where nothing bends
  Size reach;
  double deviation, maximum;  // of the noise; the largest value of a pixel
  std::uint64_t seed, epoch;

  Size pixels() const { return height * width; }
  Size values() const { return pixels() * channels; }
};

// From the pixel at (x, y) of the new picture to a place in the old one's frame.
struct Affine {
  double xx, xy, x0, yx, yy, y0;
};

// Of the words 0 … 8 of an example, as equations/distorting.py has them.
Affine affine_of(const Distortion& how, const std::uint64_t* words);

// out[i] is the picture X[i], distorted as example examples[i] is in this epoch. Pixel is
// std::uint8_t or T; quantiles (65536,) by lane.
template <class T, class Pixel>
void distort(const Distortion& how, const Pixel* X, const std::int64_t* examples, Size n,
             Pixel* out, const T* quantiles, int n_threads, const Kernels<T>& kernels);

}  // namespace pellucid
