#include "plan.hpp"

#include <stdexcept>

namespace pellucid {

namespace {

void expect(bool fits, const char* what) {
  if (!fits) throw std::invalid_argument(std::string("plan: ") + what + " does not fit");
}

void expect_inside(Size begin, Size size, Size whole, const char* what) {
  expect(begin >= 0 && begin + size <= whole, what);
}

void check_disturbances(const Plan& plan) {
  for (Size l = 0; l <= plan.n_layers(); ++l) {
    expect(plan.dropout(l) >= 0 && plan.dropout(l) < LANES, "dropout");
    expect(plan.noise(l) >= 0 &&
               (plan.noise(l) == 0 || static_cast<Size>(plan.quantiles.size()) == LANES),
           "noise");
  }
  expect(plan.dropout(plan.n_layers()) == 0 && plan.noise(plan.n_layers()) == 0, "the output");
}

void check_layer(const Plan& plan, const Layer& layer) {
  expect(layer.units > 0 && layer.pieces > 0, "a layer's size");
  if (layer.bias != ABSENT) {
    expect_inside(layer.bias, layer.bias_shared ? 1 : layer.sums(), plan.n_parameters, "a bias");
  }
  if (layer.norm == "none") return;
  expect_inside(layer.gain, layer.sums(), plan.n_parameters, "a gain");
  expect_inside(layer.shift, layer.sums(), plan.n_parameters, "a shift");
  expect((layer.mean == ABSENT) == (layer.variance == ABSENT), "a running average");
  if (layer.mean == ABSENT) return;
  expect_inside(layer.mean, layer.sums(), plan.n_buffers, "a running mean");
  expect_inside(layer.variance, layer.sums(), plan.n_buffers, "a running variance");
}

void check_connection(const Plan& plan, const Connection& connection) {
  expect(0 <= connection.source && connection.source < connection.to &&
             connection.to <= plan.n_layers(),
         "a connection");
  const Size size = plan.n_weights(connection);
  expect_inside(connection.weights, size, plan.n_parameters, "a connection's place");
  expect(connection.mask.empty() || static_cast<Size>(connection.mask.size()) == size, "a mask");
}

}  // namespace

const Plan& checked(const Plan& plan) {
  expect(plan.n_inputs > 0 && !plan.layers.empty(), "the number of layers");
  expect(static_cast<Size>(plan.scale.size()) == plan.n_inputs, "scale");
  expect(static_cast<Size>(plan.shift.size()) == plan.n_inputs, "shift");
  expect(plan.n_examples > 0 && plan.batch_size > 0, "the batch size");
  expect(plan.n_classes > 0, "the number of classes");
  for (const Layer& layer : plan.layers) check_layer(plan, layer);
  for (const Connection& connection : plan.connections) check_connection(plan, connection);
  check_disturbances(plan);
  for (const Range& range : plan.ranges) {
    expect(0 <= range.begin && range.begin <= range.end && range.end <= plan.n_parameters,
           "a range");
  }
  return plan;
}

}  // namespace pellucid
