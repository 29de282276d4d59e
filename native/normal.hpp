// The normal distribution, which is the error function as gelu needs it.
#pragma once

#include <cmath>

#include "exponentials.hpp"

namespace pellucid::PELLUCID_SET {

// (x + a) e^(x²/2) Φ(−x) for x ≥ 0, as a polynomial of t = (x − a) / (x + a).
template <class T>
PELLUCID_INLINE double tail_of(double x) {
  if constexpr (sizeof(T) == sizeof(float)) {
    const double q = 1 / (x + 3), t = (x - 3) * q;
    return q * polynomial(t, 0.7290836903757214, -0.50933199141099128, 0.23001769941807348,
                          -0.047262687973570541, -0.010462512889116555, 0.0069693111485655719,
                          0.001024753981647299, -0.0010325732417633233, -0.00024472992682314125,
                          0.00013132990152105831, 5.4488870006214468e-5);
  } else {
    const double q = 1 / (x + 5.5), t = (x - 5.5) * q;
    return q * polynomial(t, 0.77376963427640677, -0.68518342057433812, 0.53559648906249469,
                          -0.3670490652936198, 0.21787243285795868, -0.10970308995871818,
                          0.045097580814909458, -0.013923510565679521, 0.0024429826743555174,
                          0.00026960400087463804, -0.00032452265085735455,
                          7.1414851024819345e-5, 1.6319979508378718e-5, -1.2118899363293911e-5,
                          4.4635256700386259e-7, 1.4838656064428856e-6, -2.6777538504911734e-7,
                          -1.7759531091757235e-7, 5.0251075257525424e-8, 2.2939737553627859e-8,
                          -5.6528081171652503e-9, -2.5799884306598946e-9);
  }
}

// Of the normal distribution: the share of it that lies below z, and its density at z.
template <class T>
struct Normal {
  T share, density;
};

// The share is Φ(z) = ½ erfc(−z/√2), the error function in the form that keeps its digits where z
// is far below 0. In float64 also for float32. There e^(−x²/2) makes x²/2 times an error of x² out
// of it: the upper half of x has an exact square, and x² less that square is small.
template <class T>
PELLUCID_INLINE Normal<T> normal_of(T z) {
  const double x = limited(std::fabs(static_cast<double>(z)), 0.0, sizeof(T) == 4 ? 15.0 : 39.0);
  const double upper = as<double>(as<std::uint64_t>(x) & ~((std::uint64_t(1) << 27) - 1));
  Halvings<double> h = halvings(-0.5 * (upper * upper));
  h.r -= 0.5 * ((x - upper) * (x + upper));
  const double e = exp_of(h), tail = e * tail_of<T>(x);
  return {static_cast<T>(z > 0 ? 1 - tail : tail), static_cast<T>(e * 0.3989422804014326779)};
}

}  // namespace pellucid::PELLUCID_SET
