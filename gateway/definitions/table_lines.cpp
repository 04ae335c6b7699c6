#include "gateway/definitions/table_lines.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::definitions {

namespace {

constexpr std::size_t kMaxFields = 64;

// As split, into a list that is used again.
void split_into(std::vector<std::string_view>& fields, std::string_view line) {
  fields.clear();
  while (fields.size() < kMaxFields) {
    const std::size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

std::optional<std::string_view> TableLine::named(std::string_view key) const {
  for (const std::string_view field : fields)
    if (field.size() > key.size() && field[key.size()] == '=' && field.starts_with(key))
      return field.substr(key.size() + 1);
  return std::nullopt;
}

std::string TableLines::place() const { return std::string(file_) + ":" + std::to_string(number_); }

Error TableLines::fault(std::string what) const {
  return fail(ErrorCode::ProfileInvalid, std::move(what), place());
}

Result<const TableLine*> TableLines::next() {
  if (std::exchange(again_, false)) return &line_;
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++number_;
    if (text.empty() || text.front() == '#') continue;
    line_.depth = std::min(text.find_first_not_of(' '), text.size());
    split_into(line_.fields, text.substr(line_.depth));
    if (line_.at(0).empty()) return fault("A line needs a first field");
    if (!TRY(heading())) return &line_;
  }
  return static_cast<const TableLine*>(nullptr);
}

// Whether the line was a heading of the table.
Result<bool> TableLines::heading() {
  if (line_.depth > 0 || line_.fields.size() > 3) return false;
  if (line_.at(0) == "version") {
    version_ = line_.at(1);
    return true;
  }
  if (line_.at(0) != "prefix") return false;
  if (line_.at(1).size() < 2 || line_.at(1).back() != ':' || line_.at(2).empty())
    return fault("A prefix needs a name that ends in ':' and what it stands for");
  prefixes_.emplace_back(line_.at(1), line_.at(2));
  return true;
}

std::string TableLines::url(std::string_view text) const {
  for (const auto& [prefix, whole] : prefixes_)
    if (text.starts_with(prefix)) return std::string(whole).append(text.substr(prefix.size()));
  return std::string(text);
}

}  // namespace gateway::definitions
