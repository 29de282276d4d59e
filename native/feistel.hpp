// A permutation of numbers of so many bits (Luby and Rackoff 1988), for many of them at once:
// equations/random.py again, bit for bit.
#pragma once

#include "vectors.hpp"

namespace pellucid::PELLUCID_SET {

// Two multiplications by odd constants with the upper half folded down: bits 32 … 63 of the
// product depend on every bit of half and key.
PELLUCID_INLINE std::uint64_t mix(std::uint64_t half, std::uint64_t key) {
  std::uint64_t mixed = (half ^ key) * 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93u;
  return mixed >> 32;
}

// places[i] becomes what it is carried to. `keys`: one for each of an even number of rounds.
inline void feistel(std::uint64_t* places, Size n, int bits, const std::uint64_t* keys,
                    int rounds) {
  const int low = bits / 2;
  const std::uint64_t low_mask = (std::uint64_t{1} << low) - 1;
  const std::uint64_t high_mask = (std::uint64_t{1} << (bits - low)) - 1;
  for (int round = 0; round < rounds; round += 2) {
    const std::uint64_t first = keys[round], second = keys[round + 1];
    PELLUCID_ELEMENTWISE
    for (Size i = 0; i < n; ++i) {
      std::uint64_t left = places[i] >> low, right = places[i] & low_mask;
      left ^= mix(right, first) & high_mask;
      right ^= mix(left, second) & low_mask;
      places[i] = (left << low) | right;
    }
  }
}

}  // namespace pellucid::PELLUCID_SET
