// The tables: their names, and for tests what single rows do.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

#include "arrays.hpp"
#include "bind.hpp"
#include "instruction_sets.hpp"

namespace pellucid {

namespace {

template <class T>
using Rows = ArrayOf<const T, 2>;

template <class Row>
std::vector<std::string> names(const Table<Row>& table) {
  std::vector<std::string> found;
  for (const Row& row : table) found.push_back(row.name);
  return found;
}

void expect(bool fits, const char* what) {
  if (!fits) throw nb::value_error(what);
}

template <class T>
bool alike(const Rows<T>& a, const Rows<T>& b) {
  return a.shape(0) == b.shape(0) && a.shape(1) == b.shape(1);
}

template <class T>
auto elementary(const std::string& name, const Vector<T>& x, const std::string& set) {
  std::vector<T> y(x.size());
  row_of(kernels_of<T>(set).elementary, name).f(x.data(), y.data(), static_cast<Size>(x.size()));
  return as_numpy(std::move(y), {x.size()});
}

// How an activation cuts Z (n, sums) into rows: neuron by neuron where it is grouped.
struct Cut {
  Size rows, columns, units;
};

template <class T>
Cut cut(const Activation<T>& row, const Rows<T>& Z, Size pieces) {
  const Size n = Z.shape(0), sums = Z.shape(1);
  expect(pieces > 0 && sums % pieces == 0 && (row.grouped || pieces == 1), "pieces: do not fit");
  if (row.grouped) return {n * (sums / pieces), pieces, sums / pieces};
  return {n, sums, sums};
}

// A (n, units) from Z (n, units · pieces).
template <class T>
auto activate(const std::string& name, const Rows<T>& Z, Size pieces, const std::string& set) {
  const Activation<T>& row = row_of(kernels_of<T>(set).activations, name);
  const Cut shape = cut(row, Z, pieces);
  const size_t n = Z.shape(0), units = shape.units;
  std::vector<T> A(n * units);
  row.f(Z.data(), A.data(), shape.rows, shape.columns);
  return as_numpy(std::move(A), {n, units});
}

template <class T>
auto activate_backward(const std::string& name, const Rows<T>& dA, const Rows<T>& Z,
                       const Rows<T>& A, Size pieces, const std::string& set) {
  const Activation<T>& row = row_of(kernels_of<T>(set).activations, name);
  const Cut shape = cut(row, Z, pieces);
  const size_t n = Z.shape(0), sums = Z.shape(1);
  expect(row.backward, "the activation has no derivative");
  expect(alike(dA, A) && dA.shape(0) == n && static_cast<Size>(dA.shape(1)) == shape.units,
         "dA, Z, A: of other shapes");
  std::vector<T> dZ(n * sums);
  row.backward(dA.data(), Z.data(), A.data(), dZ.data(), shape.rows, shape.columns);
  return as_numpy(std::move(dZ), {n, sums});
}

// Losses (n,), dP and delta (n, units).
template <class T>
auto loss_row(const std::string& name, const Rows<T>& Z, const Rows<T>& P, const Rows<T>& Y,
              const Vector<double>& numbers, const std::string& set) {
  const Loss<T>& row = row_of(kernels_of<T>(set).losses, name);
  expect(alike(Z, P) && alike(P, Y), "Z, P, Y: of different shapes");
  const Numbers given{numbers.data(), static_cast<Size>(numbers.size())};
  expect(row.n_numbers == SEVERAL ? given.n > 0 : given.n == row.n_numbers, "numbers: too many");
  const size_t n = P.shape(0), units = P.shape(1);
  std::vector<T> value(n), dP(n * units), delta(n * units);
  row.value(Z.data(), P.data(), Y.data(), n, units, given, value.data());
  row.dP(P.data(), Y.data(), dP.data(), n, units, given);
  row.delta(P.data(), Y.data(), delta.data(), n, units, given);
  return nb::make_tuple(as_numpy(std::move(value), {n}), as_numpy(std::move(dP), {n, units}),
                        as_numpy(std::move(delta), {n, units}));
}

// One update, in place.
template <class T>
void update(const std::string& name, ArrayOf<T, 1> p, const Vector<T>& g, ArrayOf<T, 2> slots,
            const Vector<double>& numbers, std::int64_t t, const std::string& set) {
  const Optimizer<T>& row = row_of(kernels_of<T>(set).optimizers, name);
  const size_t n = p.size();
  expect(g.size() == n && slots.shape(0) == static_cast<size_t>(row.n_slots) &&
             (row.n_slots == 0 || slots.shape(1) == n) &&
             numbers.size() == static_cast<size_t>(row.n_numbers),
         "expected p, g and slots of one length, and all numbers");
  std::vector<T*> each;
  for (int i = 0; i < row.n_slots; ++i) each.push_back(slots.data() + i * n);
  T constants[8];
  row.constants(numbers.data(), static_cast<double>(t), constants);
  row.update(p.data(), g.data(), each.data(), n, constants);
}

template <class T>
void bind_rows_of(nb::module_& m) {
  m.def("elementary", &elementary<T>, "name"_a, "x"_a, "instruction_set"_a);
  m.def("activate", &activate<T>, "name"_a, "Z"_a, "pieces"_a, "instruction_set"_a);
  m.def("activate_backward", &activate_backward<T>, "name"_a, "dA"_a, "Z"_a, "A"_a, "pieces"_a,
        "instruction_set"_a);
  m.def("loss_row", &loss_row<T>, "name"_a, "Z"_a, "P"_a, "Y"_a, "numbers"_a,
        "instruction_set"_a);
  m.def("update", &update<T>, "name"_a, "p"_a, "g"_a, "slots"_a, "numbers"_a, "t"_a,
        "instruction_set"_a);
}

}  // namespace

void bind_rows(nb::module_& m) {
  const auto& rows = baseline::kernels<float>();
  m.def("instruction_sets", [] { return instruction_sets(); },
        "Those that this machine can run, best first.");
  m.def("activations", [&rows] { return names(rows.activations); });
  m.def("norms", [&rows] { return names(rows.norms); });
  m.def("losses", [&rows] { return names(rows.losses); });
  m.def("optimizers", [&rows] { return names(rows.optimizers); });
  bind_rows_of<float>(m);
  bind_rows_of<double>(m);
}

}  // namespace pellucid
