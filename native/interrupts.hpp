// How long work in the core stays open to Ctrl-C, without knowing of Python.
#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "parallel.hpp"

namespace pellucid {

// Calls `signals` now and then while work goes on. Once that answers true (a handler raised an
// error) it is not called again, and the work ends where its state is whole.
class Interrupts {
 public:
  explicit Interrupts(std::function<bool()> signals) : signals_(std::move(signals)) {}

  // By the thread that will look, before it is at work.
  void begin() {
    raised_ = false;
    mode_ = FloatMode::now();
    last_ = Clock::now();
  }

  void look() {
    if (raised_ || Clock::now() - last_ < PERIOD) return;
    const FloatMode usual(mode_);  // handlers may calculate
    raised_ = signals_();
    last_ = Clock::now();
  }

  bool raised() const { return raised_; }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds PERIOD{50};

  std::function<bool()> signals_;
  Clock::time_point last_{};
  unsigned mode_ = 0;
  bool raised_ = false;
};

}  // namespace pellucid
