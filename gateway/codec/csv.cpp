#include "gateway/codec/csv.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::codec {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class CsvReader {
 public:
  CsvReader(std::string_view text, std::string_view name, const CsvLimits& limits)
      : text_(text), name_(name), limits_(limits) {}

  Result<CsvTable> read() {
    CsvTable table;
    table.name = name_;
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
    while (skip_comments()) {
      CsvRow row = TRY(read_row());
      TRY(take(std::move(row), table));
    }
    if (table.header.empty()) return refuse("there is no header line", 1);
    return table;
  }

 private:
  Error refuse(std::string why, int line) const {
    return fail(ErrorCode::ProfileInvalid, std::move(why), name_ + ":" + std::to_string(line));
  }
  bool done() const { return at_ >= text_.size(); }
  bool at_line_end() const { return done() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n"; }
  bool at_blank() const { return !done() && (text_[at_] == ' ' || text_[at_] == '\t'); }

  void skip_line_end() {
    if (done()) return;
    if (text_[at_] == '\r') ++at_;
    ++at_;
    ++line_;
  }

  // Goes to the start of the next row; false at the end of the text.
  bool skip_comments() {
    while (!done()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      std::string_view whole = text_.substr(at_, end - at_);
      if (whole.ends_with('\r')) whole.remove_suffix(1);
      whole = trim(whole);
      if (!whole.empty() && !whole.starts_with('#')) return true;
      at_ = end;
      skip_line_end();
    }
    return false;
  }

  Result<CsvRow> read_row() {
    CsvRow row{line_, {}};
    while (true) {
      if (row.cells.size() == limits_.max_columns)
        return refuse("more than " + std::to_string(limits_.max_columns) + " columns", row.line);
      row.cells.push_back(TRY(read_cell()));
      if (at_line_end()) break;
      ++at_;  // the comma
    }
    skip_line_end();
    return row;
  }

  Result<std::string> read_cell() {
    while (at_blank()) ++at_;
    if (!done() && text_[at_] == '"') return read_quoted();
    const std::size_t start = at_;
    while (!at_line_end() && text_[at_] != ',') {
      if (text_[at_] == '"') return refuse("a quote inside a cell that is not quoted", line_);
      ++at_;
    }
    return std::string(trim(text_.substr(start, at_ - start)));
  }

  // RFC 4180 section 2, rules 5 to 7.
  Result<std::string> read_quoted() {
    const int start_line = line_;
    std::string cell;
    ++at_;
    while (true) {
      if (done()) return refuse("a quoted cell is not closed", start_line);
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (c != '"') {
        cell += c;
      } else if (!done() && text_[at_] == '"') {
        cell += '"';
        ++at_;
      } else {
        break;
      }
    }
    while (at_blank()) ++at_;
    if (!at_line_end() && text_[at_] != ',') return refuse("text behind the closing quote of a cell", line_);
    return cell;
  }

  Result<void> take(CsvRow row, CsvTable& table) const {
    if (table.header.empty()) return take_header(std::move(row), table);
    if (row.cells.size() != table.header.size())
      return refuse("has " + std::to_string(row.cells.size()) + " cells, the header has " +
                        std::to_string(table.header.size()),
                    row.line);
    if (table.rows.size() == limits_.max_rows)
      return refuse("more than " + std::to_string(limits_.max_rows) + " rows", row.line);
    table.rows.push_back(std::move(row));
    return {};
  }

  Result<void> take_header(CsvRow row, CsvTable& table) const {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (row.cells[i].empty()) return refuse("column " + std::to_string(i + 1) + " has no name", row.line);
      if (std::count(row.cells.begin(), row.cells.end(), row.cells[i]) > 1)
        return refuse("column \"" + row.cells[i] + "\" occurs twice", row.line);
    }
    table.header = std::move(row.cells);
    return {};
  }

  std::string_view text_;
  std::string name_;
  const CsvLimits& limits_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::optional<std::size_t> CsvTable::column(std::string_view title) const {
  const auto found = std::find(header.begin(), header.end(), title);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

std::string CsvTable::where(const CsvRow& row) const { return name + ":" + std::to_string(row.line); }

Result<CsvTable> parse_csv(std::string_view text, std::string_view name, const CsvLimits& limits) {
  if (text.size() > limits.max_bytes)
    return fail(ErrorCode::ProfileInvalid, "larger than " + std::to_string(limits.max_bytes) + " bytes",
                std::string(name));
  if (!is_utf8(text)) return fail(ErrorCode::ProfileInvalid, "not valid UTF-8", std::string(name));
  return CsvReader(text, name, limits).read();
}

}  // namespace gateway::codec
