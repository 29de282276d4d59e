// Where a CSV file has the characters that may end something: separators, quotes, line ends.
#pragma once

#include <bit>
#include <cstdint>

#include "matrix.hpp"

#if defined(__SSE2__) || defined(_M_X64)
#define PELLUCID_SSE2
#include <emmintrin.h>
#endif

namespace pellucid {

// Walks through the places of separators, quotes and control characters, 64 characters at a time.
class Marks {
 public:
  Marks(const char* data, Size size, char separator, Size begin)
      : data_(data), size_(size), separator_(separator), block_(begin), bits_(marked(begin)) {}

  // The next of these places; the size of the file after the last.
  PELLUCID_INLINE Size next() {
    while (bits_ == 0) {
      block_ += WIDE;
      if (block_ >= size_) return block_ = size_;
      bits_ = marked(block_);
    }
    const Size place = block_ + std::countr_zero(bits_);
    bits_ &= bits_ - 1;
    return place;
  }

 private:
  static constexpr Size WIDE = 64;
  static constexpr char LAST = '\r';  // zero, tab and the line ends are not above it

  PELLUCID_INLINE std::uint64_t marked(Size begin) const {
#if defined(PELLUCID_SSE2)
    if (size_ - begin >= WIDE) {
      const std::uint64_t a = sixteen(begin), b = sixteen(begin + 16);
      const std::uint64_t c = sixteen(begin + 32), d = sixteen(begin + 48);
      return a | b << 16 | c << 32 | d << 48;
    }
#endif
    std::uint64_t bits = 0;
    const Size wide = size_ - begin < WIDE ? size_ - begin : WIDE;
    for (Size i = 0; i < wide; ++i) {
      const char c = data_[begin + i];
      const bool mark = static_cast<unsigned char>(c) <= LAST || c == separator_ || c == '"';
      bits |= static_cast<std::uint64_t>(mark) << i;
    }
    return bits;
  }

#if defined(PELLUCID_SSE2)
  PELLUCID_INLINE std::uint64_t sixteen(Size begin) const {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data_ + begin));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(LAST)), x);
    const __m128i separators = _mm_cmpeq_epi8(x, _mm_set1_epi8(separator_));
    const __m128i quotes = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
    const __m128i all = _mm_or_si128(control, _mm_or_si128(separators, quotes));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(all));
  }
#endif

  const char* data_;
  Size size_;
  char separator_;
  Size block_;
  std::uint64_t bits_;
};

}  // namespace pellucid
