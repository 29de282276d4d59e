// dA = dZ Wᵀ, where both lie row by row. What is turned into its transpose depends on the shape,
// and so does the order in which a number is summed; the number of threads has no say in it.
#pragma once

#include "products.hpp"

namespace pellucid::PELLUCID_SET {

constexpr Size NARROW = 64;  // a summed dimension up to it: W is turned
constexpr Size MANY = 32;    // examples from which dZ is turned; fewer: nothing is
constexpr Size TURNED_ROWS = 4 * TILE_ROWS;

// Few numbers are summed: a few rows of W at a time are turned, and multiplied with as they are.
template <class T>
void back_by_turned_weights(Matrix<const T> dZ, const T* W, const Panels& panels, Matrix<T> dA,
                            Size rows, bool add) {
  constexpr Size width = panel_width<T>();
  T turned[NARROW * width];
  for (Size p = 0; p < panels.rows; p += width) {
    const Size n = panels.rows - p < width ? panels.rows - p : width;
    for (Size j = 0; j < panels.count(); ++j) {
      for (Size i = 0; i < n; ++i) {
        const T* w = W + panels.offset(j, p + i);
        T* t = turned + panels.begin(j) * width + i;
        for (Size d = 0; d < panels.wide(j); ++d) t[d * width] = w[d];
      }
    }
    product<T>(dZ, {turned, width}, {dA.data + p, dA.row}, rows, n, panels.columns, nullptr, add);
  }
}

// Many examples: dZ is turned, a panel of examples at a time, and dAᵀ = W dZᵀ is worked out.
template <class T>
void back_by_turned_deltas(Matrix<const T> dZ, const T* W, const Panels& panels, Matrix<T> dA,
                           Size rows, bool add, T* turned) {
  constexpr Size width = panel_width<T>();
  T out[TURNED_ROWS * width];
  for (Size i = 0; i < rows; i += width) {
    const Size n = rows - i < width ? rows - i : width;
    for (Size k = 0; k < n; ++k) {
      const T* d = &dZ.at(i + k, 0);
      for (Size c = 0; c < panels.columns; ++c) turned[c * width + k] = d[c];
    }
    for (Size p = 0; p < panels.rows; p += TURNED_ROWS) {
      const Size m = panels.rows - p < TURNED_ROWS ? panels.rows - p : TURNED_ROWS;
      for (Size j = 0; j < panels.count(); ++j) {
        product<T>({W + panels.offset(j, p), panels.row(j)},
                   {turned + panels.begin(j) * width, width}, {out, width}, m, n, panels.wide(j),
                   nullptr, j > 0);
      }
      for (Size k = 0; k < n; ++k) {
        T* a = &dA.at(i + k, p);
        for (Size r = 0; r < m; ++r) a[r] = add ? a[r] + out[r * width + k] : out[r * width + k];
      }
    }
  }
}

// R · C numbers of dA, each summed lane by lane and then over the lanes.
template <class T, int R, int C>
PELLUCID_INLINE void dots(Matrix<const T> dZ, const T* W, const Panels& panels, Size p,
                          Matrix<T> dA, bool add) {
  using N = Vector<T>;
  typename N::Register sums[R][C];
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    PELLUCID_UNROLL
    for (int c = 0; c < C; ++c) sums[r][c] = N::broadcast(0);
  }
  for (Size j = 0; j < panels.count(); ++j) {
    const T* left = dZ.data + panels.begin(j);
    const T* right = W + panels.offset(j, p);
    const Size row = panels.row(j), wide = panels.wide(j);
    const auto some = N::first(static_cast<int>(wide % N::lanes));
    for (Size d = 0; d < wide; d += N::lanes) {
      const bool whole = wide - d >= N::lanes;
      typename N::Register b[C];
      PELLUCID_UNROLL
      for (int c = 0; c < C; ++c) {
        b[c] = whole ? N::load(right + c * row + d) : N::load(right + c * row + d, some);
      }
      PELLUCID_UNROLL
      for (int r = 0; r < R; ++r) {
        const T* a = left + r * dZ.row + d;
        const auto x = whole ? N::load(a) : N::load(a, some);
        PELLUCID_UNROLL
        for (int c = 0; c < C; ++c) sums[r][c] = N::multiply_add(x, b[c], sums[r][c]);
      }
    }
  }
  PELLUCID_UNROLL
  for (int r = 0; r < R; ++r) {
    PELLUCID_UNROLL
    for (int c = 0; c < C; ++c) {
      T& place = dA.at(r, p + c);
      place = add ? place + N::sum(sums[r][c]) : N::sum(sums[r][c]);
    }
  }
}

// All rows for C rows of W, R at a time and then the rest.
template <class T, int R, int C>
void dot_rows(Matrix<const T> dZ, const T* W, const Panels& panels, Size p, Matrix<T> dA,
              Size rows, bool add) {
  for (; rows >= R; rows -= R, dZ.data += R * dZ.row, dA.data += R * dA.row) {
    dots<T, R, C>(dZ, W, panels, p, dA, add);
  }
  if constexpr (R > 1) {
    if (rows > 0) dot_rows<T, R - 1, C>(dZ, W, panels, p, dA, rows, add);
  }
}

// dA = dZ Wᵀ: also Z = A Wᵀ where W lies turned.
template <class T, int C = DOT_COLUMNS>
void all_dots(Matrix<const T> dZ, const T* W, const Panels& panels, Matrix<T> dA, Size rows,
              bool add, Size p = 0) {
  for (; p + C <= panels.rows; p += C) {
    dot_rows<T, DOT_ROWS, C>(dZ, W, panels, p, dA, rows, add);
  }
  if constexpr (C > 1) all_dots<T, C / 2>(dZ, W, panels, dA, rows, add, p);
}

template <class T>
void back_by_dots(Matrix<const T> dZ, const T* W, const Panels& panels, Matrix<T> dA, Size rows,
                  bool add) {
  all_dots<T>(dZ, W, panels, dA, rows, add);
}

// `rows` of the batch's `n` examples; turned (columns, panel width) is a place to work.
template <class T>
void back_product(Matrix<const T> dZ, const T* W, const Panels& panels, Matrix<T> dA, Size rows,
                  Size n, bool add, T* turned) {
  if (panels.columns <= NARROW) {
    back_by_turned_weights<T>(dZ, W, panels, dA, rows, add);
  } else if (n >= MANY) {
    back_by_turned_deltas<T>(dZ, W, panels, dA, rows, add, turned);
  } else {
    back_by_dots<T>(dZ, W, panels, dA, rows, add);
  }
}

}  // namespace pellucid::PELLUCID_SET
