// Networks that predict, and single rows as quickly as a call from Python can be.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <bit>
#include <mutex>

#include "arrays.hpp"
#include "bind.hpp"
#include "forward.hpp"
#include "instruction_sets.hpp"

namespace pellucid {

namespace {

template <class T>
void set(Forward<T>& forward, const Vector<T>& parameters, const Vector<T>& buffers) {
  forward.set(parameters.data(), static_cast<Size>(parameters.size()), buffers.data(),
              static_cast<Size>(buffers.size()));
}

template <class T>
class PyForward {
 public:
  PyForward(const Plan& plan, const std::string& instruction_set, int threads, Size grain,
            bool skips_zeros)
      : forward_(plan, kernels_of<T>(instruction_set), threads, grain, skips_zeros,
                 check_signals) {}

  auto predict(const AnyArray& X, const Columns& columns, const Begins& begins,
               const Vector<T>& parameters, const Vector<T>& buffers) {
    const Inputs given = inputs(X, columns, begins, forward_.plan().n_inputs);
    return run(given, nullptr, parameters, buffers, nullptr);
  }

  // Predictions, and each example's loss.
  auto losses(const AnyArray& X, const Columns& columns, const Begins& begins, const AnyArray& Y,
              const Vector<T>& parameters, const Vector<T>& buffers) {
    const Inputs given = inputs(X, columns, begins, forward_.plan().n_inputs);
    const Targets wanted = targets(Y, forward_.plan().n_outputs());
    if (wanted.n != given.n) throw nb::value_error("expected as many targets as examples");
    wanted.check(forward_.plan().n_outputs());
    std::vector<T> found(given.n);
    auto P = run(given, &wanted, parameters, buffers, found.data());
    const size_t n = found.size();
    return nb::make_tuple(P, as_numpy(std::move(found), {n}));
  }

 private:
  nb::ndarray<nb::numpy, T> run(const Inputs& X, const Targets* Y, const Vector<T>& parameters,
                                const Vector<T>& buffers, T* losses) {
    const size_t n = X.n, units = forward_.plan().n_outputs();
    auto* P = new T[n * units];
    nb::capsule owner(P, [](void* p) noexcept { delete[] static_cast<T*>(p); });
    bool whole = false;
    {
      const Unlocked unlocked;
      const std::lock_guard<std::mutex> one_at_a_time(mutex_);
      set(forward_, parameters, buffers);
      whole = forward_.predict(X, Y, P, losses);
    }
    if (!whole) nb::raise_python_error();
    return nb::ndarray<nb::numpy, T>(P, {n, units}, owner);
  }

  Forward<T> forward_;
  std::mutex mutex_;
};

// A row as Python's buffer protocol gives it: quicker than an array that any library may bring.
class Row {
 public:
  explicit Row(nb::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) != 0) {
      PyErr_Clear();
      view_.obj = nullptr;
    }
  }
  ~Row() { PyBuffer_Release(&view_); }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  // Null where it is not a vector of n numbers of a kind that the core takes.
  Inputs inputs(Size n) const {
    Inputs found;
    found.n = 1;
    if (!view_.obj || view_.ndim != 1 || view_.shape[0] != n || !view_.format ||
        view_.format[1] != '\0') {
      return found;
    }
    if (view_.format[0] == 'B') found.bytes = static_cast<const std::uint8_t*>(view_.buf);
    if (view_.format[0] == 'f') found.floats = static_cast<const float*>(view_.buf);
    if (view_.format[0] == 'd') found.doubles = static_cast<const double*>(view_.buf);
    return found;
  }

 private:
  Py_buffer view_{};
};

// By the exponents, all of whose bits are set in what is not finite: whole numbers can be looked at
// several at a time.
template <class Word, class Number>
bool finite(const Number* x, Size n, Word exponent) {
  Word found = 0;
  for (Size i = 0; i < n; ++i) {
    found |= static_cast<Word>((std::bit_cast<Word>(x[i]) & exponent) == exponent);
  }
  return found == 0;
}

bool finite(const Inputs& row, Size n) {
  if (row.floats) return finite<std::uint32_t>(row.floats, n, 0x7F800000u);
  return !row.doubles || finite<std::uint64_t>(row.doubles, n, 0x7FF0000000000000u);
}

template <class T>
class PyPredictor {
 public:
  PyPredictor(const Plan& plan, const Vector<T>& parameters, const Vector<T>& buffers,
              const std::string& instruction_set, bool skips_zeros, nb::object error)
      : forward_(plan, kernels_of<T>(instruction_set), 1, 1, skips_zeros, [] { return false; }),
        P_(new T[plan.n_outputs()]), error_(std::move(error)) {
    set(forward_, parameters, buffers);
    nb::capsule owner(P_, [](void* p) noexcept { delete[] static_cast<T*>(p); });
    const size_t units = plan.n_outputs();
    answer_ = nb::cast(nb::ndarray<nb::numpy, T>(P_, {units}, owner));
  }

  nb::object operator()(nb::handle object) {
    const Row row(object);
    const Size n = forward_.plan().n_inputs;
    const Inputs given = row.inputs(n);
    if (!given.bytes && !given.floats && !given.doubles) refuse(n);
    if (!finite(given, n)) {
      PyErr_SetString(error_.ptr(), "row: expected finite numbers. Fill in or leave out the others.");
      nb::raise_python_error();
    }
    std::copy_n(forward_.predict_one(given), forward_.plan().n_outputs(), P_);
    return answer_;
  }

 private:
  [[noreturn]] void refuse(Size n) const {
    const std::string text = "row: expected a contiguous NumPy vector of " + std::to_string(n) +
                             " numbers, one for each input, of type uint8, float32 or float64. "
                             "For several rows use network.predict.";
    PyErr_SetString(error_.ptr(), text.c_str());
    nb::raise_python_error();
  }

  Forward<T> forward_;
  T* P_;
  nb::object error_, answer_;
};

template <class T>
void bind_forward(nb::module_& m, const char* forward, const char* predictor) {
  nb::class_<PyForward<T>>(m, forward)
      .def(nb::init<const Plan&, const std::string&, int, Size, bool>(), "plan"_a,
           "instruction_set"_a, "threads"_a, "grain"_a, "skips_zeros"_a)
      .def("predict", &PyForward<T>::predict, "X"_a, "columns"_a.none(), "begins"_a.none(),
           "parameters"_a, "buffers"_a)
      .def("losses", &PyForward<T>::losses, "X"_a, "columns"_a.none(), "begins"_a.none(), "Y"_a,
           "parameters"_a, "buffers"_a);
  nb::class_<PyPredictor<T>>(m, predictor)
      .def(nb::init<const Plan&, const Vector<T>&, const Vector<T>&, const std::string&, bool,
                    nb::object>(),
           "plan"_a, "parameters"_a, "buffers"_a, "instruction_set"_a, "skips_zeros"_a, "error"_a)
      .def("__call__", &PyPredictor<T>::operator(), "row"_a.none());
}

}  // namespace

void bind_forwards(nb::module_& m) {
  bind_forward<float>(m, "Forward32", "Predictor32");
  bind_forward<double>(m, "Forward64", "Predictor64");
}

}  // namespace pellucid
