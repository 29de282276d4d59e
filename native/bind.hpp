// What module.cpp puts together: the parts of pellucid._native, each in a file of its own.
#pragma once

#include <nanobind/nanobind.h>

#include <chrono>
#include <thread>

namespace pellucid {

namespace nb = nanobind;
using namespace nb::literals;

void bind_plan(nb::module_& m);
void bind_sessions(nb::module_& m);
void bind_rows(nb::module_& m);
void bind_random(nb::module_& m);
void bind_forwards(nb::module_& m);
void bind_augment(nb::module_& m);
void bind_csv(nb::module_& m);

// f(), which waits for the interpreter's lock. Where the interpreter has ended meanwhile, this never
// returns: until 3.13 Python then ends the thread by unwinding its stack, which is caught here, since
// what is below may not be unwound; from 3.14 on it leaves threads waiting for ever itself.
template <class F>
void with_interpreter(F&& f) {
  try {
    f();
  } catch (...) {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }
}

// While it lives, the interpreter's lock is somebody else's.
class Unlocked {
 public:
  Unlocked() : thread_(PyEval_SaveThread()) {}
  ~Unlocked() {
    with_interpreter([this] { PyEval_RestoreThread(thread_); });
  }
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;

 private:
  PyThreadState* thread_;
};

// Let Python run its handlers of signals. If one raises, the error stays set for this thread.
inline bool check_signals() {
  bool raised = false;
  with_interpreter([&] {
    const PyGILState_STATE lock = PyGILState_Ensure();
    raised = PyErr_CheckSignals() != 0;
    PyGILState_Release(lock);
  });
  return raised;
}

}  // namespace pellucid
