// Random numbers by their addresses: for tests.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "arrays.hpp"
#include "bind.hpp"
#include "instruction_sets.hpp"
#include "random.hpp"

namespace pellucid {

void bind_random(nb::module_& m) {
  m.def("words",
        [](std::uint64_t seed, std::uint64_t stream, Size n, std::uint64_t epoch,
           std::uint64_t step, std::uint64_t layer) {
          const size_t count = n;
          return as_numpy(words({seed, stream, step, epoch, layer}, n), {count});
        },
        "seed"_a, "stream"_a, "n"_a, "epoch"_a = 0, "step"_a = 0, "layer"_a = 0);
  m.def("lanes",
        [](std::uint64_t seed, std::uint64_t stream, Size first, Size n, std::uint64_t epoch,
           std::uint64_t step, std::uint64_t layer) {
          std::vector<std::uint16_t> drawn(n);
          lanes({seed, stream, step, epoch, layer}, first, n, drawn.data());
          return as_numpy(std::move(drawn), {static_cast<size_t>(n)});
        },
        "seed"_a, "stream"_a, "first"_a, "n"_a, "epoch"_a = 0, "step"_a = 0, "layer"_a = 0);
  m.def("permutation",
        [](std::uint64_t seed, std::uint64_t stream, std::uint64_t epoch, Size n,
           const std::string& instruction_set) {
          const Feistel feistel = kernels_of<float>(instruction_set).feistel;
          return as_numpy(permutation(seed, stream, epoch, n, feistel), {static_cast<size_t>(n)});
        },
        "seed"_a, "stream"_a, "epoch"_a, "n"_a, "instruction_set"_a);
  m.def("philox",
        [](const std::vector<std::uint64_t>& counter, std::uint64_t key0, std::uint64_t key1) {
          if (counter.size() != 4) throw nb::value_error("counter: expected 4 words");
          const Words four = philox({counter[0], counter[1], counter[2], counter[3]}, key0, key1);
          return std::vector<std::uint64_t>(four.begin(), four.end());
        },
        "counter"_a, "key0"_a, "key1"_a);
}

}  // namespace pellucid
