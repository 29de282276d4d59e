// Several threads at one piece of work. What is worked out never depends on how many there are:
// work is cut only where results are independent of each other.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "interrupts.hpp"
#include "matrix.hpp"

namespace pellucid {

// Threads that wait for work: a little while awake, then asleep.
class Pool {
 public:
  explicit Pool(int n_threads);  // the one that calls `run` included
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Calls work(context, i) for each i from 0 to n − 1, in any order, and returns when all are
  // done. The calling thread takes part and looks at `interrupts` between pieces.
  void run(std::uint32_t n, void (*work)(void*, Size), void* context, Interrupts& interrupts);

 private:
  struct Workshop;
  std::unique_ptr<Workshop> workshop_;
  std::vector<std::thread> threads_;
};

// How a session's work is shared out.
class Team {
 public:
  // `grain`: multiply-adds below which a piece of work is not cut among threads.
  Team(int n_threads, Size grain, Interrupts& interrupts)
      : n_threads_(std::max(1, n_threads)), grain_(std::max<Size>(1, grain)),
        interrupts_(interrupts) {}
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  // f(Block) for blocks that together are rows × columns; `work` is the number of multiply-adds.
  template <class F>
  void blocks(Size work, Size rows, Size columns, F&& f) {
    const Size wanted = pieces(work);
    const Cut across(columns, wanted, COLUMNS_TOGETHER);
    const Cut down(rows, (wanted + across.n - 1) / across.n, ROWS_TOGETHER);
    each(across.n * down.n, [&](Size i) {
      f(Block{down.begin(i % down.n), down.end(i % down.n), across.begin(i / down.n),
              across.end(i / down.n)});
    });
  }

  // f(begin, end) for stretches that together are 0 … n.
  template <class F>
  void stretches(Size work, Size n, F&& f) {
    const Cut cut(n, pieces(work), 1);
    each(cut.n, [&](Size i) { f(cut.begin(i), cut.end(i)); });
  }

  Interrupts& interrupts() { return interrupts_; }

 private:
  static constexpr Size LARGEST = 1 << 24;      // of a piece: some milliseconds
  static constexpr Size COLUMNS_TOGETHER = 64;  // what the kernels like their blocks to be
  static constexpr Size ROWS_TOGETHER = 12;     // multiples of

  // `n` stretches of `step` (the last may be shorter) that together are 0 … total.
  struct Cut {
    Size total, step, n;
    Cut(Size total_, Size wanted, Size multiple) : total(total_) {
      const Size share = (total + wanted - 1) / wanted;
      step = std::max<Size>(1, (share + multiple - 1) / multiple * multiple);
      n = (total + step - 1) / step;
    }
    Size begin(Size i) const { return i * step; }
    Size end(Size i) const { return std::min(total, (i + 1) * step); }
  };

  Size pieces(Size work) const {
    const Size enough = n_threads_ == 1 ? 1 : std::min<Size>(work / grain_, 4 * n_threads_);
    return std::max<Size>({1, enough, work / LARGEST});
  }

  template <class F>
  void each(Size n, F&& f) {
    if (n == 1 || n_threads_ == 1) {
      for (Size i = 0; i < n; ++i) {
        f(i);
        if (n > 1) interrupts_.look();
      }
      return;
    }
    pool().run(
        static_cast<std::uint32_t>(n), [](void* g, Size i) { (*static_cast<F*>(g))(i); }, &f,
        interrupts_);
  }

  Pool& pool();  // made when it is first needed, and made anew in a forked process

  int n_threads_;
  Size grain_;
  Interrupts& interrupts_;
  std::unique_ptr<Pool> pool_;
  long process_ = 0;
};

}  // namespace pellucid
