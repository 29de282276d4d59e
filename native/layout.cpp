#include "layout.hpp"

#include <algorithm>

namespace pellucid {

namespace {

constexpr Size LINE = 16;  // numbers: 64 bytes or 128

Panels panels(Size rows, Size columns, Size width, Size lanes) {
  Panels shape{rows, columns, width, 0};
  const Size rest = columns - (shape.count() - 1) * width;
  const Size filled = (rest + lanes - 1) / lanes * lanes;
  shape.last = filled <= 2 * rest ? filled : rest;
  return shape;
}

// f(numbers outside, the same inside, how many), row by row.
template <class Out, class In, class F>
void each_row(const Panels& shape, Out* outside, In* inside, F&& f) {
  for (Size j = 0; j < shape.count(); ++j) {
    for (Size r = 0; r < shape.rows; ++r) {
      f(outside + r * shape.columns + shape.begin(j), inside + shape.offset(j, r), shape.wide(j));
    }
  }
}

std::vector<std::uint8_t> in_panels(const std::vector<std::uint8_t>& mask, const Panels& shape) {
  std::vector<std::uint8_t> found(mask.empty() ? 0 : shape.size());
  if (mask.empty()) return found;
  each_row(shape, mask.data(), found.data(),
           [](const std::uint8_t* from, std::uint8_t* to, Size n) { std::copy_n(from, n, to); });
  return found;
}

Size range_of(const Plan& plan, Size place) {
  for (std::size_t i = 0; i < plan.ranges.size(); ++i) {
    if (plan.ranges[i].begin <= place && place < plan.ranges[i].end) return static_cast<Size>(i);
  }
  return ABSENT;
}

}  // namespace

Layout::Layout(const Plan& outside, Size width, Size lanes)
    : inside_(outside), n_outside_(outside.n_parameters) {
  inside_.n_parameters = 0;
  for (Size i = 0; i < static_cast<Size>(inside_.connections.size()); ++i) {
    Connection& connection = inside_.connections[i];
    const Size rows = outside.units(connection.source), columns = outside.sums(connection.to);
    connection.panels = panels(rows, columns, width, lanes);
    connection.mask = in_panels(connection.mask, connection.panels);
    connection.weights = add({Kind::WEIGHTS, connection.to, i, connection.weights, 0,
                              connection.panels, ABSENT});
  }
  for (Size l = 1; l <= inside_.n_layers(); ++l) {
    Layer& layer = inside_.layers[l - 1];
    const auto move = [&](Kind kind, Size& place, Size n) {
      if (place == ABSENT) return;
      place = add({kind, l, ABSENT, place, 0, panels(1, n, width, lanes), ABSENT});
    };
    move(Kind::BIAS, layer.bias, layer.bias_shared ? 1 : layer.sums());
    move(Kind::GAIN, layer.gain, layer.sums());
    move(Kind::SHIFT, layer.shift, layer.sums());
  }
}

Size Layout::add(Segment segment) {
  segment.inside = inside_.n_parameters;
  segment.range = range_of(inside_, segment.outside);
  segments_.push_back(segment);
  inside_.n_parameters += (segment.shape.size() + LINE - 1) / LINE * LINE;
  return segment.inside;
}

template <class T>
void Layout::take(const T* outside, T* inside) const {
  for (const Segment& segment : segments_) {
    each_row(segment.shape, outside + segment.outside, inside + segment.inside,
             [](const T* from, T* to, Size n) { std::copy_n(from, n, to); });
  }
}

template <class T>
void Layout::give(const T* inside, T* outside) const {
  for (const Segment& segment : segments_) {
    each_row(segment.shape, outside + segment.outside, inside + segment.inside,
             [](T* to, const T* from, Size n) { std::copy_n(from, n, to); });
  }
}

template void Layout::take(const float*, float*) const;
template void Layout::take(const double*, double*) const;
template void Layout::give(const float*, float*) const;
template void Layout::give(const double*, double*) const;

}  // namespace pellucid
