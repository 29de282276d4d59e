// A plan, filled in field by field.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>

#include "arrays.hpp"
#include "bind.hpp"
#include "plan.hpp"

namespace pellucid {

namespace {

void bind_parts(nb::module_& m) {
  nb::class_<Layer>(m, "Layer")
      .def(nb::init<>())
      .def_rw("units", &Layer::units)
      .def_rw("pieces", &Layer::pieces)
      .def_rw("activation", &Layer::activation)
      .def_rw("norm", &Layer::norm)
      .def_rw("bias", &Layer::bias)
      .def_rw("bias_shared", &Layer::bias_shared)
      .def_rw("gain", &Layer::gain)
      .def_rw("shift", &Layer::shift)
      .def_rw("mean", &Layer::mean)
      .def_rw("variance", &Layer::variance)
      .def_rw("dropout", &Layer::dropout)
      .def_rw("noise", &Layer::noise)
      .def_rw("max_norm", &Layer::max_norm);
  nb::class_<Connection>(m, "Connection")
      .def("__init__",
           [](Connection* self, Size source, Size to, Size weights,
              std::optional<Vector<std::uint8_t>> mask) {
             new (self) Connection{source, to, weights, {}};
             if (mask) self->mask = as_vector(*mask);
           },
           "source"_a, "to"_a, "weights"_a, "mask"_a.none());
  nb::class_<Range>(m, "Range")
      .def(nb::init<Size, Size, double, bool>(), "begin"_a, "end"_a, "rate_factor"_a,
           "penalised"_a);
  nb::class_<Penalty>(m, "Penalty")
      .def(nb::init<double, std::string>(), "strength"_a, "divisor"_a);
}

}  // namespace

void bind_plan(nb::module_& m) {
  m.attr("ABSENT") = ABSENT;
  bind_parts(m);
  nb::class_<Plan>(m, "Plan")
      .def(nb::init<>())
      .def_rw("n_inputs", &Plan::n_inputs)
      .def_rw("scale", &Plan::scale)
      .def_rw("shift", &Plan::shift)
      .def_rw("input_dropout", &Plan::input_dropout)
      .def_rw("input_noise", &Plan::input_noise)
      .def_rw("layers", &Plan::layers)
      .def_rw("connections", &Plan::connections)
      .def_rw("loss", &Plan::loss)
      .def_rw("loss_numbers", &Plan::loss_numbers)
      .def_rw("label_smoothing", &Plan::label_smoothing)
      .def_rw("n_classes", &Plan::n_classes)
      .def_rw("optimizer", &Plan::optimizer)
      .def_rw("ranges", &Plan::ranges)
      .def_rw("l2", &Plan::l2)
      .def_rw("l1", &Plan::l1)
      .def_rw("clip_value", &Plan::clip_value)
      .def_rw("clip_norm", &Plan::clip_norm)
      .def_rw("average", &Plan::average)
      .def_rw("n_parameters", &Plan::n_parameters)
      .def_rw("n_buffers", &Plan::n_buffers)
      .def_rw("n_slots", &Plan::n_slots)
      .def_rw("n_examples", &Plan::n_examples)
      .def_rw("batch_size", &Plan::batch_size)
      .def_rw("seed", &Plan::seed)
      .def_prop_rw(
          "quantiles", [](const Plan& self) { return self.quantiles; },
          [](Plan& self, const Vector<double>& numbers) { self.quantiles = as_vector(numbers); });
}

}  // namespace pellucid
