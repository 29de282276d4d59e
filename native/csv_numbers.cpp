#include "csv_numbers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

namespace pellucid {

namespace {

// Powers of ten that are doubles without rounding.
constexpr double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int EXACT_POWER = 22;
constexpr std::uint64_t EXACT_WHOLE = std::uint64_t{1} << 53;
constexpr Size FITTING = 19;  // digits that 64 bits hold whatever they are

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The last n of eight characters as digits, all at once: by pairs, then fours.
bool digits_of_eight(const char* text, Size n, std::uint64_t& value) {
  if constexpr (std::endian::native != std::endian::little) return false;
  std::uint64_t x;
  std::memcpy(&x, text, 8);
  x = (x ^ 0x3030303030303030u) & (~std::uint64_t{0} << (8 * (8 - n)));
  if (((x + 0x7676767676767676u) | x) & 0x8080808080808080u) return false;
  x = (x * 10 + (x >> 8)) & 0x00FF00FF00FF00FFu;
  x = (x * 100 + (x >> 16)) & 0x0000FFFF0000FFFFu;
  value = (x * 10000 + (x >> 32)) & 0xFFFFFFFFu;
  return true;
}

// A number taken apart: sign, digits without the point, power of ten.
struct Parts {
  bool negative = false;
  std::uint64_t digits = 0;
  Size n_digits = 0;
  Size power = 0;
};

constexpr std::uint64_t WHOLE_POWERS[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};

// `first` is where the text begins, which ends at `end`.
const char* read_digits(const char* p, const char* first, const char* end, Parts& parts) {
  const char* begin = p;
  std::uint64_t eight;
  while (end - p >= 8 && digits_of_eight(p, 8, eight)) {
    parts.digits = parts.digits * 100000000u + eight;
    p += 8;
  }
  const Size left = end - p;
  if (left > 0 && left < 8 && end - first >= 8 && digits_of_eight(end - 8, left, eight)) {
    parts.digits = parts.digits * WHOLE_POWERS[left] + eight;
    p = end;
  }
  for (; p < end && is_digit(*p); ++p) {
    parts.digits = parts.digits * 10 + static_cast<unsigned>(*p - '0');
  }
  parts.n_digits += p - begin;
  return p;
}

// Whether all of the text is the power of ten that follows an e.
bool read_power(const char* p, const char* end, Size& power) {
  const bool negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+')) ++p;
  if (p == end) return false;
  Size size = 0;
  for (; p < end; ++p) {
    if (!is_digit(*p)) return false;
    size = std::min<Size>(size * 10 + (*p - '0'), 1 << 30);  // a cell has far fewer digits
  }
  power += negative ? -size : size;
  return true;
}

bool read_parts(std::string_view text, char decimal, Parts& parts) {
  const char* p = text.data();
  const char* const end = p + text.size();
  if (p == end) return false;
  parts.negative = *p == '-';
  if (*p == '-' || *p == '+') ++p;
  p = read_digits(p, text.data(), end, parts);
  if (p < end && *p == decimal) {
    const char* fraction = ++p;
    p = read_digits(p, text.data(), end, parts);
    parts.power = -(p - fraction);
  }
  if (parts.n_digits == 0) return false;
  return p == end || ((*p == 'e' || *p == 'E') && read_power(p + 1, end, parts.power));
}

// The general way, correctly rounded: of more digits, or of larger powers.
double converted(std::string_view text, char decimal) {
  std::string plain(text);
  if (decimal != '.') std::replace(plain.begin(), plain.end(), decimal, '.');
#if defined(__cpp_lib_to_chars)
  const char* begin = plain.data() + (plain[0] == '+');
  double value = 0;
  if (std::from_chars(begin, plain.data() + plain.size(), value).ec == std::errc()) return value;
#endif
  return std::strtod(plain.c_str(), nullptr);  // also where it is beyond all doubles
}

double value_of(const Parts& parts, std::string_view text, char decimal) {
  if (parts.n_digits > FITTING || parts.digits > EXACT_WHOLE) return converted(text, decimal);
  double value = static_cast<double>(parts.digits);
  if (parts.digits != 0) {
    if (std::abs(parts.power) > EXACT_POWER) return converted(text, decimal);
    value = parts.power < 0 ? value / POWERS[-parts.power] : value * POWERS[parts.power];
  }
  return parts.negative ? -value : value;
}

bool is_missing(std::string_view text) {
  constexpr std::string_view SIGNS[] = {"",    "?",    "NA",   "N/A",  "NaN", "nan",
                                        "null", "NULL", "None", "-",    "."};
  return text.size() <= 4 && std::find(std::begin(SIGNS), std::end(SIGNS), text) != std::end(SIGNS);
}

bool is_infinity(std::string_view text) {
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  if (text.size() != 3 && text.size() != 8) return false;
  constexpr std::string_view WORD = "infinity";
  return std::equal(text.begin(), text.end(), WORD.begin(),
                    [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

Spelling spelling(std::string_view text, char decimal, double& value) {
  Parts parts;
  if (read_parts(text, decimal, parts)) {
    value = value_of(parts, text, decimal);
    return std::isinf(value) ? Spelling::INFINITE : Spelling::NUMBER;
  }
  if (is_missing(text)) return Spelling::MISSING;
  return is_infinity(text) ? Spelling::INFINITE : Spelling::TEXT;
}

}  // namespace pellucid
