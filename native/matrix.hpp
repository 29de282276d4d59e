// Matrices as the core sees them: somebody's memory, and how far apart its numbers lie.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pellucid {

using Size = std::ptrdiff_t;

// Element (r, c) lies at data[r * row + c * column].
template <class T>
struct Matrix {
  T* data;
  Size row;
  Size column = 1;

  T& at(Size r, Size c) const { return data[r * row + c * column]; }
};

// A part of a result: some rows and some columns of it.
struct Block {
  Size row_begin, row_end;
  Size column_begin, column_end;
};

}  // namespace pellucid
