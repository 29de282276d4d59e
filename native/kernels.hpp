// The arithmetic of the core as tables of functions. There is one set of tables for each
// instruction set; kernels.cpp is compiled once for each.
#pragma once

#include "matrix.hpp"

namespace pellucid {

// What a neuron makes of its weighted sum, beside its derivative. Rows of `units` numbers; where
// it is `grouped`, rows of one neuron's sums, of which it makes one activation.
template <class T>
struct Activation {
  const char* name;
  void (*f)(const T* Z, T* A, Size rows, Size units);
  // dZ may be the same memory as dA, unless grouped. Null where there is no derivative.
  void (*backward)(const T* dA, const T* Z, const T* A, T* dZ, Size rows, Size units);
  bool grouped = false;
};

// The numbers of a loss, such as Huber's δ.
struct Numbers {
  const double* all;
  Size n;
};

constexpr Size SEVERAL = -1;  // numbers: one or more

// How wrong one prediction is, and the derivative of that.
template <class T>
struct Loss {
  const char* name;
  const char* link;  // the output activation for which `delta` is the derivative by Z
  Size n_numbers;
  // Of each example one: losses (rows,).
  void (*value)(const T* Z, const T* P, const T* Y, Size rows, Size units, Numbers numbers,
                T* losses);
  void (*dP)(const T* P, const T* Y, T* dP, Size rows, Size units, Numbers numbers);
  void (*delta)(const T* P, const T* Y, T* dZ, Size rows, Size units, Numbers numbers);
};

// How a step uses the gradient. `numbers` are the step's own, the learning rate first.
template <class T>
struct Optimizer {
  const char* name;
  int n_numbers;
  int n_slots;
  // t counts steps from 1; slots[i] is as long as p.
  void (*update)(T* p, const T* g, T* const* slots, Size n, double t, const double* numbers);
  int weights_only = -1;  // which number counts as 0 for biases, gains and shifts, if any
};

// A layer's weighted sums while they are normalized; `rows` examples. Statistics are (sums,) where
// they are over the batch, (rows,) where they are over each example's sums.
template <class T>
struct Normed {
  Size rows, sums;
  T* Z;  // becomes Ẑ = (Z − mean) · inverse
  T* N;  // gain Ẑ + shift
  const T *gain, *shift;
  T *mean, *variance, *inverse;  // inverse: 1 / √(variance + ε)
  T *dgain, *dshift;
};

template <class T>
struct Norm {
  const char* name;
  bool over_batch;  // whether its statistics are over the batch; then there are running ones
  // For the sums begin … end − 1 where it is over the batch, else for those examples.
  void (*statistics)(const Normed<T>& x, Size begin, Size end);
  // For the examples begin … end − 1.
  void (*apply)(const Normed<T>& x, Size begin, Size end);
  void (*backward)(const Normed<T>& x, T* dN, Size begin, Size end);  // dN becomes dZ
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
  Table<Norm<T>> norms;

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

  void (*add)(const T* a, const T* b, T* out, Size n);       // out may be a, here
  void (*multiply)(const T* a, const T* b, T* out, Size n);  // and here
  void (*multiply_rows)(T* a, const T* factors, Size rows, Size units);
  void (*multiply_columns)(Matrix<T> a, const T* factors, Size rows, Size begin, Size end);
  void (*scale)(T* a, T factor, Size n);
  void (*add_multiple)(T* a, T factor, const T* b, Size n);
  void (*add_signs)(T* a, T factor, const T* b, Size n);
  void (*keep_where)(T* a, const std::uint8_t* mask, Size n);
  void (*clip)(T* a, T limit, Size n);
  void (*approach)(T* a, const T* goal, T share, Size n);  // a + share (goal − a)

  // sums = Σ rows of a, or += where `add`, for the columns begin … end − 1.
  void (*column_sums)(Matrix<const T> a, Size rows, Size begin, Size end, T* sums, bool add);
  void (*add_column_squares)(Matrix<const T> a, Size rows, Size begin, Size end, double* sums);
  double (*sum_of_squares)(const T* a, Size n);
  double (*exact_sum_of_squares)(const T* a, Size n);
  double (*sum_of_magnitudes)(const T* a, Size n);

  void (*invert_deviations)(const T* variance, T* inverse, Size n);
  // dgain and dshift, for the sums begin … end − 1.
  void (*norm_gradients)(const Normed<T>& x, const T* dN, Size begin, Size end);
  void (*running_average)(T* mean, T* variance, const T* new_mean, const T* new_variance,
                          Size units, Size rows);
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
