// A CSV file read by several threads: cut into chunks, which are put together in their order.
#pragma once

#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "csv_chunk.hpp"
#include "interrupts.hpp"

namespace pellucid::csv {

// Numbers of which more and more come. A large block of memory grows without being copied.
template <class T>
class Growing {
 public:
  Growing() = default;
  ~Growing() { std::free(data_); }
  Growing(const Growing&) = delete;
  Growing& operator=(const Growing&) = delete;

  Size size() const { return size_; }
  T* data() { return data_; }

  // Room for n more, in memory for `expected` in all if that is known to be needed.
  T* more(Size n, Size expected) {
    if (size_ + n > room_) make_room(std::max(size_ + n + size_ / 4, expected));
    size_ += n;
    return data_ + size_ - n;
  }

  void widen(Growing<double>& wide) {
    std::copy_n(data_, size_, wide.more(size_, room_));
    std::free(release());
  }

  // The numbers, for whoever will free() them.
  T* release() {
    if (size_ > 0) make_room(size_);
    size_ = room_ = 0;
    return std::exchange(data_, nullptr);
  }

 private:
  void make_room(Size room) {
    void* moved = std::realloc(static_cast<void*>(data_), room * sizeof(T));
    if (!moved) throw std::bad_alloc();
    data_ = static_cast<T*>(moved);
    room_ = room;
  }

  T* data_ = nullptr;
  Size size_ = 0, room_ = 0;
};

// What has been read so far.
struct Columns {
  Size rows = 0;
  bool narrow = true;
  Growing<std::uint8_t> bytes;
  Growing<double> doubles;
  Growing<std::int32_t> codes;
  std::vector<Texts> texts;
  std::vector<std::uint8_t> wrong;
  std::vector<Size> infinite;
};

class Reading {
 public:
  Reading(Format format, Size begin, int threads, std::function<bool()> signals);

  // False where a signal's handler raised an error.
  bool run();

  Problem problem;
  Columns columns;

 private:
  struct Piece {
    Size ticket, begin, stop;
    bool narrow;
  };

  void work(bool leads);
  bool take(Piece& piece);
  Size cut(Size begin) const;
  void commit(Chunk& chunk);
  void append(const Chunk& chunk);
  void append_texts(const Chunk& chunk);
  void stop(std::exception_ptr error = nullptr);

  const Format format_;
  const Size n_numbers_, n_texts_;
  const int threads_;
  Interrupts interrupts_;

  std::mutex cutting_;  // for the two below; taken before the other, if both are
  Size cut_, tickets_ = 0;

  std::mutex putting_;  // for what is below and for `columns`
  std::condition_variable moved_;
  Size put_, next_ = 0;
  bool stopped_ = false;
  std::exception_ptr error_;
};

}  // namespace pellucid::csv
