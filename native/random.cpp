#include "random.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

namespace pellucid {

namespace {

constexpr Size SORTED = 4096;  // up to this many numbers are permuted by sorting
constexpr int ROUNDS = 8;      // of the Feistel network beyond
constexpr Size LANES_A_BLOCK = 16;

struct Product {
  std::uint64_t high, low;
};

Product multiply(std::uint64_t a, std::uint64_t b) {
#if defined(__SIZEOF_INT128__)
  __extension__ typedef unsigned __int128 Wide;
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
#else
  return {__umulh(a, b), a * b};
#endif
}

// out = what `of` makes of lanes; they are drawn some at a time. `of` is taken by value, so that
// its numbers are known not to lie in `out`: else its loop would be one of branches.
template <class T, class Of>
void from_lanes(const Address& address, Size first, Size n, T* out, Of of) {
  constexpr Size ROOM = 256;
  std::uint16_t drawn[ROOM];
  for (Size done = 0; done < n; done += ROOM) {
    const Size count = std::min(ROOM, n - done);
    lanes(address, first + done, count, drawn);
    for (Size i = 0; i < count; ++i) out[done + i] = of(drawn[i]);
  }
}

}  // namespace

Words philox(Words counter, std::uint64_t key0, std::uint64_t key1) {
  for (int round = 0; round < 10; ++round) {
    const Product first = multiply(0xD2E7470EE14C6C93u, counter[0]);
    const Product second = multiply(0xCA5A826395121157u, counter[2]);
    counter = {second.high ^ counter[1] ^ key0, second.low, first.high ^ counter[3] ^ key1,
               first.low};
    key0 += 0x9E3779B97F4A7C15u;
    key1 += 0xBB67AE8584CAA73Bu;
  }
  return counter;
}

Words block(const Address& address, std::uint64_t i) {
  return philox({i, address.step, address.epoch, address.layer}, address.seed, address.stream);
}

std::vector<std::uint64_t> words(const Address& address, Size n) {
  std::vector<std::uint64_t> found(n);
  for (Size i = 0; i < n; i += 4) {
    const Words four = block(address, static_cast<std::uint64_t>(i / 4));
    std::copy_n(four.begin(), std::min<Size>(4, n - i), found.begin() + i);
  }
  return found;
}

void lanes(const Address& address, Size first, Size n, std::uint16_t* out) {
  for (Size done = 0; done < n;) {
    const Size number = first + done;
    const Words four = block(address, static_cast<std::uint64_t>(number / LANES_A_BLOCK));
    const bool whole = number % LANES_A_BLOCK == 0 && n - done >= LANES_A_BLOCK;
    if (std::endian::native == std::endian::little && whole) {
      std::memcpy(out + done, four.data(), sizeof four);  // what the loop does, several times as fast
      done += LANES_A_BLOCK;
      continue;
    }
    for (Size lane = number % LANES_A_BLOCK; lane < LANES_A_BLOCK && done < n; ++lane, ++done) {
      out[done] = static_cast<std::uint16_t>(four[lane / 4] >> (16 * (lane % 4)));
    }
  }
}

template <class T>
void dropout_mask(const Address& address, int threshold, Size first, Size n, T* out) {
  const T kept = static_cast<T>(65536.0 / (65536 - threshold));
  from_lanes(address, first, n, out,
             [=](std::uint16_t lane) { return lane >= threshold ? kept : T(0); });
}

template void dropout_mask(const Address&, int, Size, Size, float*);
template void dropout_mask(const Address&, int, Size, Size, double*);

template <class T>
void gaussian(const Address& address, double deviation, const double* quantiles, Size first,
              Size n, T* out) {
  from_lanes(address, first, n, out, [=](std::uint16_t lane) {
    return static_cast<T>(deviation * quantiles[lane]);
  });
}

template void gaussian(const Address&, double, const double*, Size, Size, float*);
template void gaussian(const Address&, double, const double*, Size, Size, double*);

std::vector<std::int64_t> permutation(std::uint64_t seed, std::uint64_t stream,
                                      std::uint64_t epoch, Size n, Feistel feistel) {
  const Address address{.seed = seed, .stream = stream, .epoch = epoch};
  std::vector<std::int64_t> found(n);
  if (n <= SORTED) {
    const std::vector<std::uint64_t> keys = words(address, n);
    std::iota(found.begin(), found.end(), 0);
    std::stable_sort(found.begin(), found.end(),
                     [&](std::int64_t a, std::int64_t b) { return keys[a] < keys[b]; });
    return found;
  }
  const std::vector<std::uint64_t> keys = words(address, ROUNDS);
  const int bits = std::bit_width(static_cast<std::uint64_t>(n - 1));
  constexpr Size ROOM = 512;
  std::uint64_t places[ROOM];
  for (Size first = 0; first < n; first += ROOM) {
    const Size count = std::min(ROOM, n - first);
    std::iota(places, places + count, static_cast<std::uint64_t>(first));
    feistel(places, count, bits, keys.data(), ROUNDS);
    for (Size i = 0; i < count; ++i) {
      // Again until it is one of the n: cycle walking.
      while (places[i] >= static_cast<std::uint64_t>(n)) {
        feistel(places + i, 1, bits, keys.data(), ROUNDS);
      }
      found[first + i] = static_cast<std::int64_t>(places[i]);
    }
  }
  return found;
}

}  // namespace pellucid
