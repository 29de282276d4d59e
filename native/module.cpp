// pellucid._native: what Python sees of the core. No mathematics here.
#include "bind.hpp"

NB_MODULE(_native, m) {
  // A process may end while a thread is at work with its session; nobody has to read of that.
  nanobind::set_leak_warnings(false);
  m.doc() = "The native core of Pellucid; pellucid.engines.native is its face.";
  pellucid::bind_plan(m);
  pellucid::bind_sessions(m);
  pellucid::bind_rows(m);
  pellucid::bind_random(m);
  pellucid::bind_forwards(m);
  pellucid::bind_augment(m);
  pellucid::bind_csv(m);
}
