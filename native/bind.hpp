// What module.cpp puts together: the parts of pellucid._native, each in a file of its own.
#pragma once

#include <nanobind/nanobind.h>

namespace pellucid {

namespace nb = nanobind;
using namespace nb::literals;

void bind_plan(nb::module_& m);
void bind_sessions(nb::module_& m);
void bind_rows(nb::module_& m);
void bind_random(nb::module_& m);
void bind_forwards(nb::module_& m);

// Let Python run its handlers of signals. If one raises, the error stays set for this thread.
inline bool check_signals() {
  nb::gil_scoped_acquire lock;
  return PyErr_CheckSignals() != 0;
}

}  // namespace pellucid
