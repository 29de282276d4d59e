// The tables of one instruction set. CMake compiles this file once for each, with PELLUCID_SET
// as the name of the namespace.
//
// What is included here must lie in that namespace and use nothing of the standard library but
// <cmath>, <cstdint> and <cstring>: a template of the library would be compiled for the
// instruction set, too, and the linker might take that copy for the whole program.
#include "kernels.hpp"

#include "activations.hpp"
#include "backward_products.hpp"
#include "distort.hpp"
#include "elementary.hpp"
#include "feistel.hpp"
#include "losses.hpp"
#include "norms.hpp"
#include "optimizers.hpp"
#include "reductions.hpp"
#include "rows.hpp"

namespace pellucid::PELLUCID_SET {

template <class Row, int N>
constexpr Table<Row> table(const Row (&rows)[N]) {
  return {rows, N};
}

template <class T>
const Kernels<T>& kernels() {
  static constexpr Kernels<T> all = {
      .elementary = table(ELEMENTARY<T>),
      .activations = table(ACTIVATIONS<T>),
      .losses = table(LOSSES<T>),
      .optimizers = table(OPTIMIZERS<T>),
      .norms = table(NORMS<T>),
      .panel = panel_width<T>(),
      .lanes = Vector<T>::lanes,
      .product = product<T>,
      .descend = descend<T>,
      .product_of_rows = product_of_rows<T>,
      .product_of_columns = product_of_columns<T>,
      .descend_by_columns = descend_by_columns<T>,
      .back_product = back_product<T>,
      .dots = back_by_dots<T>,
      .find_lit = find_lit<T>,
      .list_lit = list_lit,
      .product_lit = product_lit<T>,
      .descend_listed = descend_listed<T>,
      .take_bytes = take<T, std::uint8_t>,
      .take_floats = take<T, float>,
      .take_doubles = take<T, double>,
      .add = add<T>,
      .multiply = multiply<T>,
      .multiply_rows = multiply_rows<T>,
      .multiply_columns = multiply_columns<T>,
      .scale = scale<T>,
      .add_multiple = add_multiple<T>,
      .add_signs = add_signs<T>,
      .keep_where = keep_where<T>,
      .clip = clip<T>,
      .approach = approach<T>,
      .column_sums = column_sums<T>,
      .add_column_squares = add_column_squares<T>,
      .sum_of_squares = sum_of_squares<T>,
      .exact_sum_of_squares = exact_sum_of_squares<T>,
      .sum_of_magnitudes = sum_of_magnitudes<T>,
      .feistel = feistel,
      .spread_lanes = spread_lanes<T>,
      .resample = resample<T>,
      .add_noise = add_noise<T>,
      .as_bytes = as_bytes<T>,
      .invert_deviations = invert_deviations<T>,
      .norm_gradients = norm_gradients<T>,
      .running_average = running_average<T>,
  };
  return all;
}

template const Kernels<float>& kernels<float>();
template const Kernels<double>& kernels<double>();

}  // namespace pellucid::PELLUCID_SET
