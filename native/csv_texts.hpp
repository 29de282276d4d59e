// Texts kept once, numbered in the order in which they first came.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "matrix.hpp"

namespace pellucid {

class Texts {
 public:
  Size size() const { return static_cast<Size>(entries_.size()); }
  std::string_view operator[](Size i) const {
    const Entry& entry = entries_[i];
    return {kept_.data() + entry.begin, entry.length};
  }
  // All texts, one after the other.
  const std::string& joined() const { return kept_; }

  // The number of `text`, which is kept if it is new.
  std::int32_t code(std::string_view text) { return code(text, hashed(text)); }
  // The same of a text that others have.
  std::int32_t code(const Texts& others, Size i) { return code(others[i], others.entries_[i].hash); }

  void clear() {
    entries_.clear();
    kept_.clear();
    std::fill(slots_.begin(), slots_.end(), -1);
  }

 private:
  struct Entry {
    std::size_t begin;
    std::uint32_t length, hash;
  };
  static constexpr std::size_t FIRST = 64;

  std::size_t mask() const { return slots_.size() - 1; }

  std::int32_t code(std::string_view text, std::uint32_t hash) {
    if (2 * entries_.size() >= slots_.size()) grow();
    for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
      const std::int32_t code = slots_[at];
      if (code < 0) return slots_[at] = added(text, hash);
      if (entries_[code].hash == hash && (*this)[code] == text) return code;
    }
  }

  std::int32_t added(std::string_view text, std::uint32_t hash) {
    entries_.push_back({kept_.size(), static_cast<std::uint32_t>(text.size()), hash});
    kept_.append(text);
    return static_cast<std::int32_t>(entries_.size() - 1);
  }

  void grow() {
    slots_.assign(slots_.empty() ? FIRST : 2 * slots_.size(), -1);
    for (std::size_t code = 0; code < entries_.size(); ++code) {
      std::size_t at = entries_[code].hash & mask();
      while (slots_[at] >= 0) at = (at + 1) & mask();
      slots_[at] = static_cast<std::int32_t>(code);
    }
  }

  template <class T>
  static T letters(const char* p) {
    T word;
    std::memcpy(&word, p, sizeof word);
    return word;
  }

  static std::uint64_t mixed(std::uint64_t h) {
    h *= 0x9E3779B97F4A7C15u;
    return h ^ (h >> 29);
  }

  // Another one in each process, so that no file can be made of texts that all meet.
  static std::uint32_t hashed(std::string_view text) {
    static const std::uint64_t seed = std::random_device{}() | 1;
    const char* p = text.data();
    const std::size_t n = text.size();
    std::uint64_t h = seed ^ n;
    for (std::size_t i = 0; i + 8 <= n; i += 8) h = mixed(h ^ letters<std::uint64_t>(p + i));
    if (n >= 8) {
      h = mixed(h ^ letters<std::uint64_t>(p + n - 8));
    } else if (n >= 4) {
      h = mixed(h ^ letters<std::uint32_t>(p) ^
                static_cast<std::uint64_t>(letters<std::uint32_t>(p + n - 4)) << 32);
    } else if (n > 0) {
      h = mixed(h ^ static_cast<unsigned char>(p[0]) ^
                static_cast<std::uint64_t>(letters<std::uint8_t>(p + n / 2)) << 8 ^
                static_cast<std::uint64_t>(letters<std::uint8_t>(p + n - 1)) << 16);
    }
    h *= seed;
    return static_cast<std::uint32_t>(h ^ (h >> 32));
  }

  std::vector<Entry> entries_;
  std::string kept_;
  std::vector<std::int32_t> slots_;
};

}  // namespace pellucid
