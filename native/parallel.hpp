// Several threads at one piece of work. All of them go through the same lines, each with its own
// part of the rows or of the parameters, and meet where one needs what another has worked out.
// What is worked out never depends on how many there are: work is cut only where results are
// independent of each other.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "matrix.hpp"

namespace pellucid {

// Where threads wait for each other: a little while awake, then asleep.
class Meeting {
 public:
  void wait(std::uint32_t count);

 private:
  alignas(64) std::atomic<std::uint32_t> here_{0};
  alignas(64) std::atomic<std::uint32_t> round_{0};
};

// One of the threads that do something together.
class Member {
 public:
  Member(Size index, Size count, Meeting& meeting)
      : index_(index), count_(count), meeting_(meeting) {}

  Size index() const { return index_; }
  bool leads() const { return index_ == 0; }  // whether it is the one that called
  Part share(Size n) const { return {n * index_ / count_, n * (index_ + 1) / count_}; }
  // Returns when all have come here; what they wrote before can be read.
  void meet() const {
    if (count_ > 1) meeting_.wait(static_cast<std::uint32_t>(count_));
  }

 private:
  Size index_, count_;
  Meeting& meeting_;
};

// While it lives, this thread calculates in another floating-point mode.
class FloatMode {
 public:
  explicit FloatMode(unsigned mode);
  ~FloatMode();
  FloatMode(const FloatMode&) = delete;
  FloatMode& operator=(const FloatMode&) = delete;

  static unsigned now();

 private:
  unsigned before_;
};

// While it lives, numbers too small to be normal are 0 for this thread: they cost processors a
// hundred times as much as others, and a saturated network is full of them.
class FastZeros : FloatMode {
 public:
  FastZeros() : FloatMode(now() | FLUSH) {}

 private:
  static constexpr unsigned FLUSH = 0x8040;  // results to zero, and operands taken for zero
};

// Threads that wait for work.
class Pool {
 public:
  Pool();
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Calls work(context, member) on the calling thread and on `count` − 1 others, which are started
  // when they are first needed.
  void run(Size count, void (*work)(const void*, const Member&), const void* context);

 private:
  struct Workshop;
  void make_room();

  std::unique_ptr<Workshop> workshop_;
  std::vector<std::thread> threads_;
  int caller_ = -1;  // the core that the caller was on the last time
};

// How a session's work is shared out.
class Team {
 public:
  // `grain`: multiply-adds for which another thread is worth its waiting.
  Team(int n_threads, Size grain)
      : n_threads_(std::clamp(n_threads, 1, LARGEST)), grain_(std::max<Size>(1, grain)) {}
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  Size largest() const { return n_threads_; }
  // How many threads `work` multiply-adds between two meetings are worth, at most.
  Size worth(Size work) const { return std::clamp<Size>(work / grain_, 1, n_threads_); }
  bool shares_everything() const { return grain_ == 1; }

  // f(member) on `count` threads.
  template <class F>
  void together(Size count, const F& f) {
    if (count == 1) {
      const FastZeros fast;
      f(Member(0, 1, alone_));
      return;
    }
    run_shared(
        count, [](const void* g, const Member& me) { (*static_cast<const F*>(g))(me); }, &f);
  }

 private:
  static constexpr int LARGEST = 255;

  // By a pool of this process that nobody else is using.
  static void run_shared(Size count, void (*work)(const void*, const Member&),
                         const void* context);

  int n_threads_;
  Size grain_;
  Meeting alone_;
};

}  // namespace pellucid
