// What a run is, as the core needs it: plan/plan.py flattened to numbers and names.
#pragma once

#include <string>
#include <vector>

#include "matrix.hpp"

namespace pellucid {

constexpr Size ABSENT = -1;

struct Layer {
  Size units;
  std::string activation;
  Size bias;           // where its biases begin in the parameters, or ABSENT
  bool bias_shared;    // one bias for the whole layer
  int dropout;         // how many of 65536 lanes leave a neuron out
};

struct Connection {
  Size source, to;     // layers; 0 is the input
  Size weights;        // where they begin in the parameters
  std::vector<std::uint8_t> mask;  // (n_from, n_to) of 0 and 1, or empty where it is whole
};

// Parameters that the optimizer treats alike.
struct Range {
  Size begin, end;
  double rate_factor;
};

struct Plan {
  Size n_inputs;
  std::vector<double> scale, shift;  // one for each input
  std::vector<Layer> layers;
  std::vector<Connection> connections;  // layer by layer
  std::string loss, optimizer;
  std::vector<Range> ranges;
  double l2;
  std::string l2_divisor;
  Size n_parameters, n_examples, batch_size;
  std::uint64_t seed;

  Size n_layers() const { return static_cast<Size>(layers.size()); }
  Size units(Size layer) const { return layer == 0 ? n_inputs : layers[layer - 1].units; }
  Size n_outputs() const { return layers.back().units; }
  Size steps_per_epoch() const { return (n_examples + batch_size - 1) / batch_size; }
};

// Throws std::invalid_argument where numbers of the plan would lead outside of its arrays.
void check(const Plan& plan);

}  // namespace pellucid
