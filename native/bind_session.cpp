// Sessions, with the interpreter's lock released while they work.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <atomic>
#include <optional>

#include "arrays.hpp"
#include "bind.hpp"
#include "session.hpp"

namespace pellucid {

namespace {

// What examples lie in.
struct Lying {
  AnyArray X, Y;
  Columns columns;
  Begins begins;
  std::optional<Vector<double>> weights;

  Examples examples(const Plan& plan) const {
    const Inputs found = inputs(X, columns, begins, plan.n_inputs);
    if (weights && static_cast<Size>(weights->size()) != found.n) {
      throw nb::value_error("weights: expected one for each example");
    }
    return {found, targets(Y, plan.n_outputs()), weights ? weights->data() : nullptr};
  }
};

// A session, what its examples lie in, and a sign at its door.
template <class T>
class PySession {
 public:
  PySession(const Plan& plan, AnyArray X, Columns columns, Begins begins, AnyArray Y,
            std::optional<Vector<double>> weights,
            const Vector<T>& parameters, const Vector<T>& buffers, const Vector<T>& slots,
            std::int64_t step, std::int64_t epoch, std::int64_t position,
            const std::string& instruction_set, int threads, Size grain, bool skips_zeros)
      : given_{X, Y, columns, begins, weights},
        session_(plan, given_.examples(plan),
                 Vectors<T>{as_vector(parameters), as_vector(buffers), as_vector(slots)},
                 Progress{step, epoch, position},
                 Means{instruction_set, threads, grain, skips_zeros, check_signals}) {}

  auto advance(ArrayOf<const double, 2> numbers, ArrayOf<std::int32_t, 1> stop) {
    if (stop.size() != 1) throw nb::value_error("stop: expected one number");
    Stretch stretch = alone([&] {
      return session_.advance(numbers.data(), numbers.shape(0), numbers.shape(1), stop.data());
    });
    const size_t n = stretch.costs.size();
    return nb::make_tuple(as_numpy(std::move(stretch.costs), {n}),
                          as_numpy(std::move(stretch.weights), {n}), stretch.stopped);
  }

  void follow(const Vector<std::int64_t>& order) {
    Guard guard(*this);
    session_.follow({order.data(), order.data() + order.size()});
  }

  void show(Size first, const AnyArray& X, const Columns& columns, const Begins& begins,
            const AnyArray& Y, const std::optional<Vector<double>>& weights) {
    Guard guard(*this);
    const Lying lying{X, Y, columns, begins, weights};
    session_.show(first, lying.examples(session_.plan()));
    shown_ = lying;
  }

  void clip_probabilities(double least) {
    Guard guard(*this);
    session_.clip_probabilities(static_cast<T>(least));
  }

  auto cost_and_gradient(const Vector<T>& parameters, const Vector<std::int64_t>& rows) {
    const T* at = data(parameters);
    const size_t size = parameters.size();
    std::vector<T> gradient(size);
    const double cost = alone([&] {
      return session_.cost_and_gradient(at, rows.data(), rows.size(),
                                        gradient.data());
    });
    return nb::make_tuple(cost, as_numpy(std::move(gradient), {size}));
  }

  auto predict(const AnyArray& X, const Columns& columns, const Begins& begins,
               const std::optional<Vector<T>>& parameters) {
    const T* at = data_or_null(parameters);
    const Inputs given = inputs(X, columns, begins, session_.plan().n_inputs);
    const size_t n = given.n, units = session_.plan().n_outputs();
    std::vector<T> P(n * units);
    alone([&] { session_.predict(given, at, P.data()); return 0; });
    return as_numpy(std::move(P), {n, units});
  }

