// What a run is, as the core needs it: plan/plan.py flattened to numbers and names.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "matrix.hpp"

namespace pellucid {

constexpr Size ABSENT = -1;
constexpr Size LANES = 65536;  // a random lane is a number of 16 bits

struct Layer {
  Size units = 0;
  Size pieces = 1;  // weighted sums of a neuron
  std::string activation;
  std::string norm = "none";
  Size bias = ABSENT;        // where its biases begin in the parameters
  bool bias_shared = false;  // one bias for the whole layer
  Size gain = ABSENT, shift = ABSENT;     // in the parameters, where there is a norm
  Size mean = ABSENT, variance = ABSENT;  // in the buffers, where a norm is over batches
  int dropout = 0;                        // how many of the lanes leave a neuron out
  double noise = 0;                       // its deviation
  double max_norm = 0;  // how long the weights into a sum may be; 0: any length

  Size sums() const { return units * pieces; }
};

struct Connection {
  Size source, to;     // layers; 0 is the input
  Size weights;        // where they begin in the parameters
  std::vector<std::uint8_t> mask;  // (n_from, sums) of 0 and 1, or empty where it is whole
  Panels panels{};                 // inside the core; see layout.hpp
  std::vector<std::vector<Part>> bands;  // there, of each panel: the rows that have weights
  bool turned = false;             // whether it is the transpose of the weights that lies there
};

// Parameters that the optimizer treats alike.
struct Range {
  Size begin, end;
  double rate_factor;
  bool penalised;
};

struct Penalty {
  double strength = 0;
  std::string divisor = "cost";
};

// Where a number is 0 or a text is empty, there is none of what it says.
struct Plan {
  Size n_inputs = 0;
  std::vector<double> scale, shift;  // one for each input
  int input_dropout = 0;
  double input_noise = 0;
  std::vector<Layer> layers;
  std::vector<Connection> connections;  // layer by layer
  std::string loss;
  std::vector<double> loss_numbers;
  double label_smoothing = 0;
  Size n_classes = 1;     // over which it spreads
  std::string optimizer;  // none where a solver takes the steps
  std::vector<Range> ranges;
  Penalty l2, l1;
  double clip_value = 0, clip_norm = 0;
  double average = 0;               // the decay of the weights' average
  std::vector<double> quantiles;    // of normal numbers, by lane, where there is noise
  Size n_parameters = 0, n_buffers = 0, n_slots = 0, n_examples = 0, batch_size = 0;
  std::uint64_t seed = 0;

  Size n_layers() const { return static_cast<Size>(layers.size()); }
  Size units(Size layer) const { return layer == 0 ? n_inputs : layers[layer - 1].units; }
  Size sums(Size layer) const { return layers[layer - 1].sums(); }
  int dropout(Size layer) const { return layer == 0 ? input_dropout : layers[layer - 1].dropout; }
  double noise(Size layer) const { return layer == 0 ? input_noise : layers[layer - 1].noise; }
  Size n_outputs() const { return layers.back().units; }
  Size steps_per_epoch() const { return (n_examples + batch_size - 1) / batch_size; }

  Size n_weights(const Connection& connection) const {
    return units(connection.source) * sums(connection.to);
  }

  // Whether the statistics of a batch are needed, so that it has to stay whole.
  bool keeps_batches_whole() const {
    return std::any_of(layers.begin(), layers.end(),
                       [](const Layer& layer) { return layer.mean != ABSENT; });
  }
};

// The plan. Throws std::invalid_argument where its numbers would lead outside of its arrays.
const Plan& checked(const Plan& plan);

}  // namespace pellucid
