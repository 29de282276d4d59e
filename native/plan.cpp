#include "plan.hpp"

#include <stdexcept>

namespace pellucid {

namespace {

void expect(bool fits, const char* what) {
  if (!fits) throw std::invalid_argument(std::string("plan: ") + what + " does not fit");
}

void check_connection(const Plan& plan, const Connection& connection) {
  expect(0 <= connection.source && connection.source < connection.to &&
             connection.to <= plan.n_layers(),
         "a connection");
  const Size size = plan.units(connection.source) * plan.units(connection.to);
  expect(connection.weights >= 0 && connection.weights + size <= plan.n_parameters,
         "a connection's place");
  expect(connection.mask.empty() || static_cast<Size>(connection.mask.size()) == size, "a mask");
}

}  // namespace

void check(const Plan& plan) {
  expect(plan.n_inputs > 0 && !plan.layers.empty(), "the number of layers");
  expect(static_cast<Size>(plan.scale.size()) == plan.n_inputs, "scale");
  expect(static_cast<Size>(plan.shift.size()) == plan.n_inputs, "shift");
  expect(plan.n_examples > 0 && plan.batch_size > 0, "the batch size");
  for (const Layer& layer : plan.layers) {
    expect(layer.units > 0, "a layer's size");
    const Size n_biases = layer.bias == ABSENT ? 0 : layer.bias_shared ? 1 : layer.units;
    expect(layer.bias >= ABSENT && layer.bias + n_biases <= plan.n_parameters, "a bias");
    expect(layer.dropout >= 0 && layer.dropout < 65536, "dropout");
  }
  for (const Connection& connection : plan.connections) check_connection(plan, connection);
  for (const Range& range : plan.ranges) {
    expect(0 <= range.begin && range.begin <= range.end && range.end <= plan.n_parameters,
           "a range");
  }
}

}  // namespace pellucid
