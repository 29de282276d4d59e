#include "augment.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "parallel.hpp"

namespace pellucid {

namespace {

constexpr Size BEFORE = 1, AFTER = 2;  // pixels of a frame on each side
constexpr Size BLOCK = 64;             // lines that are blurred together
constexpr std::uint64_t BLOCKS = 3;    // of the words that decide about a picture as a whole
constexpr double RADIANS = 3.14159265358979323846 / 180;

// What a number is drawn for: the layer of its address.
enum Purpose : std::uint64_t { WHOLE, FIELD, GRAIN };

double even(std::uint64_t word) { return static_cast<double>(word >> 11) * 0x1p-52 - 1.0; }

// −crop … crop, by the upper 32 bits of a word.
double cut(std::uint64_t word, std::int64_t crop) {
  const std::uint64_t choices = 2 * static_cast<std::uint64_t>(crop) + 1;
  return static_cast<double>(static_cast<std::int64_t>((word >> 32) * choices >> 32) - crop);
}

// What is the same for all pictures of a call.
template <class T>
struct Shared {
  std::vector<T> x, y;  // of each pixel
  std::vector<T> taps;  // with zeros on both sides, so that every distance in the picture has one
  Size middle;          // where distance 0 lies

  explicit Shared(const Distortion& how) : x(how.pixels()), y(how.pixels()) {
    for (Size i = 0; i < how.pixels(); ++i) {
      x[i] = static_cast<T>(i % how.width);
      y[i] = static_cast<T>(i / how.width);
    }
    middle = std::max(how.height, how.width);
    taps.resize(2 * middle + 1);
    for (Size k = -how.reach; how.taps && k <= how.reach; ++k) {
      taps[middle + k] = static_cast<T>(how.taps[how.reach + k]);
    }
  }

  // The matrix whose number (r, c) belongs to the distance (first_c + c) − (first_r + r): each row
  // is the one above, moved by one.
  Matrix<const T> band(Size first_r, Size first_c) const {
    return {taps.data() + middle + first_c - first_r, -1, 1};
  }
};

// One thread's pictures.
template <class T, class Pixel>
class Worker {
 public:
  Worker(const Distortion& how, const Shared<T>& shared, const T* quantiles,
         const Kernels<T>& kernels)
      : how_(how), shared_(shared), quantiles_(quantiles), kernels_(kernels),
        values_(how.values()), lanes_(std::max(2 * how.pixels(), how.values())),
        field_(2 * how.pixels()), half_(how.taps ? 2 * how.pixels() : 0),
        frame_((how.height + BEFORE + AFTER) * row() * how.channels) {}

  void distort(const Pixel* picture, std::int64_t example, Pixel* out) {
    take(picture);
    if (how_.moves) move(example);
    if (how_.deviation > 0) {
      lanes(address(example, GRAIN), 0, how_.values(), lanes_.data());
      kernels_.add_noise(values_.data(), lanes_.data(), quantiles_,
                         static_cast<T>(how_.deviation), static_cast<T>(how_.maximum),
                         how_.values());
    }
    if constexpr (std::is_same_v<Pixel, std::uint8_t>) {
      kernels_.as_bytes(values_.data(), out, how_.values());
    } else {
      std::copy_n(values_.data(), how_.values(), out);
    }
  }

 private:
  Size row() const { return how_.width + BEFORE + AFTER; }

  Address address(std::int64_t example, Purpose purpose) const {
    return {.seed = how_.seed, .stream = AUGMENT, .step = static_cast<std::uint64_t>(example),
            .epoch = how_.epoch, .layer = purpose};
  }

  void take(const Pixel* picture) {
    if constexpr (std::is_same_v<Pixel, std::uint8_t>) {
      const T one = 1, zero = 0;
      const std::int64_t first = 0;
      kernels_.take_bytes(picture, &first, 1, how_.values(), &one, &zero, true, values_.data());
    } else {
      std::copy_n(picture, how_.values(), values_.data());
    }
  }

  void move(std::int64_t example) {
    std::uint64_t drawn[4 * BLOCKS];
    for (std::uint64_t i = 0; i < BLOCKS; ++i) {
      const Words four = block(address(example, WHOLE), i);
      std::copy(four.begin(), four.end(), drawn + 4 * i);
    }
    const Affine map = affine_of(how_, drawn);
    if (how_.taps) bend(address(example, FIELD));
    build_frame();
    const Movement<T> by{.x = shared_.x.data(), .y = shared_.y.data(), .dx = field_.data(),
                         .dy = field_.data() + how_.pixels(), .xx = static_cast<T>(map.xx),
                         .xy = static_cast<T>(map.xy), .x0 = static_cast<T>(map.x0),
                         .yx = static_cast<T>(map.yx), .yy = static_cast<T>(map.yy),
                         .y0 = static_cast<T>(map.y0)};
    kernels_.resample({frame_.data(), how_.height, how_.width, row(), how_.channels}, by,
                      how_.pixels(), values_.data());
  }

