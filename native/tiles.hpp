// The heart of every product: a tile of its result, kept in registers while the summed dimension
// is walked through. Each number is one chain of multiply-adds in the order of that dimension, so
// that no result depends on how a product was cut into tiles, panels or parts for threads.
#pragma once

#include "vectors.hpp"

namespace pellucid::PELLUCID_SET {

// What a place in a row of places stands for: itself, or an entry of a list.
struct Every {
  Size operator()(Size i) const { return i; }
};

struct Listed {
  const std::int32_t* list;
  Size operator()(Size i) const { return list[i]; }
};

// Where number (r, d) of the left factor lies: in a matrix; in rows that lie anywhere; in columns
// that lie anywhere. Offsets are in numbers.
struct Strided {
  Size row, column;
  Size row_at(Size r) const { return r * row; }
  Size place(Size d) const { return d * column; }
};

struct RowsAnywhere {
  const std::int64_t* offsets;
  Size row_at(Size r) const { return offsets[r]; }
  Size place(Size d) const { return d; }
};

struct ColumnsAnywhere {
  const std::int64_t* offsets;
  Size row_at(Size r) const { return r; }
  Size place(Size d) const { return offsets[d]; }
};

// What becomes of a finished sum.
template <class T>
struct Put {
  typename Vector<T>::Register operator()(const T*, typename Vector<T>::Register sum) const {
    return sum;
  }
  template <class L>
  typename Vector<T>::Register operator()(const T*, typename Vector<T>::Register sum, L) const {
    return sum;
  }
};

// W − rate · dW, as the optimizer "sgd" has it: so dW never lies in memory.
template <class T>
struct Descend {
  using N = Vector<T>;
  typename N::Register minus_rate;
  typename N::Register operator()(const T* W, typename N::Register dW) const {
    return N::multiply_add(minus_rate, dW, N::load(W));
  }
  typename N::Register operator()(const T* W, typename N::Register dW,
                                  typename N::Lanes some) const {
    return N::multiply_add(minus_rate, dW, N::load(W, some));
  }
};

// Where a sum begins: at a bias, at what `out` holds, or at 0.
template <class T>
struct Begin {
  const T* bias;
  bool add;

  Begin from(Size columns) const { return {bias ? bias + columns : nullptr, add}; }
};

// What is the same for all tiles of a panel. Of left and out the rows are those that `rows` names,
// of the summed dimension the places that `depth_at` names.
template <class T, class Left, class Rows, class Depth, class End>
struct Work {
  const T* left;
  Left lies;
  Matrix<const T> right;
  Matrix<T> out;
  Size depth;
  Begin<T> begin;
  Rows rows;
  Depth depth_at;
  End end;
};

// R rows from `first` on; of the last register only `some` lanes where SOME.
template <class T, int R, int V, bool SOME, class Of>
PELLUCID_INLINE void tile(const Of& work, Size first, typename Vector<T>::Lanes some) {
  using N = Vector<T>;
  // Copies, which no store can be thought to change.
  const Size depth = work.depth, right_row = work.right.row;
  const T* const right = work.right.data;
  const auto depth_at = work.depth_at;
  const auto lies = work.lies;
  typename N::Register sums[R][V];
  const T* left[R];
  T* out[R];
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    left[r] = work.left + lies.row_at(work.rows(first + r));
    out[r] = work.out.data + work.rows(first + r) * work.out.row;
    const T* begin = work.begin.bias ? work.begin.bias : out[r];
    const bool zero = !work.begin.bias && !work.begin.add;
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) {
      const T* p = begin + v * N::lanes;
      sums[r][v] = zero ? N::broadcast(0) : !SOME || v < V - 1 ? N::load(p) : N::load(p, some);
    }
  }
  for (Size i = 0; i < depth; ++i) {
    const Size d = depth_at(i);
    typename N::Register b[V];
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) {
      const T* p = right + d * right_row + v * N::lanes;
      b[v] = !SOME || v < V - 1 ? N::load(p) : N::load(p, some);
    }
    const Size place = lies.place(d);
    PELLUCID_UNROLL
    for (int r = 0; r < R; ++r) {
      const auto a = N::broadcast(left[r][place]);
      PELLUCID_UNROLL
      for (int v = 0; v < V; ++v) sums[r][v] = N::multiply_add(a, b[v], sums[r][v]);
    }
  }
  const auto end = work.end;
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) {
      T* p = out[r] + v * N::lanes;
      if (!SOME || v < V - 1) {
        N::store(p, end(p, sums[r][v]));
      } else {
        N::store(p, end(p, sums[r][v], some), some);
      }
    }
  }
}

// All rows of a panel of V registers: tiles of R rows, then a lower one for the rows left over.
template <class T, int R, int V, bool SOME, class Of>
void tiles(const Of& work, Size first, Size end, typename Vector<T>::Lanes some) {
  for (; first + R <= end; first += R) tile<T, R, V, SOME>(work, first, some);
  if constexpr (R > 1) {
    if (first < end) tiles<T, R - 1, V, SOME>(work, first, end, some);
  }
}

// A panel of at most V registers; the last holds `columns` modulo its lanes, where not all.
template <class T, int V = TILE_VECTORS, class Of>
void panel(const Of& work, Size rows, Size columns) {
  constexpr int lanes = Vector<T>::lanes;
  if constexpr (V > 1) {
    if (columns <= (V - 1) * lanes) {
      panel<T, V - 1>(work, rows, columns);
      return;
    }
  }
  const int count = static_cast<int>(columns % lanes);
  const auto some = Vector<T>::first(count);
  if (count == 0) {
    tiles<T, TILE_ROWS, V, false>(work, 0, rows, some);
  } else {
    tiles<T, TILE_ROWS, V, true>(work, 0, rows, some);
  }
}

}  // namespace pellucid::PELLUCID_SET
