// The arithmetic of the core as tables of functions. There is one set of tables for each
// instruction set; kernels.cpp is compiled once for each.
#pragma once

#include "matrix.hpp"

namespace pellucid {

// What a neuron makes of its weighted sum, beside its derivative. Rows of `units` numbers.
template <class T>
struct Activation {
  const char* name;
  void (*f)(const T* Z, T* A, Size rows, Size units);
  // dZ may be the same memory as dA.
  void (*backward)(const T* dA, const T* Z, const T* A, T* dZ, Size rows, Size units);
};

// How wrong one prediction is, and the derivative of that.
template <class T>
struct Loss {
  const char* name;
  const char* link;  // the output activation for which `delta` is the derivative by Z
  T (*value)(const T* Z, const T* P, const T* Y, Size units);  // of one example
  void (*dP)(const T* P, const T* Y, T* dP, Size rows, Size units);
  void (*delta)(const T* P, const T* Y, T* dZ, Size rows, Size units);
};

// How a step uses the gradient. `numbers` are the step's own, the learning rate first.
template <class T>
struct Optimizer {
  const char* name;
  int n_numbers;
  int n_slots;
  // t counts steps from 1; slots[i] is as long as p.
  void (*update)(T* p, const T* g, T* const* slots, Size n, double t, const double* numbers);
};

template <class Row>
struct Table {
  const Row* rows;
  int size;

  const Row* begin() const { return rows; }
  const Row* end() const { return rows + size; }
};

template <class T>
struct Kernels {
  Table<Activation<T>> activations;
  Table<Loss<T>> losses;
  Table<Optimizer<T>> optimizers;

  // out = left · right, or out += where `add`; `depth` is the summed dimension. Rows of right
  // and out are contiguous. Each number of out is one chain of multiply-adds in the order of
  // the summed dimension, whatever the block.
  void (*product)(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Block block,
                  Size depth, bool add);
  // out = left · rightᵀ, or out +=; rows of all three are contiguous. How each number of out
  // is summed depends on `depth` only.
  void (*product_transposed)(Matrix<const T> left, Matrix<const T> right, Matrix<T> out,
                             Block block, Size depth, bool add);

  // A[i] = X[rows[i]] · scale + shift, for the three kinds of inputs.
  void (*take_bytes)(const std::uint8_t* X, const std::int64_t* rows, Size n, Size units,
                     const T* scale, const T* shift, T* A);
  void (*take_floats)(const float* X, const std::int64_t* rows, Size n, Size units,
                      const T* scale, const T* shift, T* A);
  void (*take_doubles)(const double* X, const std::int64_t* rows, Size n, Size units,
                       const T* scale, const T* shift, T* A);

  void (*multiply)(const T* a, const T* b, T* out, Size n);  // out may be a
  void (*multiply_rows)(T* a, const T* factors, Size rows, Size units);
  void (*add_multiple)(T* a, T factor, const T* b, Size n);
  void (*keep_where)(T* a, const std::uint8_t* mask, Size n);
  // sums = Σ rows of a, or += where `add`, for the columns begin … end − 1.
  void (*column_sums)(Matrix<const T> a, Size rows, Size begin, Size end, T* sums, bool add);
  double (*sum_of_squares)(const T* a, Size n);
};

namespace baseline {
template <class T>
const Kernels<T>& kernels();
}
#if defined(PELLUCID_X86_64)
namespace avx2 {
template <class T>
const Kernels<T>& kernels();
}
namespace avx512 {
template <class T>
const Kernels<T>& kernels();
}
#endif

}  // namespace pellucid
