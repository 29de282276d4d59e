#include "layout.hpp"

#include <algorithm>

namespace pellucid {

namespace {

constexpr Size LINE = 16;  // numbers: 64 bytes or 128
constexpr Size GAP = 16;   // rows without weights that are not worth another product

Panels panels(Size rows, Size columns, Size width, Size lanes) {
  Panels shape{rows, columns, width, 0};
  const Size rest = columns - (shape.count() - 1) * width;
  const Size filled = (rest + lanes - 1) / lanes * lanes;
  shape.last = filled <= 2 * rest ? filled : rest;
  return shape;
}

// f(number outside, the same inside) for every number of a segment.
template <class Out, class In, class F>
void each(const Segment& segment, Out* outside, In* inside, F&& f) {
  const Panels& shape = segment.shape;
  for (Size j = 0; j < shape.count(); ++j) {
    for (Size r = 0; r < shape.rows; ++r) {
      In* in = inside + shape.offset(j, r);
      Out* out = segment.turned ? outside + shape.begin(j) * shape.rows + r
                                : outside + r * shape.columns + shape.begin(j);
      const Size apart = segment.turned ? shape.rows : 1;
      for (Size c = 0; c < shape.wide(j); ++c) f(out[c * apart], in[c]);
    }
  }
}

std::vector<std::uint8_t> inside(const std::vector<std::uint8_t>& mask, const Segment& segment) {
  std::vector<std::uint8_t> found(mask.empty() ? 0 : segment.shape.size());
  if (mask.empty()) return found;
  each(segment, mask.data(), found.data(), [](std::uint8_t from, std::uint8_t& to) { to = from; });
  return found;
}

// Of a panel, the stretches of rows in which a mask (inside) leaves weights; at least one row.
std::vector<Part> bands(const std::vector<std::uint8_t>& mask, const Panels& shape, Size panel) {
  if (mask.empty()) return {{0, shape.rows}};
  std::vector<Part> found;
  for (Size r = 0; r < shape.rows; ++r) {
    const auto row = mask.begin() + shape.offset(panel, r);
    if (std::all_of(row, row + shape.row(panel), [](std::uint8_t there) { return !there; })) continue;
    if (found.empty() || r - found.back().end >= GAP) found.push_back({r, r});
    found.back().end = r + 1;
  }
  if (found.empty()) found.push_back({0, 1});
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
    : inside_(checked(outside)), n_outside_(outside.n_parameters) {
  inside_.n_parameters = 0;
  for (Size i = 0; i < static_cast<Size>(inside_.connections.size()); ++i) {
    Connection& connection = inside_.connections[i];
    const Size from = outside.units(connection.source), to = outside.sums(connection.to);
    connection.turned = 2 * to <= lanes;
    connection.panels =
        connection.turned ? panels(to, from, width, lanes) : panels(from, to, width, lanes);
    const Segment segment{Kind::WEIGHTS, connection.to,     i, connection.weights, 0,
                          connection.panels, connection.turned, ABSENT};
    connection.mask = pellucid::inside(connection.mask, segment);
    for (Size j = 0; j < connection.panels.count(); ++j) {
      connection.bands.push_back(bands(connection.mask, connection.panels, j));
    }
    connection.weights = add(segment);
  }
  for (Size l = 1; l <= inside_.n_layers(); ++l) {
    Layer& layer = inside_.layers[l - 1];
    const auto move = [&](Kind kind, Size& place, Size n) {
      if (place == ABSENT) return;
      place = add({kind, l, ABSENT, place, 0, panels(1, n, width, lanes), false, ABSENT});
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
    each(segment, outside + segment.outside, inside + segment.inside,
         [](const T& from, T& to) { to = from; });
  }
}

template <class T>
void Layout::take_parameters(const T* outside, T* inside) const {
  take(outside, inside);
  for (const Segment& segment : segments_) {
    if (segment.kind != Kind::WEIGHTS) continue;
    const std::vector<std::uint8_t>& mask = inside_.connections[segment.connection].mask;
    for (std::size_t i = 0; i < mask.size(); ++i) {
      if (!mask[i]) inside[segment.inside + i] = 0;
    }
  }
}

template <class T>
void Layout::give(const T* inside, T* outside) const {
  for (const Segment& segment : segments_) {
    each(segment, outside + segment.outside, inside + segment.inside,
         [](T& to, const T& from) { to = from; });
  }
}

template void Layout::take(const float*, float*) const;
template void Layout::take(const double*, double*) const;
template void Layout::take_parameters(const float*, float*) const;
template void Layout::take_parameters(const double*, double*) const;
template void Layout::give(const float*, float*) const;
template void Layout::give(const double*, double*) const;

}  // namespace pellucid
