// A stretch of a CSV file's records as numbers and codes of texts.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "csv_marks.hpp"
#include "csv_texts.hpp"

namespace pellucid::csv {

enum class Kind : std::uint8_t { SKIPPED, NUMBER, TEXT };

// What is known of a file before its records are read.
struct Format {
  const char* data;
  Size size;
  char separator;  // a space stands for any number of spaces and tabs
  char decimal;
  std::vector<Kind> kinds;  // of the columns

  Size n_columns() const { return static_cast<Size>(kinds.size()); }
  Size count(Kind kind) const;
  bool runs() const { return separator == ' '; }
  bool separates(char c) const { return c == separator || (runs() && c == '\t'); }
  // What stands around cells without being part of them.
  bool blank(char c) const { return (c == ' ' || c == '\t') && !separates(c); }
};

enum class Fault { NONE, RAGGED, NUL, HUGE_CELL, UNCLOSED, AFTER_QUOTE };

// What is wrong with a file, and where.
struct Problem {
  Fault fault = Fault::NONE;
  Size place = 0;  // in the file
  Size column = 0;
  Size got = 0;  // cells in a record
};

class Chunk {
 public:
  explicit Chunk(const Format& format);

  // Reads the records from `begin` on, to the end of the one that holds the place before `stop`. As
  // bytes, if all cells are whole numbers from 0 to 255 and `bytes` is wished for.
  void read(Size begin, Size stop, bool bytes);

  Size begin = 0, end = 0;  // what was read
  Size stop = 0;            // what was asked for
  Size rows = 0;
  bool narrow = false;      // whether the numbers are bytes
  std::vector<std::uint8_t> bytes;   // (rows, columns of numbers), with room beyond
  std::vector<double> doubles;       // the same, where they are not bytes
  std::vector<std::int32_t> codes;   // (rows, columns of texts), with room beyond
  std::vector<Texts> texts;          // of each column of texts
  std::vector<std::uint8_t> wrong;   // of each column: whether it cannot be of numbers
  std::vector<Size> infinite;        // of each column: where it holds an infinity first, or −1
  Problem problem;

 private:
  struct Record;

  void clear();
  void fail(Fault fault, Size place, Size column, Size got = 0) {
    problem = {fault, place, column, got};
  }
  template <class T>
  bool records();
  template <class T>
  bool record(Marks& marks, Record& r);
  template <class T>
  bool put(Record& r, Size mark);
  bool number(std::uint8_t*& out, std::string_view text, const Record& r);
  bool number(double*& out, std::string_view text, const Record& r);
  std::int32_t code(std::string_view text, const Record& r);
  bool quote(Marks& marks, Record& r, Size mark);
  std::string_view content(const Record& r, Size mark);
  bool is_blank(Size begin, Size stop) const;
  template <class T>
  std::vector<T>& numbers() {
    if constexpr (std::is_same_v<T, double>) {
      return doubles;
    } else {
      return bytes;
    }
  }

  const Format& format_;
  const Size n_numbers_, n_texts_;
  std::string unquoted_;
};

}  // namespace pellucid::csv