  // Both fields, smoothed as products with bands of the Gaussian: along the lines, then down.
  void bend(const Address& address) {
    const Size height = how_.height, width = how_.width;
    lanes(address, 0, 2 * how_.pixels(), lanes_.data());
    kernels_.spread_lanes(lanes_.data(), static_cast<T>(how_.alpha), field_.data(),
                          2 * how_.pixels());
    for (Size c = 0; c < width; c += kernels_.panel) {
      const Part columns{c, std::min(width, c + kernels_.panel)}, near = reached(columns, width);
      kernels_.product({field_.data() + near.begin, width}, shared_.band(near.begin, c),
                       {half_.data() + c, width}, 2 * height, columns.size(), near.size(),
                       nullptr, false);
    }
    for (Size top = 0; top < 2 * height; top += height) {
      for (Size r = 0; r < height; r += BLOCK) {
        const Part lines{r, std::min(height, r + BLOCK)}, near = reached(lines, height);
        for (Size c = 0; c < width; c += kernels_.panel) {
          kernels_.product(shared_.band(r, near.begin),
                           {half_.data() + (top + near.begin) * width + c, width},
                           {field_.data() + (top + r) * width + c, width}, lines.size(),
                           std::min(kernels_.panel, width - c), near.size(), nullptr, false);
        }
      }
    }
  }

  // What is near enough to some lines or columns to have a part in them.
  Part reached(Part some, Size size) const {
    return {std::max<Size>(0, some.begin - how_.reach), std::min(size, some.end + how_.reach)};
  }

  // The picture with a border, which stays 0 unless it is to be the nearest pixel.
  void build_frame() {
    const Size line = row() * how_.channels, inside = how_.width * how_.channels;
    T* const first = frame_.data() + BEFORE * line;
    for (Size y = 0; y < how_.height; ++y) {
      T* const pixels = first + y * line + BEFORE * how_.channels;
      std::copy_n(values_.data() + y * inside, inside, pixels);
      for (Size c = 0; how_.edge && c < how_.channels; ++c) {
        pixels[c - how_.channels] = pixels[c];
        for (Size i = 0; i < AFTER; ++i) {
          pixels[inside + i * how_.channels + c] = pixels[inside - how_.channels + c];
        }
      }
    }
    if (!how_.edge) return;
    std::copy_n(first, line, frame_.data());
    T* const last = first + (how_.height - 1) * line;
    for (Size i = 1; i <= AFTER; ++i) std::copy_n(last, line, last + i * line);
  }

  const Distortion& how_;
  const Shared<T>& shared_;
  const T* quantiles_;
  const Kernels<T>& kernels_;
  std::vector<T> values_;
  std::vector<std::uint16_t> lanes_;
  std::vector<T> field_, half_;  // displacements along x, then along y
  std::vector<T> frame_;
};

}  // namespace

Affine affine_of(const Distortion& how, const std::uint64_t* words) {
  const double tx = how.shift * even(words[0]) + cut(words[7], how.crop);
  const double ty = how.shift * even(words[1]) + cut(words[8], how.crop);
  const double angle = how.rotate * RADIANS * even(words[2]);
  const double slope = std::tan(how.shear * RADIANS * even(words[3]));
  const double sx = 1 + how.scale * even(words[4]), sy = 1 + how.scale * even(words[5]);
  const double sign = how.flip && words[6] >> 63 ? -1 : 1;
  const double cos = std::cos(angle), sin = std::sin(angle);
  Affine map{sign / sx * (cos - slope * sin), sign / sx * (-sin - slope * cos), 0,
             sin / sy, cos / sy, 0};
  const double mx = static_cast<double>(how.width - 1) / 2;
  const double my = static_cast<double>(how.height - 1) / 2;
  map.x0 = mx + BEFORE - map.xx * (mx + tx) - map.xy * (my + ty);
  map.y0 = my + BEFORE - map.yx * (mx + tx) - map.yy * (my + ty);
  return map;
}

template <class T, class Pixel>
void distort(const Distortion& how, const Pixel* X, const std::int64_t* examples, Size n,
             Pixel* out, const T* quantiles, int n_threads, const Kernels<T>& kernels) {
  const Shared<T> shared(how);
  Team team(n_threads, 1);
  const Size count = std::clamp<Size>(n, 1, team.largest());
  std::vector<Worker<T, Pixel>> workers;
  for (Size i = 0; i < count; ++i) workers.emplace_back(how, shared, quantiles, kernels);
  team.together(count, [&](const Member& me) {
    const Part mine = me.share(n);
    for (Size i = mine.begin; i < mine.end; ++i) {
      workers[me.index()].distort(X + i * how.values(), examples[i], out + i * how.values());
    }
  });
}

template void distort(const Distortion&, const std::uint8_t*, const std::int64_t*, Size,
                      std::uint8_t*, const float*, int, const Kernels<float>&);
template void distort(const Distortion&, const float*, const std::int64_t*, Size, float*,
                      const float*, int, const Kernels<float>&);
template void distort(const Distortion&, const double*, const std::int64_t*, Size, double*,
                      const double*, int, const Kernels<double>&);

}  // namespace pellucid
