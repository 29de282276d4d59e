// NumPy arrays as the core takes and gives them.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "examples.hpp"

namespace pellucid {

namespace nb = nanobind;

template <class T, int dimensions>
using ArrayOf = nb::ndarray<T, nb::ndim<dimensions>, nb::c_contig, nb::device::cpu>;
template <class T>
using Vector = ArrayOf<const T, 1>;

// An array of any type that nanobind reads; `what` is for the error.
using AnyArray = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;

template <class T>
const T* data_if(const AnyArray& array) {
  return array.dtype() == nb::dtype<T>() ? static_cast<const T*>(array.data()) : nullptr;
}

// Where values of sparse rows stand, or nothing where X is whole.
using Columns = std::optional<Vector<std::int32_t>>;
using Begins = std::optional<Vector<std::int64_t>>;

inline void check_sparse(const Vector<std::int32_t>& columns, const Vector<std::int64_t>& begins,
                         Size n_values, Size n_inputs) {
  const Size n = static_cast<Size>(begins.size());
  const auto in_order = [&] { return std::is_sorted(begins.data(), begins.data() + n); };
  const auto inside = [&] {
    return std::all_of(columns.data(), columns.data() + columns.size(),
                       [&](std::int32_t c) { return c >= 0 && c < n_inputs; });
  };
  if (n == 0 || static_cast<Size>(columns.size()) != n_values || begins.data()[0] != 0 ||
      begins.data()[n - 1] != n_values || !in_order() || !inside()) {
    throw nb::value_error("X: sparse rows whose columns or begins do not fit");
  }
}

inline Inputs inputs(const AnyArray& X, const Columns& columns, const Begins& begins,
                     Size n_inputs) {
  Inputs found{0, data_if<std::uint8_t>(X), data_if<float>(X), data_if<double>(X)};
  const bool sparse = columns && begins;
  if (sparse && X.ndim() == 1) {
    check_sparse(*columns, *begins, static_cast<Size>(X.shape(0)), n_inputs);
    found.columns = columns->data();
    found.begins = begins->data();
    found.n = static_cast<Size>(begins->size()) - 1;
  } else if (!sparse && X.ndim() == 2 && static_cast<Size>(X.shape(1)) == n_inputs) {
    found.n = static_cast<Size>(X.shape(0));
  } else {
    throw nb::value_error("X: expected a matrix (n, n_inputs), or sparse rows");
  }
  if (!(found.bytes || found.floats || found.doubles)) {
    throw nb::value_error("X: expected uint8, float32 or float64");
  }
  return found;
}

inline Targets targets(const AnyArray& Y, Size n_outputs) {
  if (Y.ndim() == 0) throw nb::value_error("Y: expected a vector or a matrix");
  Targets found{static_cast<Size>(Y.shape(0)), data_if<std::int32_t>(Y), data_if<float>(Y),
                data_if<double>(Y)};
  const bool fits = found.codes ? Y.ndim() == 1
                                : Y.ndim() == 2 && static_cast<Size>(Y.shape(1)) == n_outputs &&
                                      (found.floats || found.doubles);
  if (!fits) throw nb::value_error("Y: expected int32 codes (n,) or floats (n, n_out)");
  return found;
}

// A new array that owns its numbers.
template <class T>
nb::ndarray<nb::numpy, T> as_numpy(std::vector<T>&& numbers, std::initializer_list<size_t> shape) {
  auto* kept = new std::vector<T>(std::move(numbers));
  nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return nb::ndarray<nb::numpy, T>(kept->data(), shape, owner);
}

template <class T>
std::vector<T> as_vector(const Vector<T>& array) {
  return std::vector<T>(array.data(), array.data() + array.size());
}

}  // namespace pellucid
