// pellucid._native: what Python sees of the core. No mathematics here.
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <atomic>
#include <memory>
#include <optional>
#include <tuple>

#include "arrays.hpp"
#include "instruction_sets.hpp"
#include "random.hpp"
#include "session.hpp"

namespace pellucid {

using namespace nb::literals;

namespace {

// Let Python run its handlers of signals. If one raises, the error stays set for this thread.
bool check_signals() {
  nb::gil_scoped_acquire lock;
  return PyErr_CheckSignals() != 0;
}

// A session, what its examples lie in, and a sign at its door.
template <class T>
class PySession {
 public:
  PySession(const Plan& plan, AnyArray X, AnyArray Y, std::optional<Vector<double>> weights,
            const Vector<T>& parameters, const Vector<T>& slots, std::int64_t step,
            std::int64_t epoch, std::int64_t position, const std::string& instruction_set,
            int threads, Size grain)
      : X_(X), Y_(Y), weights_(weights),
        session_(plan, examples(plan), as_vector(parameters), as_vector(slots),
                 Progress{step, epoch, position},
                 Means{instruction_set, threads, grain, check_signals}) {}

  auto advance(ArrayOf<const double, 2> numbers, ArrayOf<std::int32_t, 1> stop) {
    if (stop.size() != 1) throw nb::value_error("stop: expected one number");
    Stretch stretch = alone([&] {
      return session_.advance(numbers.data(), numbers.shape(0), numbers.shape(1), stop.data());
    });
    const size_t n = stretch.costs.size();
    return nb::make_tuple(as_numpy(std::move(stretch.costs), {n}),
                          as_numpy(std::move(stretch.weights), {n}), stretch.stopped);
  }

  auto cost_and_gradient(const Vector<T>& parameters, const Vector<std::int64_t>& rows) {
    const size_t size = session_.plan().n_parameters;
    if (parameters.size() != size) throw nb::value_error("parameters: of another length");
    std::vector<T> gradient(size);
    const double cost = alone([&] {
      return session_.cost_and_gradient(parameters.data(), rows.data(), rows.size(),
                                        gradient.data());
    });
    return nb::make_tuple(cost, as_numpy(std::move(gradient), {size}));
  }

  auto predict(const AnyArray& X) {
    const Inputs given = inputs(X, session_.plan().n_inputs);
    const size_t n = given.n, units = session_.plan().n_outputs();
    std::vector<T> P(n * units);
    alone([&] { session_.predict(given, P.data()); return 0; });
    return as_numpy(std::move(P), {n, units});
  }

  auto losses(const AnyArray& X, const AnyArray& Y) {
    const size_t units = session_.plan().n_outputs();
    const Inputs given = inputs(X, session_.plan().n_inputs);
    const Targets wanted = targets(Y, units);
    const size_t n = given.n;
    if (wanted.n != given.n) throw nb::value_error("expected as many targets as examples");
    std::vector<T> P(n * units), found(n);
    alone([&] { session_.losses(given, wanted, P.data(), found.data()); return 0; });
    return nb::make_tuple(as_numpy(std::move(P), {n, units}), as_numpy(std::move(found), {n}));
  }

  // Parameters, slots (one after the other), step, epoch, position.
  auto state() {
    Guard guard(*this);
    const Progress& at = session_.progress();
    std::vector<T> parameters = session_.parameters(), slots = session_.slots();
    const size_t n = parameters.size(), m = slots.size();
    return nb::make_tuple(as_numpy(std::move(parameters), {n}), as_numpy(std::move(slots), {m}),
                          at.step, at.epoch, at.position);
  }

 private:
  struct Guard {
    explicit Guard(PySession& session) : busy(session.busy_) {
      if (busy.exchange(true)) {
        throw std::runtime_error("the session is at work; wait until its call has returned");
      }
    }
    ~Guard() { busy = false; }
    std::atomic<bool>& busy;
  };

  // Work with the interpreter's lock released; afterwards an error of a signal's handler goes on.
  template <class Work>
  auto alone(Work&& work) {
    Guard guard(*this);
    auto result = [&] {
      nb::gil_scoped_release unlocked;
      return work();
    }();
    if (session_.interrupted()) nb::raise_python_error();
    return result;
  }

  Examples examples(const Plan& plan) const {
    if (weights_ && static_cast<Size>(weights_->size()) != plan.n_examples) {
      throw nb::value_error("weights: expected one for each example");
    }
    return {inputs(X_, plan.n_inputs), targets(Y_, plan.n_outputs()),
            weights_ ? weights_->data() : nullptr};
  }

