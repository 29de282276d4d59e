// Pictures distorted; pellucid.equations.augmenting is the face of this.
#include <nanobind/stl/string.h>

#include <string>

#include "arrays.hpp"
#include "augment.hpp"
#include "bind.hpp"
#include "instruction_sets.hpp"

namespace pellucid {

namespace {

constexpr Size LANES = 65536;

void expect(bool fits, const char* what) {
  if (!fits) throw nb::value_error(what);
}

template <class T, class Pixel>
void bind_distort_of(nb::module_& m) {
  m.def(
      "distort",
      [](const ArrayOf<const Pixel, 2>& X, const Vector<std::int64_t>& examples,
         const ArrayOf<Pixel, 2>& out, Size height, Size width, Size channels, double shift,
         double rotate, double shear, double scale, bool flip, std::int64_t crop, bool edge,
         bool moves, double alpha, const Vector<double>& taps, double deviation, double maximum,
         const Vector<T>& quantiles, std::uint64_t seed, std::uint64_t epoch, int threads,
         const std::string& instruction_set) {
        const Size n_taps = static_cast<Size>(taps.size()), n = static_cast<Size>(X.shape(0));
        const Distortion how{height, width, channels, shift, rotate, shear, scale, flip, crop,
                             edge, moves, alpha, n_taps ? taps.data() : nullptr, n_taps / 2,
                             deviation, maximum, seed, epoch};
        expect(height > 0 && width > 0 && channels > 0 &&
                   static_cast<Size>(X.shape(1)) == how.values(),
               "X: expected rows of height · width · channels numbers");
        expect(out.shape(0) == X.shape(0) && out.shape(1) == X.shape(1) &&
                   examples.size() == X.shape(0),
               "out, examples: expected as many rows as X has");
        expect(n_taps == 0 || (n_taps % 2 == 1 && how.reach < std::max(height, width)),
               "taps: expected an odd number, no further than the picture is large");
        expect(static_cast<Size>(quantiles.size()) == LANES, "quantiles: expected 65536");
        const Kernels<T>& kernels = kernels_of<T>(instruction_set);
        const Unlocked unlocked;
        distort<T, Pixel>(how, X.data(), examples.data(), n, out.data(), quantiles.data(),
                          threads, kernels);
      },
      "X"_a, "examples"_a, "out"_a, nb::kw_only(), "height"_a, "width"_a, "channels"_a, "shift"_a,
      "rotate"_a, "shear"_a, "scale"_a, "flip"_a, "crop"_a, "edge"_a, "moves"_a, "alpha"_a,
      "taps"_a, "deviation"_a, "maximum"_a, "quantiles"_a, "seed"_a, "epoch"_a, "threads"_a,
      "instruction_set"_a);
}

}  // namespace

void bind_augment(nb::module_& m) {
  bind_distort_of<float, std::uint8_t>(m);
  bind_distort_of<float, float>(m);
  bind_distort_of<double, double>(m);
}

}  // namespace pellucid
