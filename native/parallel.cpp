#include "parallel.hpp"

#include <mutex>
#include <utility>

#if defined(_WIN32)
#include <process.h>
#else
#include <unistd.h>
#endif
#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#endif
#if defined(__x86_64__) || defined(_M_X64)
#define PELLUCID_X86
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
#if defined(PELLUCID_X86)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}

// Wait until `number` is no longer `old`; return what it is then.
std::uint32_t until_changed(const std::atomic<std::uint32_t>& number, std::uint32_t old) {
  for (int i = 0; i < AWAKE; ++i) {
    const std::uint32_t now = number.load(std::memory_order_acquire);
    if (now != old) return now;
    breathe();
  }
  number.wait(old, std::memory_order_acquire);
  return number.load(std::memory_order_acquire);
}

}  // namespace

FloatMode::FloatMode(unsigned mode) : before_(now()) {
#if defined(PELLUCID_X86)
  _mm_setcsr(mode);
#else
  (void)mode;
#endif
}

FloatMode::~FloatMode() {
#if defined(PELLUCID_X86)
  _mm_setcsr(before_);
#endif
}

unsigned FloatMode::now() {
#if defined(PELLUCID_X86)
  return _mm_getcsr();
#else
  return 0;
#endif
}

void Meeting::wait(std::uint32_t count) {
  const std::uint32_t round = round_.load(std::memory_order_relaxed);
  if (here_.fetch_add(1, std::memory_order_acq_rel) + 1 == count) {
    here_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    round_.notify_all();
  } else {
    until_changed(round_, round);
  }
}

// What the threads of a pool share. The bell's upper bits count the runs, its lowest eight say how
// many threads take part in this one. Only those look at the rest, and the caller waits for them.
struct Pool::Workshop {
  std::atomic<std::uint32_t> bell{0};
  Meeting during, end;
  void (*work)(const void*, const Member&) = nullptr;  // null: go home
  const void* context = nullptr;

  void take_part(Size index, Size count) {
    const FastZeros fast;
    work(context, Member(index, count, during));
  }

  // `heard`: how the bell rang before.
  void serve(Size index, std::uint32_t heard) {
    for (;;) {
      heard = until_changed(bell, heard);
      const Size count = heard & 255;
      if (index >= count) continue;
      if (!work) return;
      take_part(index, count);
      end.wait(static_cast<std::uint32_t>(count));
    }
  }

  void ring(Size count) {
    const std::uint32_t run = (bell.load(std::memory_order_relaxed) >> 8) + 1;
    bell.store(run << 8 | static_cast<std::uint32_t>(count), std::memory_order_release);
    bell.notify_all();
  }
};

// Keep the threads off the core that the caller is on, where it has others. Of two threads on one
// core each waits for the other to be let on, and some systems leave them there for good.
void Pool::make_room() {
#if defined(__linux__)
  const int here = sched_getcpu();
  if (here == caller_) return;
  caller_ = here;
  cpu_set_t others;
  if (here < 0 || sched_getaffinity(0, sizeof others, &others) != 0) return;
  if (here < CPU_SETSIZE) CPU_CLR(here, &others);
  if (CPU_COUNT(&others) == 0) return;
  for (std::thread& thread : threads_) {
    pthread_setaffinity_np(thread.native_handle(), sizeof others, &others);
  }
#endif
}

Pool::Pool() : workshop_(std::make_unique<Workshop>()) {}

Pool::~Pool() {
  workshop_->work = nullptr;
  workshop_->ring(static_cast<Size>(threads_.size()) + 1);
  for (std::thread& thread : threads_) thread.join();
}

void Pool::run(Size count, void (*work)(const void*, const Member&), const void* context) {
  const std::uint32_t heard = workshop_->bell.load(std::memory_order_relaxed);
  while (static_cast<Size>(threads_.size()) + 1 < count) {
    const Size index = static_cast<Size>(threads_.size()) + 1;
    threads_.emplace_back(
        [workshop = workshop_.get(), index, heard] { workshop->serve(index, heard); });
    caller_ = -1;  // so that it, too, makes room
  }
  make_room();
  workshop_->work = work;
  workshop_->context = context;
  workshop_->ring(count);
  workshop_->take_part(0, count);
  workshop_->end.wait(static_cast<std::uint32_t>(count));
}

namespace {

// The pools of a process that are not in use: as many as there were ever pieces of work at once, and
// not one for each session. They are never taken down, since other threads may be at work while a
// process ends.
class Pools {
 public:
  // In a forked process there are none: threads do not live on there, nor can locks be trusted.
  static Pools& here() {
    static std::atomic<Pools*> current{nullptr};
    Pools* found = current.load();
    while (!found || found->process_ != this_process()) {
      Pools* const fresh = new Pools;
      if (current.compare_exchange_strong(found, fresh)) return *fresh;
      delete fresh;
    }
    return *found;
  }

  std::unique_ptr<Pool> take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.empty()) return std::make_unique<Pool>();
    std::unique_ptr<Pool> pool = std::move(free_.back());
    free_.pop_back();
    return pool;
  }

  void give(std::unique_ptr<Pool> pool) {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(std::move(pool));
  }

 private:
  const long process_ = this_process();
  std::mutex mutex_;
  std::vector<std::unique_ptr<Pool>> free_;
};

}  // namespace

void Team::run_shared(Size count, void (*work)(const void*, const Member&), const void* context) {
  Pools& pools = Pools::here();
  std::unique_ptr<Pool> pool = pools.take();
  pool->run(count, work, context);
  pools.give(std::move(pool));
}

}  // namespace pellucid
