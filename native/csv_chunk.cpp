#include "csv_chunk.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "csv_numbers.hpp"

namespace pellucid::csv {

namespace {

constexpr Size LONGEST = 1 << 20;  // characters of a cell

}  // namespace

Size Format::count(Kind kind) const { return std::count(kinds.begin(), kinds.end(), kind); }

// A record as far as it has been read.
struct Chunk::Record {
  Size begin;        // in the file
  Size start;        // of the cell
  Size column = 0;   // of the cell
  Size text = 0;     // columns of texts before it
  Size open = -1;    // first character after the cell's quote, if it has one
  Size close = -1;   // the quote that ends it
  bool doubled = false;  // whether there are doubled quotes in between
  void* numbers = nullptr;  // where the next number goes
  std::int32_t* codes = nullptr;

  void next(Size place) {
    start = place;
    ++column;
    open = -1;
  }
};

Chunk::Chunk(const Format& format)
    : texts(format.count(Kind::TEXT)),
      wrong(format.n_columns()),
      infinite(format.n_columns()),
      format_(format),
      n_numbers_(format.count(Kind::NUMBER)),
      n_texts_(format.count(Kind::TEXT)) {}

void Chunk::clear() {
  rows = 0;
  end = begin;
  problem = {};
  for (Texts& column : texts) column.clear();
  std::fill(wrong.begin(), wrong.end(), 0);
  std::fill(infinite.begin(), infinite.end(), -1);
}

void Chunk::read(Size from, Size to, bool as_bytes) {
  begin = from;
  stop = to;
  narrow = as_bytes && n_numbers_ == format_.n_columns();
  clear();
  if (narrow && records<std::uint8_t>()) return;
  narrow = false;
  clear();
  records<double>();
}

// False where a number is no byte. After a problem what was read does not matter.
template <class T>
bool Chunk::records() {
  Marks marks(format_.data, format_.size, format_.separator, begin);
  while (end < stop && problem.fault == Fault::NONE) {
    const std::size_t filled = rows * n_numbers_, coded = rows * n_texts_;
    if (numbers<T>().size() < filled + n_numbers_) numbers<T>().resize(filled + filled / 4 + n_numbers_);
    if (codes.size() < coded + n_texts_) codes.resize(coded + coded / 4 + n_texts_);
    Record r{end, end};
    r.numbers = numbers<T>().data() + filled;
    r.codes = codes.data() + coded;
    if (!record<T>(marks, r)) return false;
  }
  return true;
}

template <class T>
bool Chunk::record(Marks& given, Record& r) {
  Marks marks = given;  // on the stack, where no number that is written can change it
  const char* const data = format_.data;
  const Size size = format_.size, n_columns = format_.n_columns();
  const char separator = format_.separator;
  const bool runs = format_.runs(), plain = n_numbers_ == n_columns;
  T* out = static_cast<T*>(r.numbers);
  for (;;) {
    const Size mark = marks.next();
    const char c = mark < size ? data[mark] : '\n';
    if (c == separator || (runs && c == '\t')) {
      if (runs && mark == r.start) {
        ++r.start;
        continue;
      }
      const bool quick = plain && r.open < 0 && r.column < n_columns && r.start + 4 <= size;
      const int few = quick ? few_digits(data + r.start, mark - r.start) : -1;
      if (few >= 0 && few <= (sizeof(T) == 1 ? 255 : 9999)) {
        *out++ = static_cast<T>(few);
      } else {
        r.numbers = out;
        if (!put<T>(r, mark)) return false;
        out = static_cast<T*>(r.numbers);
        if (problem.fault != Fault::NONE) return true;
      }
      r.next(mark + 1);
    } else if (c == '\n' || c == '\r') {
      const bool nothing = r.open < 0 && is_blank(r.start, mark);
      const bool skipped = r.column == 0 && nothing;
      if (!skipped && !(runs && nothing)) {
        r.numbers = out;
        if (!put<T>(r, mark)) return false;
        if (problem.fault != Fault::NONE) return true;
        r.next(mark);
      }
      if (!skipped && r.column != n_columns) {
        fail(Fault::RAGGED, r.begin, 0, r.column);
        return true;
      }
      rows += !skipped;
      end = std::min(mark + 1, size);
      if (c == '\r' && end < size && data[end] == '\n') end = marks.next() + 1;
      given = marks;
      return true;
    } else if (c == '"') {
      if (r.open < 0 && is_blank(r.start, mark) && !quote(marks, r, mark)) return true;
    } else if (c == '\0') {
      fail(Fault::NUL, mark, r.column);
      return true;
    }  // other control characters, and quotes within a text, are parts of it
  }
}

// Takes a quoted cell to its last quote; false where that leads to a problem.
bool Chunk::quote(Marks& marks, Record& r, Size mark) {
  r.open = mark + 1;
  r.doubled = false;
  for (;;) {
    const Size place = marks.next();
    if (place - r.start > LONGEST) return fail(Fault::HUGE_CELL, r.start, r.column), false;
    if (place == format_.size) return fail(Fault::UNCLOSED, mark, r.column), false;
    const char c = format_.data[place];
    if (c == '\0') return fail(Fault::NUL, place, r.column), false;
    if (c != '"') continue;
    r.close = place;
    if (place + 1 == format_.size || format_.data[place + 1] != '"') break;
    r.doubled = true;
    marks.next();
  }
  Size after = r.close + 1;
  while (after < format_.size && format_.blank(format_.data[after])) ++after;
  const char c = after < format_.size ? format_.data[after] : '\n';
  const bool ends = format_.separates(c) || c == '\n' || c == '\r';
  if (!ends) fail(Fault::AFTER_QUOTE, r.close + 1, r.column);
  return ends;
}

bool Chunk::is_blank(Size from, Size to) const {
  return std::all_of(format_.data + from, format_.data + to,
                     [this](char c) { return format_.blank(c); });
}

// A cell without its quotes, or without the blanks around it.
std::string_view Chunk::content(const Record& r, Size mark) {
  const char* const data = format_.data;
  if (r.open < 0) {
    Size from = r.start, to = mark;
    while (from < to && format_.blank(data[from])) ++from;
    while (from < to && format_.blank(data[to - 1])) --to;
    return {data + from, static_cast<std::size_t>(to - from)};
  }
  const std::string_view inside(data + r.open, r.close - r.open);
  if (!r.doubled) return inside;
  unquoted_.clear();
  for (std::size_t i = 0; i < inside.size(); ++i) {
    unquoted_ += inside[i];
    if (inside[i] == '"') ++i;
  }
  return unquoted_;
}

template <class T>
bool Chunk::put(Record& r, Size mark) {
  if (mark - r.start > LONGEST) return fail(Fault::HUGE_CELL, r.start, r.column), true;
  if (r.column >= format_.n_columns()) return true;
  const Kind kind = format_.kinds[r.column];
  if (kind == Kind::SKIPPED) return true;
  const std::string_view text = content(r, mark);
  if (kind == Kind::TEXT) {
    *r.codes++ = code(text, r);
    ++r.text;
    return true;
  }
  T* out = static_cast<T*>(r.numbers);
  const bool fits = number(out, text, r);
  r.numbers = out;
  return fits;
}

std::int32_t Chunk::code(std::string_view text, const Record& r) {
  if (text.empty() || (r.open < 0 && text == "?")) return -1;
  return texts[r.text].code(text);
}

bool Chunk::number(std::uint8_t*& out, std::string_view text, const Record&) {
  double value = 0;
  if (spelling(text, format_.decimal, value) != Spelling::NUMBER) return false;
  if (!(value >= 0 && value <= 255) || value != std::floor(value) || std::signbit(value)) {
    return false;
  }
  *out++ = static_cast<std::uint8_t>(value);
  return true;
}

bool Chunk::number(double*& out, std::string_view text, const Record& r) {
  double value = 0;
  const Spelling is = wrong[r.column] ? Spelling::MISSING : spelling(text, format_.decimal, value);
  if (is == Spelling::TEXT) wrong[r.column] = 1;
  if (is == Spelling::INFINITE && infinite[r.column] < 0) infinite[r.column] = r.start;
  *out++ = is == Spelling::NUMBER ? value : std::numeric_limits<double>::quiet_NaN();
  return true;
}

}  // namespace pellucid::csv