  AnyArray X_, Y_;
  std::optional<Vector<double>> weights_;
  Session<T> session_;
  std::atomic<bool> busy_{false};
};

template <class T>
void bind_session(nb::module_& m, const char* name) {
  using Bound = PySession<T>;
  nb::class_<Bound>(m, name)
      .def(nb::init<const Plan&, AnyArray, AnyArray, std::optional<Vector<double>>,
                    const Vector<T>&, const Vector<T>&, std::int64_t, std::int64_t, std::int64_t,
                    const std::string&, int, Size>(),
           "plan"_a, "X"_a, "Y"_a, "weights"_a.none(), "parameters"_a, "slots"_a, "step"_a,
           "epoch"_a, "position"_a, "instruction_set"_a, "threads"_a, "grain"_a)
      .def("advance", &Bound::advance, "numbers"_a, "stop"_a)
      .def("cost_and_gradient", &Bound::cost_and_gradient, "parameters"_a, "rows"_a)
      .def("predict", &Bound::predict, "X"_a)
      .def("losses", &Bound::losses, "X"_a, "Y"_a)
      .def("state", &Bound::state);
}

// One update, in place: for tests.
template <class T>
void update(const std::string& name, ArrayOf<T, 1> p, Vector<T> g, ArrayOf<T, 2> slots,
            Vector<double> numbers, std::int64_t t, const std::string& instruction_set) {
  const Optimizer<T>& row = row_of(kernels_of<T>(instruction_set).optimizers, name);
  const size_t n = p.size();
  if (g.size() != n || slots.shape(0) != static_cast<size_t>(row.n_slots) ||
      (row.n_slots > 0 && slots.shape(1) != n) ||
      numbers.size() != static_cast<size_t>(row.n_numbers)) {
    throw nb::value_error("update: expected p, g and slots of one length, and all numbers");
  }
  std::vector<T*> each;
  for (int i = 0; i < row.n_slots; ++i) each.push_back(slots.data() + i * n);
  row.update(p.data(), g.data(), each.data(), n, static_cast<double>(t), numbers.data());
}

template <class Row>
std::vector<std::string> names(const Table<Row>& table) {
  std::vector<std::string> found;
  for (const Row& row : table) found.push_back(row.name);
  return found;
}

void bind_plan(nb::module_& m) {
  nb::class_<Layer>(m, "Layer")
      .def("__init__",
           [](Layer* self, Size units, std::string activation, Size bias, bool bias_shared,
              int dropout) {
             new (self) Layer{units, std::move(activation), bias, bias_shared, dropout};
           },
           "units"_a, "activation"_a, "bias"_a, "bias_shared"_a, "dropout"_a);
  nb::class_<Connection>(m, "Connection")
      .def("__init__",
           [](Connection* self, Size source, Size to, Size weights,
              std::optional<Vector<std::uint8_t>> mask) {
             new (self) Connection{source, to, weights, {}};
             if (mask) self->mask = as_vector(*mask);
           },
           "source"_a, "to"_a, "weights"_a, "mask"_a.none());
  nb::class_<Plan>(m, "Plan")
      .def("__init__",
           [](Plan* self, Size n_inputs, std::vector<double> scale, std::vector<double> shift,
              std::vector<Layer> layers, std::vector<Connection> connections, std::string loss,
              std::string optimizer, const std::vector<std::tuple<Size, Size, double>>& ranges,
              double l2, std::string l2_divisor, Size n_parameters, Size n_examples,
              Size batch_size, std::uint64_t seed) {
             std::vector<Range> alike;
             for (const auto& [begin, end, factor] : ranges) alike.push_back({begin, end, factor});
             new (self) Plan{n_inputs, std::move(scale), std::move(shift), std::move(layers),
                             std::move(connections), std::move(loss), std::move(optimizer),
                             std::move(alike), l2, std::move(l2_divisor), n_parameters,
                             n_examples, batch_size, seed};
           },
           "n_inputs"_a, "scale"_a, "shift"_a, "layers"_a, "connections"_a, "loss"_a,
           "optimizer"_a, "ranges"_a, "l2"_a, "l2_divisor"_a, "n_parameters"_a, "n_examples"_a,
           "batch_size"_a, "seed"_a);
}

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
        [](std::uint64_t seed, std::uint64_t stream, std::uint64_t epoch, Size n) {
          return as_numpy(permutation(seed, stream, epoch, n), {static_cast<size_t>(n)});
        },
        "seed"_a, "stream"_a, "epoch"_a, "n"_a);
  m.def("philox",
        [](const std::vector<std::uint64_t>& counter, std::uint64_t key0, std::uint64_t key1) {
          if (counter.size() != 4) throw nb::value_error("counter: expected 4 words");
          const Words four = philox({counter[0], counter[1], counter[2], counter[3]}, key0, key1);
          return std::vector<std::uint64_t>(four.begin(), four.end());
        },
        "counter"_a, "key0"_a, "key1"_a);
}

}  // namespace

NB_MODULE(_native, m) {
  m.doc() = "The native core of Pellucid; pellucid.engines.native is its face.";
  m.def("instruction_sets", [] { return instruction_sets(); },
        "Those that this machine can run, best first.");
  m.def("activations", [] { return names(baseline::kernels<float>().activations); });
  m.def("losses", [] { return names(baseline::kernels<float>().losses); });
  m.def("optimizers", [] { return names(baseline::kernels<float>().optimizers); });
  bind_plan(m);
  bind_session<float>(m, "Session32");
  bind_session<double>(m, "Session64");
  bind_random(m);
  m.def("update", &update<float>, "name"_a, "p"_a, "g"_a, "slots"_a, "numbers"_a, "t"_a,
        "instruction_set"_a);
  m.def("update", &update<double>, "name"_a, "p"_a, "g"_a, "slots"_a, "numbers"_a, "t"_a,
        "instruction_set"_a);
  m.attr("ABSENT") = ABSENT;
}

}  // namespace pellucid
