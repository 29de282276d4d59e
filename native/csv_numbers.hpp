// Numbers as they are written in tables.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "matrix.hpp"

namespace pellucid {

enum class Spelling { NUMBER, MISSING, INFINITE, TEXT };

// What `text` says; a number, rounded as Python's float() does, goes to `value`.
Spelling spelling(std::string_view text, char decimal, double& value);

// Whole numbers of one to four digits, where four characters can be read: −1 for anything else.
PELLUCID_INLINE int few_digits(const char* text, Size length) {
  if constexpr (std::endian::native != std::endian::little) return -1;
  if (length < 1 || length > 4) return -1;
  std::uint32_t x;
  std::memcpy(&x, text, 4);
  x = (x ^ 0x30303030u) << (8 * (4 - length));  // as if zeros stood before; digits are 0 to 9 now
  if (((x + 0x76767676u) | x) & 0x80808080u) return -1;
  x = (x * 10 + (x >> 8)) & 0x00FF00FFu;  // pairs of digits
  return static_cast<int>((x * 100 + (x >> 16)) & 0xFFFFu);
}

}  // namespace pellucid
