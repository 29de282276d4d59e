// Where parameters lie: outside as network/segments.py says, one after the other without a gap;
// inside the core as the products like to read them, weights in panels, everything aligned. Weights
// into so few sums that these would leave most of a register empty lie there as their transpose.
#pragma once

#include <new>
#include <vector>

#include "plan.hpp"

namespace pellucid {

// Memory that begins where a line of the cache does.
template <class T>
struct Aligned {
  using value_type = T;
  static constexpr std::align_val_t LINE{64};
  Aligned() = default;
  template <class Other>
  Aligned(const Aligned<Other>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), LINE)); }
  void deallocate(T* p, std::size_t) { ::operator delete(p, LINE); }
  template <class Other>
  bool operator==(const Aligned<Other>&) const {
    return true;
  }
};

template <class T>
using Array = std::vector<T, Aligned<T>>;

template <class T>
void grow(Array<T>& numbers, Size size) {
  if (static_cast<Size>(numbers.size()) < size) numbers.resize(size);
}

enum class Kind { WEIGHTS, BIAS, GAIN, SHIFT };

// Parameters that belong together.
struct Segment {
  Kind kind;
  Size layer;       // that they lead into or belong to
  Size connection;  // of weights; else ABSENT
  Size outside, inside;
  Panels shape;  // inside: of weights or of one row
  bool turned;   // whether the weights lie inside as their transpose
  Size range;    // of the plan, which says how the optimizer treats them; ABSENT: frozen
};

// The translation between outside and inside, and the plan in the core's terms.
class Layout {
 public:
  // `width` and `lanes`: of a panel and of a register, in numbers. Throws std::invalid_argument where
  // numbers of the plan would lead outside of its arrays.
  Layout(const Plan& outside, Size width, Size lanes);

  const Plan& inside() const { return inside_; }
  const std::vector<Segment>& segments() const { return segments_; }
  Size n_outside() const { return n_outside_; }

  // From a vector outside to one inside, and back. What lies between segments stays as it is: 0.
  template <class T>
  void take(const T* outside, T* inside) const;
  // Of parameters: where a mask leaves weights out, they are 0 inside, whatever stands outside.
  template <class T>
  void take_parameters(const T* outside, T* inside) const;
  template <class T>
  void give(const T* inside, T* outside) const;

 private:
  Size add(Segment segment);

  Plan inside_;
  Size n_outside_;
  std::vector<Segment> segments_;
};

}  // namespace pellucid