  auto losses(const AnyArray& X, const Columns& columns, const Begins& begins, const AnyArray& Y,
              const std::optional<Vector<T>>& parameters) {
    const T* at = data_or_null(parameters);
    const size_t units = session_.plan().n_outputs();
    const Inputs given = inputs(X, columns, begins, session_.plan().n_inputs);
    const Targets wanted = targets(Y, units);
    const size_t n = given.n;
    if (wanted.n != given.n) throw nb::value_error("expected as many targets as examples");
    std::vector<T> P(n * units), found(n);
    alone([&] { session_.losses(given, wanted, at, P.data(), found.data()); return 0; });
    return nb::make_tuple(as_numpy(std::move(P), {n, units}), as_numpy(std::move(found), {n}));
  }

  bool fused() const { return session_.fused(); }

  // Epoch and position of the next step.
  auto place() {
    Guard guard(*this);
    return nb::make_tuple(session_.progress().epoch, session_.progress().position);
  }

  // Parameters, buffers, slots (one after the other), step, epoch, position.
  auto state() {
    Guard guard(*this);
    const Progress& at = session_.progress();
    Vectors<T> vectors = session_.vectors();
    const size_t n = vectors.parameters.size(), m = vectors.buffers.size(),
                 k = vectors.slots.size();
    return nb::make_tuple(as_numpy(std::move(vectors.parameters), {n}),
                          as_numpy(std::move(vectors.buffers), {m}),
                          as_numpy(std::move(vectors.slots), {k}), at.step, at.epoch, at.position);
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
      const Unlocked unlocked;
      return work();
    }();
    if (session_.interrupted()) nb::raise_python_error();
    return result;
  }

  const T* data(const Vector<T>& parameters) const {
    if (static_cast<Size>(parameters.size()) != session_.n_parameters()) {
      throw nb::value_error("parameters: of another length");
    }
    return parameters.data();
  }

  const T* data_or_null(const std::optional<Vector<T>>& parameters) const {
    return parameters ? data(*parameters) : nullptr;
  }

  // Held as long as the core looks into them.
  Lying given_;
  std::optional<Lying> shown_;
  Session<T> session_;
  std::atomic<bool> busy_{false};
};

template <class T>
void bind_session(nb::module_& m, const char* name) {
  using Bound = PySession<T>;
  nb::class_<Bound>(m, name)
      .def(nb::init<const Plan&, AnyArray, Columns, Begins, AnyArray, std::optional<Vector<double>>,
                    const Vector<T>&, const Vector<T>&, const Vector<T>&, std::int64_t,
                    std::int64_t, std::int64_t, const std::string&, int, Size, bool>(),
           "plan"_a, "X"_a, "columns"_a.none(), "begins"_a.none(), "Y"_a, "weights"_a.none(), "parameters"_a, "buffers"_a, "slots"_a,
           "step"_a, "epoch"_a, "position"_a, "instruction_set"_a, "threads"_a, "grain"_a,
           "skips_zeros"_a)
      .def("advance", &Bound::advance, "numbers"_a, "stop"_a)
      .def("follow", &Bound::follow, "order"_a)
      .def("show", &Bound::show, "first"_a, "X"_a, "columns"_a.none(), "begins"_a.none(), "Y"_a,
           "weights"_a.none())
      .def("clip_probabilities", &Bound::clip_probabilities, "least"_a)
      .def("cost_and_gradient", &Bound::cost_and_gradient, "parameters"_a, "rows"_a)
      .def("predict", &Bound::predict, "X"_a, "columns"_a.none(), "begins"_a.none(),
           "parameters"_a.none())
      .def("losses", &Bound::losses, "X"_a, "columns"_a.none(), "begins"_a.none(), "Y"_a,
           "parameters"_a.none())
      .def("place", &Bound::place)
      .def("state", &Bound::state)
      .def_prop_ro("fused", &Bound::fused);
}

}  // namespace

void bind_sessions(nb::module_& m) {
  m.attr("CHUNK") = CHUNK;
  bind_session<float>(m, "Session32");
  bind_session<double>(m, "Session64");
}

}  // namespace pellucid
