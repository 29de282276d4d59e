// Random numbers that can be addressed: equations/random.py again, bit for bit.
#pragma once

#include <array>
#include <vector>

#include "matrix.hpp"

namespace pellucid {

// What a number is drawn for.
enum Stream : std::uint64_t { SHUFFLE = 0, DROPOUT = 3, NOISE = 4, AUGMENT = 6 };

// Where words lie: block i of an address is the Philox block with the counter
// (i, step, epoch, layer) and the key (seed, stream).
struct Address {
  std::uint64_t seed, stream;
  std::uint64_t step = 0, epoch = 0, layer = 0;
};

using Words = std::array<std::uint64_t, 4>;

// Philox4x64-10 (Salmon et al. 2011).
Words philox(Words counter, std::uint64_t key0, std::uint64_t key1);

Words block(const Address& address, std::uint64_t i);

std::vector<std::uint64_t> words(const Address& address, Size n);

// Lanes of 16 bits: words cut in four, lowest bits first. `first` is the number of the first.
void lanes(const Address& address, Size first, Size n, std::uint16_t* out);

// A dropout mask: 0 for lanes below `threshold`, else 65536 / (65536 − threshold).
template <class T>
void dropout_mask(const Address& address, int threshold, Size first, Size n, T* out);

// Normal numbers of a deviation; quantiles (65536,) by lane, as equations/noise.py has them.
template <class T>
void gaussian(const Address& address, double deviation, const double* quantiles, Size first,
              Size n, T* out);

// See feistel.hpp; one of an instruction set's kernels.
using Feistel = void (*)(std::uint64_t* places, Size n, int bits, const std::uint64_t* keys,
                         int rounds);

// A permutation of 0 … n − 1.
std::vector<std::int64_t> permutation(std::uint64_t seed, std::uint64_t stream,
                                      std::uint64_t epoch, Size n, Feistel feistel);

}  // namespace pellucid
