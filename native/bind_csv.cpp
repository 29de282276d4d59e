// CSV files, and single numbers as they are written there (for tests).
#include <nanobind/nanobind.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include "arrays.hpp"
#include "bind.hpp"
#include "csv_numbers.hpp"
#include "csv_reading.hpp"

namespace pellucid {

namespace {

// What Python's buffer protocol gives of an object, while this lives.
class Bytes {
 public:
  explicit Bytes(nb::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_SIMPLE) != 0) nb::raise_python_error();
  }
  ~Bytes() { PyBuffer_Release(&view_); }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  const char* data() const { return static_cast<const char*>(view_.buf); }
  Size size() const { return static_cast<Size>(view_.len); }

 private:
  Py_buffer view_{};
};

template <class T>
nb::object matrix(csv::Growing<T>& numbers, Size rows, Size columns) {
  T* kept = numbers.release();
  nb::capsule owner(kept ? static_cast<void*>(kept) : std::malloc(1),
                    [](void* p) noexcept { std::free(p); });
  const size_t shape[] = {static_cast<size_t>(rows), static_cast<size_t>(columns)};
  return nb::cast(nb::ndarray<nb::numpy, T>(kept, 2, shape, owner));
}

// All texts joined, and where each begins; the last of these is where all end.
nb::tuple texts(const Texts& column) {
  std::vector<std::int64_t> begins{0};
  for (Size i = 0; i < column.size(); ++i) {
    begins.push_back(begins.back() + static_cast<Size>(column[i].size()));
  }
  const std::string& all = column.joined();
  const size_t n = begins.size();
  return nb::make_tuple(nb::bytes(all.data(), all.size()), as_numpy(std::move(begins), {n}));
}

nb::tuple parts(csv::Columns& columns, Size n_numbers, Size n_texts) {
  const bool narrow = columns.narrow;
  nb::object numbers = narrow ? matrix(columns.bytes, columns.rows, n_numbers)
                              : matrix(columns.doubles, columns.rows, n_numbers);
  nb::list all;
  for (const Texts& column : columns.texts) all.append(texts(column));
  return nb::make_tuple(numbers, matrix(columns.codes, columns.rows, n_texts), all,
                        as_numpy(std::move(columns.wrong), {columns.wrong.size()}),
                        as_numpy(std::move(columns.infinite), {columns.infinite.size()}));
}

char one(std::string_view text, const char* what) {
  if (text.size() != 1) throw nb::value_error(what);
  return text[0];
}

// None where all is well, or what is wrong: (fault, place, column, got); and what was read.
nb::tuple read_csv(nb::handle object, Size begin, std::string_view separator,
                   std::string_view decimal, const Vector<std::uint8_t>& kinds, int threads) {
  const Bytes bytes(object);
  csv::Format format{bytes.data(), bytes.size(), one(separator, "separator: expected a character"),
                     one(decimal, "decimal: expected a character"), {}};
  for (size_t j = 0; j < kinds.size(); ++j) {
    if (kinds.data()[j] > 2) throw nb::value_error("kinds: expected 0, 1 or 2");
    format.kinds.push_back(static_cast<csv::Kind>(kinds.data()[j]));
  }
  if (begin < 0 || begin > bytes.size()) throw nb::value_error("begin: outside of the data");
  const Size n_numbers = format.count(csv::Kind::NUMBER), n_texts = format.count(csv::Kind::TEXT);
  csv::Reading reading(std::move(format), begin, threads, check_signals);
  bool whole = false;
  {
    const Unlocked unlocked;
    whole = reading.run();
  }
  if (!whole) nb::raise_python_error();
  const csv::Problem& problem = reading.problem;
  if (problem.fault != csv::Fault::NONE) {
    return nb::make_tuple(nb::make_tuple(static_cast<int>(problem.fault), problem.place,
                                         problem.column, problem.got),
                          nb::none());
  }
  return nb::make_tuple(nb::none(), parts(reading.columns, n_numbers, n_texts));
}

}  // namespace

void bind_csv(nb::module_& m) {
  m.def("read_csv", &read_csv, "data"_a, "begin"_a, "separator"_a, "decimal"_a, "kinds"_a,
        "threads"_a);
  // Of texts joined by line ends: how each is understood, and its number.
  m.def("spellings",
        [](std::string_view joined, std::string_view decimal) {
          std::vector<std::uint8_t> found;
          std::vector<double> values;
          for (size_t begin = 0; begin <= joined.size();) {
            const size_t end = std::min(joined.find('\n', begin), joined.size());
            double value = 0;
            const std::string_view text = joined.substr(begin, end - begin);
            found.push_back(static_cast<std::uint8_t>(
                spelling(text, one(decimal, "decimal: expected a character"), value)));
            values.push_back(value);
            begin = end + 1;
          }
          const size_t n = found.size();
          return nb::make_tuple(as_numpy(std::move(found), {n}), as_numpy(std::move(values), {n}));
        },
        "joined"_a, "decimal"_a);
}

}  // namespace pellucid
