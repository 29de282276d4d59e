// The arithmetic of the core as tables of functions. There is one set of tables for each
// instruction set; kernels.cpp is compiled once for each.
#pragma once

#include "matrix.hpp"

namespace pellucid {

// A function of one number, such as e^x, of n of them; the tests call these.
template <class T>
struct Elementary {
  const char* name;
  void (*f)(const T* x, T* y, Size n);
};

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
  // What is worked out once a step, from its numbers and t, which counts steps from 1: at most 8.
  void (*constants)(const double* numbers, double t, T* constants);
  // slots[i] is as long as p.
  void (*update)(T* p, const T* g, T* const* slots, Size n, const T* constants);
  int weights_only = -1;  // which number counts as 0 for biases, gains and shifts, if any
  bool descends = false;  // whether it does no more than p −= constants[0] · g
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

// A picture of lines of `row` pixels, with a pixel before and two after it in each direction.
template <class T>
struct Frame {
  const T* pixels;
  Size height, width;  // of the picture
  Size row;            // of the frame, in pixels
  Size channels;
};

// From which place (u, v) of a frame the pixel at (x, y) comes: u = xx x + xy y + x0 + dx, and so v.
template <class T>
struct Movement {
  const T *x, *y, *dx, *dy;  // of each pixel
  T xx, xy, x0, yx, yy, y0;
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
  Table<Elementary<T>> elementary;
  Table<Activation<T>> activations;
  Table<Loss<T>> losses;
  Table<Optimizer<T>> optimizers;
  Table<Norm<T>> norms;

  Size panel;  // how many columns of weights lie together, see Panels
  Size lanes;  // of a register

  // Products, a panel at a time. Rows of right and out are contiguous; `depth` is the summed
  // dimension. Each number is one chain of multiply-adds in its order, from 0, from bias
  // (columns,) where there is one, or from what out holds where `add`.
  void (*product)(Matrix<const T> left, Matrix<const T> right, Matrix<T> out, Size rows,
                  Size columns, Size depth, const T* bias, bool add);
  // W −= rate · left · dZ
  void (*descend)(Matrix<const T> left, Matrix<const T> dZ, Matrix<T> W, Size rows, Size columns,
                  Size depth, T rate);
  // The same with a left factor whose rows, or whose columns, begin anywhere in X.
  void (*product_of_rows)(const T* X, const std::int64_t* offsets, Matrix<const T> right,
                          Matrix<T> out, Size rows, Size columns, Size depth, const T* bias,
                          bool add);
  void (*product_of_columns)(const T* X, const std::int64_t* offsets, Matrix<const T> right,
                             Matrix<T> out, Size rows, Size columns, Size depth, bool add);
  void (*descend_by_columns)(const T* X, const std::int64_t* offsets, Matrix<const T> dZ,
                             Matrix<T> W, Size rows, Size columns, Size depth, T rate);
  // dA = dZ Wᵀ, or dA +=, for `rows` of a batch's n examples. The order of a sum depends on the
  // shape of W and on n only. turned: a place to work, (columns of W, panel).
  void (*back_product)(Matrix<const T> dZ, const T* W, const Panels& panels, Matrix<T> dA,
                       Size rows, Size n, bool add, T* turned);

  // out = left · rightᵀ, or out +=; right lies in panels. The order of a sum depends on the shape of
  // right only.
  void (*dots)(Matrix<const T> left, const T* right, const Panels& panels, Matrix<T> out,
               Size rows, bool add);

  // The same as product and descend, to the bit, where A is mostly zeros. `lit` has a bit for each
  // number that is not 0, in words of 64 a row; lists are of places.
  void (*find_lit)(const T* a, Size n, std::uint64_t* lit);
  Size (*list_lit)(const std::uint64_t* lit, Size words, Size rows, Part part, std::int32_t* list);
  void (*product_lit)(Matrix<const T> A, const std::uint64_t* lit, Size words, const T* W,
                      const Panels& panels, Matrix<T> Z, Size rows, const T* bias, bool add,
                      std::int32_t* list);
  void (*descend_listed)(Matrix<const T> left, Matrix<const T> dZ, Matrix<T> W,
                         const std::int32_t* list, Size rows, Size columns, Size depth, T rate);

  // A[i] = X[rows[i]] · scale + shift, for the three kinds of inputs. `same`: all columns have the
  // first's scale and shift.
  void (*take_bytes)(const std::uint8_t* X, const std::int64_t* rows, Size n, Size units,
                     const T* scale, const T* shift, bool same, T* A);
  void (*take_floats)(const float* X, const std::int64_t* rows, Size n, Size units,
                      const T* scale, const T* shift, bool same, T* A);
  void (*take_doubles)(const double* X, const std::int64_t* rows, Size n, Size units,
                       const T* scale, const T* shift, bool same, T* A);

  void (*add)(const T* a, const T* b, T* out, Size n);       // out may be a, here
  void (*multiply)(const T* a, const T* b, T* out, Size n);  // and here
  void (*multiply_rows)(T* a, const T* factors, Size rows, Size units);
  void (*multiply_columns)(Matrix<T> a, const T* factors, Size rows, Size columns);
  void (*scale)(T* a, T factor, Size n);
  void (*add_multiple)(T* a, T factor, const T* b, Size n);
  void (*add_signs)(T* a, T factor, const T* b, Size n);
  void (*keep_where)(T* a, const std::uint8_t* mask, Size n);
  void (*clip)(T* a, T limit, Size n);
  void (*approach)(T* a, const T* goal, T share, Size n);  // a + share (goal − a)

  // sums = Σ rows of a, or += where `add`.
  void (*column_sums)(Matrix<const T> a, Size rows, Size columns, T* sums, bool add);
  void (*add_column_squares)(Matrix<const T> a, Size rows, Size columns, double* sums);
  double (*sum_of_squares)(const T* a, Size n);
  double (*exact_sum_of_squares)(const T* a, Size n);
  double (*sum_of_magnitudes)(const T* a, Size n);

  void (*feistel)(std::uint64_t* places, Size n, int bits, const std::uint64_t* keys, int rounds);

  // Of distorted pictures, see distort.hpp.
  void (*spread_lanes)(const std::uint16_t* lanes, T amount, T* a, Size n);
  void (*resample)(const Frame<T>& from, const Movement<T>& by, Size n, T* out);
  void (*add_noise)(T* a, const std::uint16_t* lanes, const T* quantiles, T deviation, T maximum,
                    Size n);
  void (*as_bytes)(const T* a, std::uint8_t* bytes, Size n);

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
