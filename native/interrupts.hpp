// How long work in the core stays open to Ctrl-C, without knowing of Python.
#pragma once

#include <chrono>
#include <functional>
#include <utility>

namespace pellucid {

// Calls `signals` now and then while work goes on. Once that answers true (a handler raised an
// error) it is not called again, and the work ends where its state is whole.
class Interrupts {
 public:
  explicit Interrupts(std::function<bool()> signals) : signals_(std::move(signals)) {}

  void begin() {
    raised_ = false;
    last_ = Clock::now();
  }

  void look() {
    if (raised_ || Clock::now() - last_ < PERIOD) return;
    raised_ = signals_();
    last_ = Clock::now();
  }

  bool raised() const { return raised_; }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds PERIOD{50};

  std::function<bool()> signals_;
  Clock::time_point last_{};
  bool raised_ = false;
};

}  // namespace pellucid
