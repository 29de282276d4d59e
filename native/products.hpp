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

// out = begin + left · right
template <class T>
void product(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Size rows, Size columns,
             Size depth, const T* bias, bool add) {
  Begin<T> begin{bias, add};
  for (Size d = 0; d < depth; d += DEPTH_BLOCK, begin = {nullptr, true}) {
    const Size deep = depth - d < DEPTH_BLOCK ? depth - d : DEPTH_BLOCK;
    panel<T>(Work<T, Every, Every, Put<T>>{{&left.at(0, d), left.row, left.column},
                                           {&right.at(d, 0), right.row}, out, deep, begin,
                                           {}, {}, {}},
             rows, columns);
  }
}

// W −= rate · left · dZ
template <class T>
void descend(Matrix<const T> left, Matrix<const T> dZ, Matrix<T> W, Size rows, Size columns,
             Size depth, T rate) {
  panel<T>(Work<T, Every, Every, Descend<T>>{left, dZ, W, depth, {nullptr, false}, {}, {},
                                             {Vector<T>::broadcast(-rate)}},
           rows, columns);
}

// The same for some rows of W alone.
template <class T>
void descend_listed(Matrix<const T> left, Matrix<const T> dZ, Matrix<T> W,
                    const std::int32_t* list, Size rows, Size columns, Size depth, T rate) {
  panel<T>(Work<T, Listed, Every, Descend<T>>{left, dZ, W, depth, {nullptr, false}, {list}, {},
                                              {Vector<T>::broadcast(-rate)}},
           rows, columns);
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
      panel<T>(Work<T, Every, Listed, Put<T>>{{&A.at(i, 0), A.row},
                                              {W + panels.offset(j, 0), panels.row(j)},
                                              {&Z.at(i, panels.begin(j)), Z.row}, depth,
                                              begin.from(panels.begin(j)), {}, {list}, {}},
               n, panels.wide(j));
    }
  }
}

}  // namespace pellucid::PELLUCID_SET
