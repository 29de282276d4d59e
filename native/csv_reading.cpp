#include "csv_reading.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace pellucid::csv {

namespace {

constexpr Size CHUNK = 1 << 20;  // characters: what is read of it stays in a core's cache
constexpr Size REACH = 1 << 20;  // how far after that a line's end outside of quotes is looked for

bool ends_line(char c) { return c == '\n' || c == '\r'; }

}  // namespace

Reading::Reading(Format format, Size begin, int threads, std::function<bool()> signals)
    : format_(std::move(format)),
      n_numbers_(format_.count(Kind::NUMBER)),
      n_texts_(format_.count(Kind::TEXT)),
      threads_(std::clamp(threads, 1, 64)),
      interrupts_(std::move(signals)),
      cut_(begin),
      put_(begin) {
  columns.narrow = n_numbers_ == format_.n_columns();
  columns.texts.resize(n_texts_);
  columns.wrong.resize(format_.n_columns());
  columns.infinite.assign(format_.n_columns(), -1);
}

bool Reading::run() {
  interrupts_.begin();
  const Size chunks = (format_.size - cut_) / CHUNK + 1;
  std::vector<std::thread> others;
  for (Size i = 1; i < std::min<Size>(threads_, chunks); ++i) {
    try {
      others.emplace_back([this] { work(false); });
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those that are here do it
    }
  }
  work(true);
  for (std::thread& thread : others) thread.join();
  if (error_) std::rethrow_exception(error_);
  return !interrupts_.raised();
}

void Reading::work(bool leads) {
  try {
    Chunk chunk(format_);
    for (Piece piece; take(piece);) {
      chunk.read(piece.begin, piece.stop, piece.narrow);
      {
        std::unique_lock<std::mutex> lock(putting_);
        moved_.wait(lock, [&] { return stopped_ || next_ == piece.ticket; });
        if (stopped_) return;
        commit(chunk);
      }
      moved_.notify_all();
      if (leads) interrupts_.look();
      if (leads && interrupts_.raised()) return stop();
    }
  } catch (...) {
    stop(std::current_exception());
  }
}

bool Reading::take(Piece& piece) {
  const std::lock_guard<std::mutex> lock(cutting_);
  if (cut_ >= format_.size) return false;
  piece.ticket = tickets_++;
  piece.begin = cut_;
  piece.stop = cut_ = cut(cut_);
  const std::lock_guard<std::mutex> looking(putting_);
  piece.narrow = columns.narrow;
  return !stopped_;
}

// Where a chunk ends that begins outside of quotes: after a line's end before which the quotes come
// in pairs. This is a guess, since a quote may also be a letter of an unquoted text.
Size Reading::cut(Size begin) const {
  const char* const data = format_.data;
  if (format_.size - begin <= CHUNK) return format_.size;
  Size at = begin + CHUNK;
  bool inside = std::count(data + begin, data + at, '"') % 2 == 1;
  Size any = -1;
  for (; at < format_.size; ++at) {
    if (data[at] == '"') inside = !inside;
    if (!ends_line(data[at])) continue;
    if (any < 0) any = at;
    if (!inside) break;
    if (at - any > REACH) {
      at = any;
      break;
    }
  }
  if (at == format_.size) return format_.size;
  const bool pair = data[at] == '\r' && at + 1 < format_.size && data[at + 1] == '\n';
  return at + 1 + pair;
}

// What was guessed is known by now: where the chunk before ended.
void Reading::commit(Chunk& chunk) {
  const bool narrow = chunk.narrow;
  if (chunk.begin != put_) chunk.read(put_, chunk.stop, narrow && columns.narrow);
  append(chunk);
  put_ = chunk.end;
  ++next_;
  problem = chunk.problem;
  if (problem.fault != Fault::NONE) stopped_ = true;
}

void Reading::append(const Chunk& chunk) {
  const Size part = std::max<Size>(chunk.end, 1);
  const Size rows = columns.rows + chunk.rows;
  const Size expected = static_cast<Size>(1.02 * rows * format_.size / part) + 1;
  const Size n = chunk.rows * n_numbers_;
  if (columns.narrow && !chunk.narrow) {
    columns.narrow = false;
    columns.bytes.widen(columns.doubles);
  }
  if (columns.narrow) {
    std::copy_n(chunk.bytes.data(), n, columns.bytes.more(n, expected * n_numbers_));
  } else {
    double* to = columns.doubles.more(n, expected * n_numbers_);
    chunk.narrow ? std::copy_n(chunk.bytes.data(), n, to) : std::copy_n(chunk.doubles.data(), n, to);
  }
  append_texts(chunk);
  for (Size j = 0; j < format_.n_columns(); ++j) {
    columns.wrong[j] |= chunk.wrong[j];
    if (columns.infinite[j] < 0) columns.infinite[j] = chunk.infinite[j];
  }
  columns.rows = rows;
}

void Reading::append_texts(const Chunk& chunk) {
  std::vector<std::vector<std::int32_t>> renamed(n_texts_);
  for (Size t = 0; t < n_texts_; ++t) {
    renamed[t].push_back(-1);  // what is missing stays so
    for (Size i = 0; i < chunk.texts[t].size(); ++i) {
      renamed[t].push_back(columns.texts[t].code(chunk.texts[t], i));
    }
  }
  const std::int32_t* from = chunk.codes.data();
  std::int32_t* to = columns.codes.more(chunk.rows * n_texts_, 0);
  for (Size row = 0; row < chunk.rows; ++row) {
    for (Size t = 0; t < n_texts_; ++t) *to++ = renamed[t][*from++ + 1];
  }
}

void Reading::stop(std::exception_ptr error) {
  {
    const std::lock_guard<std::mutex> lock(putting_);
    stopped_ = true;
    if (error && !error_) error_ = error;
  }
  moved_.notify_all();
}

}  // namespace pellucid::csv
