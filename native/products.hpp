// Products of matrices, a panel at a time: Z = A W + b forward, dW = Aᵀ dZ for the weights.
// equations/affine.py says what they are for; backward_products.hpp has dA = dZ Wᵀ.
#pragma once

#include "tiles.hpp"

namespace pellucid::PELLUCID_SET {
constexpr Size LIT_ROWS = 3;       // examples that share a list: more have fewer zeros in common
constexpr Size DEPTH_BLOCK = 256;  // of the summed dimension, so that a panel stays in the cache

template <class T>
constexpr Size panel_width() {
  return TILE_VECTORS * Vector<T>::lanes;
}

// out = begin + left · right; `left_of(d)` is the left factor from place d of the depth on.
template <class T, class Left, class Of>
PELLUCID_INLINE void product_of(Of&& left_of, Matrix<const T> right, Matrix<T> out, Size rows,
                                Size columns, Size depth, const T* bias, bool add) {
  Begin<T> begin{bias, add};
  for (Size d = 0; d < depth; d += DEPTH_BLOCK, begin = {nullptr, true}) {
    const Size deep = depth - d < DEPTH_BLOCK ? depth - d : DEPTH_BLOCK;
    const auto [left, lies] = left_of(d);
    panel<T>(Work<T, Left, Every, Every, Put<T>>{left, lies, {&right.at(d, 0), right.row}, out,
                                                 deep, begin, {}, {}, {}},
             rows, columns);
  }
}

template <class T, class Left>
struct LeftFrom {
  const T* left;
  Left lies;
};

template <class T>
void product(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Size rows, Size columns,
             Size depth, const T* bias, bool add) {
  product_of<T, Strided>(
      [=](Size d) {
        return LeftFrom<T, Strided>{&left.at(0, d), {left.row, left.column}};
      },
      right, out, rows, columns, depth, bias, add);
}

// The same, whose left rows lie anywhere in X.
template <class T>
void product_of_rows(const T* X, const std::int64_t* offsets, Matrix<const T> right, Matrix<T> out,
                     Size rows, Size columns, Size depth, const T* bias, bool add) {
  product_of<T, RowsAnywhere>(
      [=](Size d) { return LeftFrom<T, RowsAnywhere>{X + d, {offsets}}; }, right, out, rows,
      columns, depth, bias, add);
}

// The same, whose left columns lie anywhere: the transpose of rows of X.
template <class T>
void product_of_columns(const T* X, const std::int64_t* offsets, Matrix<const T> right,
                        Matrix<T> out, Size rows, Size columns, Size depth, bool add) {
  product_of<T, ColumnsAnywhere>(
      [=](Size d) { return LeftFrom<T, ColumnsAnywhere>{X, {offsets + d}}; }, right, out, rows,
      columns, depth, nullptr, add);
}

// W −= rate · left · dZ
template <class T, class Left, class Rows>
PELLUCID_INLINE void descend_of(const T* left, Left lies, Matrix<const T> dZ, Matrix<T> W,
                                Rows listed, Size rows, Size columns, Size depth, T rate) {
  panel<T>(Work<T, Left, Rows, Every, Descend<T>>{left, lies, dZ, W, depth, {nullptr, false},
                                                  listed, {}, {Vector<T>::broadcast(-rate)}},
           rows, columns);
}

template <class T>
void descend(Matrix<const T> left, Matrix<const T> dZ, Matrix<T> W, Size rows, Size columns,
             Size depth, T rate) {
  descend_of<T>(left.data, Strided{left.row, left.column}, dZ, W, Every{}, rows, columns, depth,
                rate);
}

template <class T>
void descend_by_columns(const T* X, const std::int64_t* offsets, Matrix<const T> dZ, Matrix<T> W,
                        Size rows, Size columns, Size depth, T rate) {
  descend_of<T>(X, ColumnsAnywhere{offsets}, dZ, W, Every{}, rows, columns, depth, rate);
}

// For some rows of W alone.
template <class T>
void descend_listed(Matrix<const T> left, Matrix<const T> dZ, Matrix<T> W,
                    const std::int32_t* list, Size rows, Size columns, Size depth, T rate) {
  descend_of<T>(left.data, Strided{left.row, left.column}, dZ, W, Listed{list}, rows, columns,
                depth, rate);
}

// Which numbers are not 0: a bit each, in words of 64.
template <class T>
void find_lit(const T* a, Size n, std::uint64_t* lit) {
  using N = Vector<T>;
  for (Size first = 0; first < n; first += 64) {
    const Size end = n - first < 64 ? n : first + 64;
    std::uint64_t word = 0;
    for (Size i = first; i < end; i += N::lanes) {
      const auto x = i + N::lanes <= end ? N::load(a + i)
                                         : N::load(a + i, N::first(static_cast<int>(end - i)));
      word |= static_cast<std::uint64_t>(N::not_zero(x)) << (i - first);
    }
    *lit++ = word;
  }
}

// The places that are lit in any of some rows, from `begin` · 64 to `end` · 64; returns how many.
inline Size list_lit(const std::uint64_t* lit, Size words, Size rows, Part part,
                     std::int32_t* list) {
  Size n = 0;
  for (Size w = part.begin; w < part.end; ++w) {
    std::uint64_t any = 0;
    for (Size i = 0; i < rows; ++i) any |= lit[i * words + w];
    for (; any; any &= any - 1) {
      list[n++] = static_cast<std::int32_t>(64 * w + lowest_bit(any));
    }
  }
  return n;
}

// Z = begin + A · W where A is mostly zeros: a few rows of A at a time leave out the places where all
// of them are 0. What is left out would have changed nothing.
template <class T>
void product_lit(Matrix<const T> A, const std::uint64_t* lit, Size words, const T* W,
                 const Panels& panels, Matrix<T> Z, Size rows, const T* bias, bool add,
                 std::int32_t* list) {
  for (Size i = 0; i < rows; i += LIT_ROWS) {
    const Size n = rows - i < LIT_ROWS ? rows - i : LIT_ROWS;
    const Size depth = list_lit(lit + i * words, words, n, {0, words}, list);
    const Begin<T> begin{bias, add};
    for (Size j = 0; j < panels.count(); ++j) {
      panel<T>(Work<T, Strided, Every, Listed, Put<T>>{&A.at(i, 0), {A.row, 1},
                                                       {W + panels.offset(j, 0), panels.row(j)},
                                                       {&Z.at(i, panels.begin(j)), Z.row}, depth,
                                                       begin.from(panels.begin(j)), {}, {list}, {}},
               n, panels.wide(j));
    }
  }
}

}  // namespace pellucid::PELLUCID_SET
