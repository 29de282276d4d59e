// The loops of distorting a picture: equations/distorting.py says what they are for.
#pragma once

#include "loops.hpp"
#include "polynomials.hpp"

namespace pellucid::PELLUCID_SET {

// a[i]: of −amount … amount, evenly.
template <class T>
void spread_lanes(const std::uint16_t* lanes, T amount, T* a, Size n) {
  const T step = amount / 32768, first = step / 2 - amount;
  PELLUCID_EACH(i, n) a[i] = static_cast<T>(static_cast<std::int32_t>(lanes[i])) * step + first;
}

// What lies at a place between the four pixels from `corner` on.
template <class T>
PELLUCID_INLINE T between(const T* corner, Size right, Size below, T x, T y) {
  const T upper = multiply_add(x, corner[right] - corner[0], corner[0]);
  const T lower = multiply_add(x, corner[below + right] - corner[below], corner[below]);
  return multiply_add(y, lower - upper, upper);
}

// Where pixels come from, and what lies there, a stretch of the picture at a time.
template <class T>
void resample(const Frame<T>& from, const Movement<T>& by, Size n, T* out) {
  constexpr Size ROOM = 256;
  std::int32_t corner[ROOM];
  T right[ROOM], down[ROOM];
  const Size channels = from.channels, below = from.row * channels;
  const T widest = static_cast<T>(from.width + 1), tallest = static_cast<T>(from.height + 1);
  const std::int32_t row = static_cast<std::int32_t>(from.row);
  const std::int32_t numbers = static_cast<std::int32_t>(channels);
  for (Size first = 0; first < n; first += ROOM) {
    const Size count = n - first < ROOM ? n - first : ROOM;
    const T *x = by.x + first, *y = by.y + first, *dx = by.dx + first, *dy = by.dy + first;
    PELLUCID_EACH(i, count) {
      const T u = limited(multiply_add(by.xx, x[i], multiply_add(by.xy, y[i], by.x0 + dx[i])),
                          T(0), widest);
      const T v = limited(multiply_add(by.yx, x[i], multiply_add(by.yy, y[i], by.y0 + dy[i])),
                          T(0), tallest);
      const std::int32_t j = static_cast<std::int32_t>(u), k = static_cast<std::int32_t>(v);
      right[i] = u - static_cast<T>(j);
      down[i] = v - static_cast<T>(k);
      corner[i] = (k * row + j) * numbers;
    }
    for (Size c = 0; c < channels; ++c) {
      const T* const pixels = from.pixels + c;
      T* const to = out + first * channels + c;
      if (channels == 1) {
        PELLUCID_EACH(i, count) to[i] = between(pixels + corner[i], 1, below, right[i], down[i]);
      } else {
        PELLUCID_EACH(i, count) {
          to[i * channels] = between(pixels + corner[i], channels, below, right[i], down[i]);
        }
      }
    }
  }
}

// a + deviation · the normal number of its lane; within 0 … maximum, or a's own range where wider.
template <class T>
void add_noise(T* a, const std::uint16_t* lanes, const T* quantiles, T deviation, T maximum,
               Size n) {
  const auto lower = [](T x, T y) { return y < x ? y : x; };
  const T lowest = joined(n, T(0), [=](Size i) { return lower(a[i], T(0)); }, lower);
  const T most = largest_of(a, n), highest = most > maximum ? most : maximum;
  PELLUCID_EACH(i, n) {
    a[i] = limited(multiply_add(deviation, quantiles[lanes[i]], a[i]), lowest, highest);
  }
}

// Rounded, and what a byte cannot hold brought to what it can.
template <class T>
void as_bytes(const T* a, std::uint8_t* bytes, Size n) {
  PELLUCID_EACH(i, n) {
    bytes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(limited(a[i], T(0), T(255)) + T(0.5)));
  }
}

}  // namespace pellucid::PELLUCID_SET
