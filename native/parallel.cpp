#include "parallel.hpp"

#if defined(_WIN32)
#include <process.h>
#else
#include <unistd.h>
#endif
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace pellucid {

namespace {

constexpr int AWAKE = 4000;  // looks before a waiting thread goes to sleep: some 50 µs

long this_process() {
#if defined(_WIN32)
  return _getpid();
#else
  return static_cast<long>(getpid());
#endif
}

void breathe() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}

}  // namespace

// What the threads of a pool share. A piece of work is claimed by counting `ticket` down: the
// number of the run in its upper half, the pieces that nobody has claimed yet in its lower. A
// thread that comes too late finds another run or no piece left, and touches nothing.
struct Pool::Workshop {
  std::atomic<std::uint64_t> ticket{0};
  std::atomic<std::uint32_t> unfinished{0};
  std::atomic<std::uint32_t> bell{0};  // rung once a run; threads sleep on it
  std::atomic<bool> closing{false};
  void (*work)(void*, Size) = nullptr;
  void* context = nullptr;

  // Do one piece, if one is left.
  bool help() {
    std::uint64_t seen = ticket.load(std::memory_order_acquire);
    while (static_cast<std::uint32_t>(seen) > 0) {
      if (ticket.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
        work(context, static_cast<Size>(static_cast<std::uint32_t>(seen)) - 1);
        unfinished.fetch_sub(1, std::memory_order_release);
        return true;
      }
    }
    return false;
  }

  void serve() {
    for (;;) {
      const std::uint32_t heard = bell.load();
      if (closing) return;
      while (help()) {
      }
      for (int i = 0; i < AWAKE && bell.load(std::memory_order_relaxed) == heard; ++i) breathe();
      bell.wait(heard);
    }
  }
};

Pool::Pool(int n_threads) : workshop_(std::make_unique<Workshop>()) {
  for (int i = 1; i < n_threads; ++i) {
    threads_.emplace_back([workshop = workshop_.get()] { workshop->serve(); });
  }
}

Pool::~Pool() {
  workshop_->closing = true;
  ++workshop_->bell;
  workshop_->bell.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Pool::run(std::uint32_t n, void (*work)(void*, Size), void* context,
               Interrupts& interrupts) {
  Workshop& shop = *workshop_;
  shop.work = work;
  shop.context = context;
  shop.unfinished.store(n, std::memory_order_relaxed);
  const std::uint64_t run = (shop.ticket.load(std::memory_order_relaxed) >> 32) + 1;
  shop.ticket.store(run << 32 | n, std::memory_order_release);
  ++shop.bell;
  shop.bell.notify_all();
  while (shop.help()) interrupts.look();
  for (int i = 0; shop.unfinished.load(std::memory_order_acquire) > 0; ++i) {
    if (i < AWAKE) {
      breathe();
    } else {
      std::this_thread::yield();
    }
  }
}

Team::~Team() {
  // The threads of a pool do not live on in a forked process, so there they cannot be joined.
  if (pool_ && process_ != this_process()) (void)pool_.release();
}

Pool& Team::pool() {
  if (pool_ && process_ != this_process()) (void)pool_.release();
  if (!pool_) {
    pool_ = std::make_unique<Pool>(n_threads_);
    process_ = this_process();
  }
  return *pool_;
}

}  // namespace pellucid
