// The lines of a compact table (profiles/fhir/README.md): their depth, fields and place.
//
// A line is indented by its depth and has tab-separated fields; '#' at the start of a line opens a comment.
// Lines `prefix` and `version` at depth 0 are handled here. Error: ProfileInvalid with file:line. One object
// per thread; views live as long as the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::definitions {

struct TableLine {
  std::size_t depth = 0;
  std::vector<std::string_view> fields;  // at least one

  // A field by its position; empty if the line is shorter.
  std::string_view at(std::size_t position) const {
    return position < fields.size() ? fields[position] : std::string_view();
  }
  // The value of a field "key=value"; nothing if the line has none.
  std::optional<std::string_view> named(std::string_view key) const;
};

class TableLines {
 public:
  TableLines(std::string_view file, std::string_view text) : file_(file), rest_(text) {}

  // The next line that says something; null at the end. The line is overwritten by the next call.
  Result<const TableLine*> next();
  // Reads the same line again: for a reader that finds one of the level above.
  void back() { again_ = true; }

  // "sd:Patient" with its prefix spelt out; other text as it is.
  std::string url(std::string_view text) const;
  const std::string& version() const { return version_; }
  std::string place() const;            // file:line
  Error fault(std::string what) const;  // ProfileInvalid there

 private:
  Result<bool> heading();

  std::string_view file_, rest_;
  std::size_t number_ = 0;
  bool again_ = false;
  TableLine line_;
  std::string version_;
  std::vector<std::pair<std::string_view, std::string_view>> prefixes_;
};

}  // namespace gateway::definitions
