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
    ++slices_;
    const std::size_t before = now_;
    now_ = next();
    settled_ = now_ == before;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr double SLICE = 1e-3;  // seconds
  static constexpr Size FIRST = 2;       // steps, while nothing is known
  static constexpr Size AGAIN = 32;      // slices after which another number is tried again

  struct Try {
    Size threads;
    double seconds = 0;  // a step, of late; 0: not tried yet
  };

  // What has not been tried, now and then the next in turn, and else the best.
  std::size_t next() {
    const auto by_time = [](const Try& a, const Try& b) { return a.seconds < b.seconds; };
    const auto best = static_cast<std::size_t>(
        std::min_element(tried_.begin(), tried_.end(), by_time) - tried_.begin());
    if (tried_[best].seconds == 0) return best;
    // After slices 1, 2, 4, 8, … what is known of short steps is little; a long one tells enough.
    const bool early = (slices_ & (slices_ - 1)) == 0 && tried_[best].seconds < SLICE;
    if (!early && slices_ % AGAIN != 0) return best;
    turn_ = (turn_ + 1) % tried_.size();
    return turn_ != best ? turn_ : (turn_ + 1) % tried_.size();
  }

  const bool fixed_;
  std::vector<Try> tried_;
  std::size_t now_ = 0, turn_ = 0;
  Size slices_ = 0;
  bool settled_ = false;
  Clock::time_point begun_{};
};

}  // namespace pellucid
