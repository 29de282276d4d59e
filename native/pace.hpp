// How many threads share a step, found by trying. Meetings cost more on one machine than on another,
// and where other programs keep a core busy, whoever waits for a thread there waits long. Results do
// not depend on the number, so it may change at any time.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "matrix.hpp"

namespace pellucid {

class Pace {
 public:
  // Between 1 and `most` threads; always `most` where it is `fixed`.
  Pace(Size most, bool fixed) : fixed_(fixed) {
    for (Size count = most; count > 1; count /= 2) tried_.push_back({count});
    tried_.push_back({1});
  }

  // For the next slice of steps: how many threads, and how many steps to do before asking again.
  Size threads() const { return tried_[now_].threads; }
  Size steps() const {
    const double seconds = tried_[now_].seconds;
    return seconds > 0 ? std::max<Size>(1, static_cast<Size>(SLICE / seconds)) : FIRST;
  }

  // Somebody calls, who may have been away for long.
  void call() { settled_ = false; }
  void begin() { begun_ = Clock::now(); }

  // That was a slice of so many steps; whether there is `more` to come in this call.
  void end(Size steps, bool more) {
    const std::chrono::duration<double> passed = Clock::now() - begun_;
    if (fixed_ || steps == 0) return;
    Try& current = tried_[now_];
    const double seconds = passed.count() / static_cast<double>(steps);
    // The first slice of a call, or after a change, found cold caches and sleeping threads. It
    // counts only where there is no other, or where steps are so long that this hardly matters.
    if (!settled_ && more && seconds < SLICE) {
      settled_ = true;
      return;
    }
    // What is better counts at once; what is worse may have been somebody else's doing.
    const bool worse = current.seconds > 0 && seconds > current.seconds;
    current.seconds = worse ? (current.seconds + seconds) / 2 : seconds;
    const std::size_t before = now_;
    now_ = next();
    settled_ = now_ == before;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr double SLICE = 1e-3;   // seconds
  static constexpr Size FIRST = 2;        // steps, while nothing is known
  static constexpr Size SELDOM = 128;     // slices between tries at most
  static constexpr Size AFTER_LONG = 8;   // and at least, where one step fills a slice

  struct Try {
    Size threads;
    double seconds = 0;  // a step, of late; 0: not tried yet
  };

  // What has not been tried, and else the best; after a while another one in turn. Each try that
  // has brought nothing doubles the while. When the best changes, be it by somebody else's doing,
  // there are tries again soon.
  std::size_t next() {
    const auto by_time = [](const Try& a, const Try& b) { return a.seconds < b.seconds; };
    const auto best = static_cast<std::size_t>(
        std::min_element(tried_.begin(), tried_.end(), by_time) - tried_.begin());
    if (tried_[best].seconds == 0) return best;
    if (best != best_) {
      best_ = best;
      while_ = tried_[best].seconds < SLICE ? 1 : AFTER_LONG;
      since_ = 0;
    } else if (now_ != best) {
      while_ = std::min(2 * while_, SELDOM);
      since_ = 0;
    }
    if (since_++ < while_) return best;
    turn_ = (turn_ + 1) % tried_.size();
    return turn_ != best ? turn_ : (turn_ + 1) % tried_.size();
  }

  const bool fixed_;
  std::vector<Try> tried_;
  std::size_t now_ = 0, turn_ = 0;
  std::size_t best_ = 0;           // of late
  Size while_ = 1, since_ = 0;     // slices between tries, and since the last
  bool settled_ = false;
  Clock::time_point begun_{};
};

}  // namespace pellucid
