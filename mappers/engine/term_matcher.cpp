#include "mappers/engine/term_matcher.h"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/base/text.h"
#include "gateway/codec/csv.h"

namespace mappers::engine {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::split;
using gateway::trim;
using Kind = TermMatcher::Word::Kind;

std::vector<std::string> ids_of(std::string_view text) {
  std::vector<std::string> ids;
  for (const std::string_view id : split(text, ' '))
    if (!id.empty()) ids.emplace_back(id);
  return ids;
}

std::optional<Kind> kind_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Kind>, 8> kKinds = {{{"term", Kind::Term},
                                                                        {"part", Kind::Part},
                                                                        {"ambiguous", Kind::Ambiguous},
                                                                        {"weak", Kind::Weak},
                                                                        {"noise", Kind::Noise},
                                                                        {"side", Kind::Side},
                                                                        {"nothing", Kind::Nothing},
                                                                        {"exclude", Kind::Exclude}}};
  for (const auto& [text, kind] : kKinds)
    if (text == name) return kind;
  return std::nullopt;
}

bool takes_concepts(Kind kind) {
  return kind == Kind::Term || kind == Kind::Part || kind == Kind::Ambiguous || kind == Kind::Weak ||
         kind == Kind::Side;
}

// "# version: 2026-11" anywhere in the comments.
std::string version_of(std::string_view text) {
  constexpr std::string_view kMark = "# version:";
  const auto at = text.find(kMark);
  if (at == std::string_view::npos) return {};
  return std::string(trim(text.substr(at + kMark.size(), text.find('\n', at) - at - kMark.size())));
}

}  // namespace

std::string_view name_of(MatchKind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"empty",   "unknown",   "certain",
                                                      "partial", "completed", "ambiguous"};
  return kNames[static_cast<std::size_t>(kind)];
}

int TermMatch::confidence() const {
  constexpr std::array<int, 6> kPercent = {0, 0, 100, 70, 80, 50};
  const int percent = kPercent[static_cast<std::size_t>(kind)];
  return may_be_cut && kind == MatchKind::Certain ? 90 : percent;
}

Result<TermMatcher> TermMatcher::parse(std::string_view text, std::string_view name) {
  const auto csv = TRY(gateway::codec::parse_csv(text, name));
  if (csv.header != std::vector<std::string>{"word", "kind", "concepts"})
    return gateway::fail(ErrorCode::ProfileInvalid, "the header is word,kind,concepts", std::string(name));
  TermMatcher table;
  table.version_ = version_of(text);
  table.single_ = text.find("# one concept a value") != std::string_view::npos;
  for (const auto& row : csv.rows) {
    const auto fault = [&](std::string what) {
      return gateway::fail(ErrorCode::ProfileInvalid, "\"" + row.cells[0] + "\": " + std::move(what),
                           csv.where(row));
    };
    Word word;
    const auto kind = kind_of(row.cells[1]);
    if (!kind) return fault("there is no kind \"" + row.cells[1] + "\"");
    word.kind = *kind;
    word.stem = row.cells[0].ends_with('*');
    const std::string folded = fold_words(row.cells[0]);
    if (folded.empty()) return fault("no letters or digits");
    for (const std::string_view reading : split(row.cells[2], '|')) word.readings.push_back(ids_of(reading));
    if (takes_concepts(*kind) == (word.readings.size() == 1 && word.readings[0].empty()))
      return fault(takes_concepts(*kind) ? "concepts are missing" : "this kind has no concepts");
    if (*kind != Kind::Side)
      for (const auto& reading : word.readings)
        for (const std::string& id : reading) table.order_.try_emplace(id, table.order_.size());
    const auto words = static_cast<std::size_t>(std::ranges::count(folded, ' ')) + 1;
    if (word.stem && words > 1) return fault("a phrase cannot be a beginning");
    table.longest_phrase_ = std::max(table.longest_phrase_, words);
    Words& into = word.stem ? table.stems_ : table.words_;
    if (!into.emplace(folded, std::move(word)).second) return fault("occurs twice");
  }
  return table;
}

const TermMatcher::Word* TermMatcher::find(std::string_view folded) const {
  const auto found = words_.find(folded);
  return found == words_.end() ? nullptr : &found->second;
}

// The longest beginning that is known.
const TermMatcher::Word* TermMatcher::find_stem(std::string_view folded) const {
  for (std::size_t size = folded.size(); size >= 3; --size) {
    const auto found = stems_.find(folded.substr(0, size));
    if (found != stems_.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace mappers::engine
