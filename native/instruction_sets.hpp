// Which instruction sets the kernels were compiled for, and which this machine has.
#pragma once

#include <string>
#include <vector>

#include "kernels.hpp"

namespace pellucid {

// The names of those that this machine can run, best first. Decided by feature bits.
const std::vector<std::string>& instruction_sets();

// The kernels of one of them. Throws std::invalid_argument for any other name.
template <class T>
const Kernels<T>& kernels_of(const std::string& instruction_set);

// The row with a name. Throws std::invalid_argument where there is none.
template <class Row>
const Row& row_of(const Table<Row>& table, const std::string& name);

}  // namespace pellucid
