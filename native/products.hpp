// Products of matrices: Z = A W and dW = Aᵀ dZ by `product`, dA = dZ Wᵀ by `product_transposed`.
// equations/affine.py says what they are for.
#pragma once

#include "vectors.hpp"

namespace pellucid::PELLUCID_SET {

constexpr Size DEPTH_BLOCK = 256;  // of the summed dimension, so that a panel stays in the cache
constexpr Size NARROW = 64;        // a summed dimension below it is turned instead

// R rows and V registers of out, kept in registers while the summed dimension is walked through.
template <class T, int R, int V, bool PART>
PELLUCID_INLINE void tile(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Size depth,
                          typename Vector<T>::Part part, bool add) {
  using N = Vector<T>;
  typename N::Register sums[R][V];
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) {
      const T* p = out.data + r * out.row + v * N::lanes;
      const bool whole = !PART || v < V - 1;
      sums[r][v] = !add ? N::broadcast(0) : whole ? N::load(p) : N::load(p, part);
    }
  }
  for (Size d = 0; d < depth; ++d) {
    typename N::Register b[V];
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) {
      const T* p = right.data + d * right.row + v * N::lanes;
      b[v] = !PART || v < V - 1 ? N::load(p) : N::load(p, part);
    }
    PELLUCID_UNROLL
    for (int r = 0; r < R; ++r) {
      const auto a = N::broadcast(left.data[r * left.row + d * left.column]);
      PELLUCID_UNROLL
      for (int v = 0; v < V; ++v) sums[r][v] = N::multiply_add(a, b[v], sums[r][v]);
    }
  }
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    PELLUCID_UNROLL
    for (int v = 0; v < V; ++v) {
      T* p = out.data + r * out.row + v * N::lanes;
      if (!PART || v < V - 1) {
        N::store(p, sums[r][v]);
      } else {
        N::store(p, sums[r][v], part);
      }
    }
  }
}

// All rows of a panel of V registers: tiles of R rows, then a lower one for the rows left over.
template <class T, int R, int V, bool PART>
void panel(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Size rows, Size depth,
           int count, bool add) {
  const auto part = Vector<T>::part(count);
  for (; rows >= R; rows -= R, left.data += R * left.row, out.data += R * out.row) {
    tile<T, R, V, PART>(left, right, out, depth, part, add);
  }
  if constexpr (R > 1) {
    if (rows > 0) panel<T, R - 1, V, PART>(left, right, out, rows, depth, count, add);
  }
}

// A panel of at most V registers; the last holds `columns` modulo its lanes, where not all.
template <class T, int V>
void panel_of(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Size rows, Size columns,
              Size depth, bool add) {
  constexpr int lanes = Vector<T>::lanes;
  if constexpr (V > 1) {
    if (columns <= (V - 1) * lanes) {
      panel_of<T, V - 1>(left, right, out, rows, columns, depth, add);
      return;
    }
  }
  const int count = static_cast<int>(columns % lanes);
  if (count == 0) {
    panel<T, TILE_ROWS, V, false>(left, right, out, rows, depth, count, add);
  } else {
    panel<T, TILE_ROWS, V, true>(left, right, out, rows, depth, count, add);
  }
}

template <class T>
void product(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Block block, Size depth,
             bool add) {
  constexpr Size width = TILE_VECTORS * Vector<T>::lanes;
  const Size rows = block.row_end - block.row_begin;
  for (Size c = block.column_begin; c < block.column_end; c += width) {
    const Size columns = block.column_end - c < width ? block.column_end - c : width;
    for (Size d = 0; d < depth; d += DEPTH_BLOCK) {
      const Size deep = depth - d < DEPTH_BLOCK ? depth - d : DEPTH_BLOCK;
      panel_of<T, TILE_VECTORS>(
          {&left.at(block.row_begin, d), left.row, left.column}, {&right.at(d, c), right.row},
          {&out.at(block.row_begin, c), out.row}, rows, columns, deep, add || d > 0);
    }
  }
}

// R · C numbers of out, each summed lane by lane and then over the lanes.
template <class T, int R, int C>
PELLUCID_INLINE void dots(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Size depth,
                          bool add) {
  using N = Vector<T>;
  typename N::Register sums[R][C];
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    PELLUCID_UNROLL
    for (int c = 0; c < C; ++c) sums[r][c] = N::broadcast(0);
  }
  const auto part = N::part(static_cast<int>(depth % N::lanes));
  for (Size d = 0; d < depth; d += N::lanes) {
    const bool whole = depth - d >= N::lanes;
    typename N::Register b[C];
    PELLUCID_UNROLL
    for (int c = 0; c < C; ++c) {
      const T* p = right.data + c * right.row + d;
      b[c] = whole ? N::load(p) : N::load(p, part);
    }
    PELLUCID_UNROLL
    for (int r = 0; r < R; ++r) {
      const T* p = left.data + r * left.row + d;
      const auto a = whole ? N::load(p) : N::load(p, part);
      PELLUCID_UNROLL
      for (int c = 0; c < C; ++c) sums[r][c] = N::multiply_add(a, b[c], sums[r][c]);
    }
  }
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    PELLUCID_UNROLL
    for (int c = 0; c < C; ++c) {
      T& place = out.at(r, c);
      place = add ? place + sum<T>(sums[r][c]) : sum<T>(sums[r][c]);
    }
  }
}

// All rows of C columns, R rows at a time and then the rest.
template <class T, int R, int C>
void dot_rows(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Size rows, Size depth,
              bool add) {
  for (; rows >= R; rows -= R, left.data += R * left.row, out.data += R * out.row) {
    dots<T, R, C>(left, right, out, depth, add);
  }
  if constexpr (R > 1) {
    if (rows > 0) dot_rows<T, R - 1, C>(left, right, out, rows, depth, add);
  }
}

// All columns, C at a time and then the rest.
template <class T, int C>
void dot_columns(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Size rows,
                 Size columns, Size depth, bool add) {
  for (; columns >= C; columns -= C, right.data += C * right.row, out.data += C) {
    dot_rows<T, DOT_ROWS, C>(left, right, out, rows, depth, add);
  }
  if constexpr (C > 1) {
    if (columns > 0) dot_columns<T, C - 1>(left, right, out, rows, columns, depth, add);
  }
}

// Where few numbers are summed, summing over lanes would be most of the work: `right` is turned
// instead, some rows at a time, and multiplied with as it is.
template <class T>
void product_turned(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Block block,
                    Size depth, bool add) {
  T turned[NARROW * NARROW];
  for (Size c = block.column_begin; c < block.column_end; c += NARROW) {
    const Size columns = block.column_end - c < NARROW ? block.column_end - c : NARROW;
    for (Size i = 0; i < columns; ++i) {
      for (Size d = 0; d < depth; ++d) turned[d * NARROW + i] = right.at(c + i, d);
    }
    product<T>(left, {turned, NARROW}, {out.data + c, out.row},
               {block.row_begin, block.row_end, 0, columns}, depth, add);
  }
}

template <class T>
void product_transposed(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Block block,
                        Size depth, bool add) {
  if (depth <= NARROW) {
    product_turned<T>(left, right, out, block, depth, add);
    return;
  }
  dot_columns<T, DOT_COLUMNS>({&left.at(block.row_begin, 0), left.row},
                              {&right.at(block.column_begin, 0), right.row},
                              {&out.at(block.row_begin, block.column_begin), out.row},
                              block.row_end - block.row_begin,
                              block.column_end - block.column_begin, depth, add);
}

}  // namespace pellucid::PELLUCID_SET
