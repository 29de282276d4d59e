// Matrices as the core sees them: somebody's memory, and how far apart its numbers lie.
#pragma once

#include <cstddef>
#include <cstdint>

// What GCC and Clang add to C++; Clang also where it stands in for Microsoft's compiler.
#if defined(__GNUC__) || defined(__clang__)
#define PELLUCID_GNU
#endif

// What is written here is compiled for every instruction set, and must not be left for the linker
// to choose from: so it is always inlined.
#if defined(PELLUCID_GNU)
#define PELLUCID_INLINE inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define PELLUCID_INLINE __forceinline
#else
#define PELLUCID_INLINE inline
#endif

namespace pellucid {

using Size = std::ptrdiff_t;

// Element (r, c) lies at data[r * row + c * column].
template <class T>
struct Matrix {
  T* data;
  Size row;
  Size column = 1;

  PELLUCID_INLINE T& at(Size r, Size c) const { return data[r * row + c * column]; }
};

// A stretch of rows, columns or whatever is counted.
struct Part {
  Size begin, end;
  PELLUCID_INLINE Size size() const { return end - begin; }
};

// How a matrix of weights lies in the core: cut into panels of columns as wide as a tile of a
// product, panel after panel, and within each row after row. So a product reads it from beginning
// to end. The last panel may be narrower; its rows are filled up with zeros to whole registers,
// unless that would more than double them.
struct Panels {
  Size rows, columns;
  Size width;  // of a whole panel, in numbers
  Size last;   // of the last one, with what it is filled up with

  PELLUCID_INLINE Size count() const { return (columns + width - 1) / width; }
  // Of panel j: its first column, how many count, how far apart its rows lie in memory.
  PELLUCID_INLINE Size begin(Size j) const { return j * width; }
  PELLUCID_INLINE Size wide(Size j) const {
    return j + 1 < count() ? width : columns - begin(j);
  }
  PELLUCID_INLINE Size row(Size j) const { return j + 1 < count() ? width : last; }
  PELLUCID_INLINE Size offset(Size j, Size r) const { return j * width * rows + r * row(j); }
  PELLUCID_INLINE Size size() const { return rows * ((count() - 1) * width + last); }
};

}  // namespace pellucid
