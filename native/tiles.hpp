// The heart of every product: a tile of its result, kept in registers while the summed dimension
// is walked through. Each number is one chain of multiply-adds in the order of that dimension, so
// that no result depends on how a product was cut into tiles, panels or parts for threads.
#pragma once

#include "vectors.hpp"

namespace pellucid::PELLUCID_SET {

// What a place in a row of places stands for: itself, or an entry of a list.
struct Every {
  static constexpr bool listed = false;
  Size operator()(Size i) const { return i; }
};

struct Listed {
  static constexpr bool listed = true;
  const std::int32_t* list;
  Size operator()(Size i) const { return list[i]; }
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
  typename N::Register rate;
  typename N::Register operator()(const T* W, typename N::Register dW) const {
    return N::subtract(N::load(W), N::multiply(rate, dW));
  }
  typename N::Register operator()(const T* W, typename N::Register dW,
                                  typename N::Lanes some) const {
    return N::subtract(N::load(W, some), N::multiply(rate, dW));
  }
};

// Where a sum begins: at a bias, at what `out` holds, or at 0.
template <class T>
struct Begin {
  const T* bias;
  bool add;

  Begin from(Size columns) const { return {bias ? bias + columns : nullptr, add}; }
};

// What is the same for all tiles of a panel. Of `left` and `out` the rows are those that `rows`
// names, of the summed dimension the places that `depth_at` names.
template <class T, class Rows, class Depth, class End>
struct Work {
  Matrix<const T> left, right;
  Matrix<T> out;
  Size depth;
  Begin<T> begin;
  Rows rows;
  Depth depth_at;
  End end;

  Work below(Size n) const {
    Work next = *this;
    if constexpr (Rows::listed) {
      next.rows.list += n;
    } else {
      next.left.data += n * left.row;
      next.out.data += n * out.row;
    }
    return next;
  }
};

template <class T, int R, int V, bool SOME, class Of>
PELLUCID_INLINE void tile(const Of& work, typename Vector<T>::Lanes some) {
  using N = Vector<T>;
  typename N::Register sums[R][V];
  const T* left[R];
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    left[r] = work.left.data + work.rows(r) * work.left.row;
    const T* from = work.begin.bias ? work.begin.bias : work.out.data + work.rows(r) * work.out.row;
    const bool zero = !work.begin.bias && !work.begin.add;
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) {
      const T* p = from + v * N::lanes;
      sums[r][v] = zero ? N::broadcast(0) : !SOME || v < V - 1 ? N::load(p) : N::load(p, some);
    }
  }
  for (Size i = 0; i < work.depth; ++i) {
    const Size d = work.depth_at(i);
    typename N::Register b[V];
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) {
      const T* p = work.right.data + d * work.right.row + v * N::lanes;
      b[v] = !SOME || v < V - 1 ? N::load(p) : N::load(p, some);
    }
    PELLUCID_UNROLL
    for (int r = 0; r < R; ++r) {
      const auto a = N::broadcast(left[r][d * work.left.column]);
      PELLUCID_UNROLL
      for (int v = 0; v < V; ++v) sums[r][v] = N::multiply_add(a, b[v], sums[r][v]);
    }
  }
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) {
      T* p = work.out.data + work.rows(r) * work.out.row + v * N::lanes;
      if (!SOME || v < V - 1) {
        N::store(p, work.end(p, sums[r][v]));
      } else {
        N::store(p, work.end(p, sums[r][v], some), some);
      }
    }
  }
}

// All rows of a panel of V registers: tiles of R rows, then a lower one for the rows left over.
template <class T, int R, int V, bool SOME, class Of>
void tiles(Of work, Size rows, typename Vector<T>::Lanes some) {
  for (; rows >= R; rows -= R, work = work.below(R)) tile<T, R, V, SOME>(work, some);
  if constexpr (R > 1) {
    if (rows > 0) tiles<T, R - 1, V, SOME>(work, rows, some);
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
    tiles<T, TILE_ROWS, V, false>(work, rows, some);
  } else {
    tiles<T, TILE_ROWS, V, true>(work, rows, some);
  }
}

}  // namespace pellucid::PELLUCID_SET
