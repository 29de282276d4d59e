// Examples as they lie in somebody else's arrays, and batches of them in the network's precision.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "kernels.hpp"
#include "plan.hpp"

namespace pellucid {

// X (n, n_inputs): the one of the three that is not null; or, where there are columns and begins,
// rows (CSR) of which it holds the numbers that are not 0.
struct Inputs {
  Size n = 0;
  const std::uint8_t* bytes = nullptr;
  const float* floats = nullptr;
  const double* doubles = nullptr;
  const std::int32_t* columns = nullptr;
  const std::int64_t* begins = nullptr;

  // Ask for rows that are wanted soon. At most so many bytes, lest they drive out what is at work.
  void prefetch(const std::int64_t* rows, Size count, Size units, Size bytes_at_most) const {
#if defined(PELLUCID_GNU)
    constexpr Size LINE = 64;
    const Size wide = units * (bytes ? 1 : floats ? 4 : 8);
    const char* X = bytes    ? reinterpret_cast<const char*>(bytes)
                    : floats ? reinterpret_cast<const char*>(floats)
                             : reinterpret_cast<const char*>(doubles);
    for (Size i = 0; !columns && i < std::min(count, bytes_at_most / wide); ++i) {
      for (Size j = 0; j < wide + LINE; j += LINE) __builtin_prefetch(X + rows[i] * wide + j);
      __asm__ volatile("" ::: "memory");  // GCC takes a function that only prefetches for empty
    }
#endif
  }

  template <class T>
  void take(const Kernels<T>& kernels, const std::int64_t* rows, Size count, Size units,
            const T* scale, const T* shift, bool same, T* A) const {
    if (bytes) {
      take_from(kernels.take_bytes, bytes, rows, count, units, scale, shift, same, A);
    } else if (floats) {
      take_from(kernels.take_floats, floats, rows, count, units, scale, shift, same, A);
    } else {
      take_from(kernels.take_doubles, doubles, rows, count, units, scale, shift, same, A);
    }
  }

 private:
  template <class Take, class Number, class T>
  void take_from(Take take, const Number* X, const std::int64_t* rows, Size count, Size units,
                 const T* scale, const T* shift, bool same, T* A) const {
    if (!columns) {
      take(X, rows, count, units, scale, shift, same, A);
      return;
    }
    for (Size i = 0; i < count; ++i, A += units) {
      std::copy_n(shift, units, A);
      for (std::int64_t k = begins[rows[i]]; k < begins[rows[i] + 1]; ++k) {
        const std::int32_t c = columns[k];
        A[c] = static_cast<T>(X[k]) * scale[c] + shift[c];
      }
    }
  }
};

// Y: codes (n,) or numbers (n, n_out), whichever is not null.
struct Targets {
  Size n = 0;
  const std::int32_t* codes = nullptr;
  const float* floats = nullptr;
  const double* doubles = nullptr;

  void check(Size n_outputs) const {
    for (Size i = 0; codes && i < n; ++i) {
      if (codes[i] < 0 || codes[i] >= n_outputs) {
        throw std::invalid_argument("a class code is not one of the network's outputs");
      }
    }
  }

  // Rows of numbers; a code becomes a row of zeros with a single 1.
  template <class T>
  void take(const std::int64_t* rows, Size count, Size units, T* Y) const {
    if (codes) {
      std::fill_n(Y, count * units, T(0));
      for (Size i = 0; i < count; ++i) Y[i * units + codes[rows[i]]] = 1;
    } else if (floats) {
      copy(floats, rows, count, units, Y);
    } else {
      copy(doubles, rows, count, units, Y);
    }
  }

 private:
  template <class Number, class T>
  static void copy(const Number* from, const std::int64_t* rows, Size count, Size units, T* Y) {
    for (Size i = 0; i < count; ++i, Y += units) {
      const Number* y = from + rows[i] * units;
      for (Size j = 0; j < units; ++j) Y[j] = static_cast<T>(y[j]);
    }
  }
};

struct Examples {
  Inputs X;
  Targets Y;
  const double* weights = nullptr;  // (n,), or null where every example counts the same
};

}  // namespace pellucid
