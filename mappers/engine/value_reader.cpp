// Reading one value by a table of words: phrases, then single words, beginnings of words, words run together.
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "gateway/base/text.h"
#include "mappers/engine/term_matcher.h"

namespace mappers::engine {

namespace {

using Word = TermMatcher::Word;
using Kind = Word::Kind;
using Concepts = std::vector<std::string>;

constexpr std::size_t kMaxValue = 1024;   // bytes that are looked at
constexpr std::size_t kMaxTokens = 64;    // words of one value
constexpr std::size_t kMaxCompound = 48;  // letters of words run together
constexpr std::size_t kMaxEnding = 7;     // letters behind a known beginning: "abdom-inale"
constexpr std::size_t kShortest = 2;      // letters of a piece or of a word that was cut
constexpr std::size_t kAcronym = 3;       // letters of a name that may mean others, too
constexpr std::array<std::size_t, 2> kFieldLengths = {16, 64};  // PS3.5 6.2: CS and SH, LO
constexpr char kHole = '_';

std::vector<std::string> tokens_of(const std::string& folded) {
  std::vector<std::string> tokens;
  for (const std::string_view token : gateway::split(folded, ' '))
    if (!token.empty() && tokens.size() < kMaxTokens) tokens.emplace_back(token);
  return tokens;
}

bool has_digit(std::string_view token) { return token.find_first_of("0123456789") != std::string_view::npos; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool fits_at(std::string_view token, std::size_t at, std::string_view piece) {
  if (token.size() - at < piece.size()) return false;
  for (std::size_t i = 0; i < piece.size(); ++i)
    if (token[at + i] != piece[i] && token[at + i] != kHole) return false;
  return true;
}

// What may be run together; where letters are lost, any word is looked for.
bool is_piece(const Word& word, bool holes) {
  return word.kind == Kind::Part || (holes && word.kind == Kind::Term);
}

// One way to read a token as known words one behind the other.
struct Split {
  std::size_t stray = 0;  // letters that no word explains: endings
  bool cut = false;       // the last word was completed
  std::vector<const Word*> words;
};

}  // namespace

class ValueReader {
 public:
  ValueReader(const TermMatcher& table, bool may_be_cut) : table_(table), may_be_cut_(may_be_cut) {}

  TermMatch read(const std::string& folded) {
    tokens_ = tokens_of(folded);
    for (std::size_t at = 0; at < tokens_.size();) at += read_at(at);
    return settle();
  }

 private:
  std::size_t read_at(std::size_t at) {
    for (std::size_t words = std::min(table_.longest_phrase_, tokens_.size() - at); words > 0; --words) {
      std::string phrase = tokens_[at];
      for (std::size_t i = 1; i < words; ++i) phrase += ' ' + tokens_[at + i];
      if (const Word* word = table_.find(phrase)) {
        doubtful_ = doubtful_ && (word->kind != Kind::Term || phrase.size() <= kAcronym);
        take(*word);
        return words;
      }
    }
    read_token(tokens_[at], at + 1 == tokens_.size());
    return 1;
  }

  void read_token(const std::string& token, bool last) {
    doubtful_ = doubtful_ && !stem_of(token);
    const bool plural = token.size() > 3 && token.back() == 'S';
    if (const Word* word =
            plural ? table_.find(std::string_view(token).substr(0, token.size() - 1)) : nullptr)
      return take(*word);
    const Word* stem = stem_of(token);
    const std::size_t explained = stem ? stem_size(token) : 0;
    const auto split = split_token(token, last && may_be_cut_);
    if (split && token.size() - split->stray > explained) {
      for (const Word* word : split->words) take(*word);
      completed_ = completed_ || split->cut || token.find(kHole) != std::string::npos;
    } else if (stem) {
      take(*stem);
    } else if (const Word* whole = last && may_be_cut_ ? complete(token) : nullptr) {
      take(*whole);
      completed_ = true;
    } else if (token.size() > 1 && !has_digit(token)) {
      unknown_.push_back(token);
    }
  }

  const Word* stem_of(std::string_view token) const {
    const std::size_t size = stem_size(token);
    return size > 0 && token.size() - size <= kMaxEnding ? table_.find_stem(token) : nullptr;
  }
  std::size_t stem_size(std::string_view token) const {
    for (std::size_t size = token.size(); size >= 3; --size)
      if (table_.stems_.contains(token.substr(0, size))) return size;
    return 0;
  }

  // The reading with the fewest letters unexplained, of at least two words.
  std::optional<Split> split_token(std::string_view token, bool may_be_cut) const {
    if (token.size() > kMaxCompound || token.size() < 2 * kShortest || has_digit(token)) return std::nullopt;
    const bool holes = token.find(kHole) != std::string_view::npos;
    std::vector<std::optional<Split>> best(token.size() + 1);
    best[0] = Split{};
    for (std::size_t at = 0; at < token.size(); ++at) {
      if (!best[at]) continue;
      if (token[at] == kHole && at > 0) improve(best[at + 1], *best[at], nullptr, 0);
      for (const auto& [text, word] : table_.words_)
        if (is_piece(word, holes) && fits_at(token, at, text))
          improve(best[at + text.size()], *best[at], &word, 0);
      for (const auto& [text, word] : table_.stems_) {
        if (!is_piece(word, holes) || !fits_at(token, at, text)) continue;
        const std::size_t end = at + text.size();
        for (std::size_t stray = 0; stray <= kMaxEnding && end + stray <= token.size(); ++stray)
          improve(best[end + stray], *best[at], &word, stray);
      }
    }
    auto& whole = best[token.size()];
    if (may_be_cut) try_cut(token, best);
    const std::size_t fewest = holes ? 1 : 2;
    if (!whole || whole->words.size() < fewest) return std::nullopt;
    return std::move(whole);
  }

  // The last of several words was cut.
  void try_cut(std::string_view token, std::vector<std::optional<Split>>& best) const {
    for (std::size_t at = 1; at + kShortest <= token.size(); ++at) {
      if (!best[at] || best[at]->words.empty()) continue;
      const Word* word = complete_as(token.substr(at), /*parts=*/true);
      auto& whole = best[token.size()];
      if (!word || (whole && whole->stray <= best[at]->stray + 1)) continue;
      Split better = *best[at];
      better.stray += 1;
      better.cut = true;
      better.words.push_back(word);
      whole = std::move(better);
    }
  }

  static void improve(std::optional<Split>& place, const Split& before, const Word* word, std::size_t stray) {
    const std::size_t words = before.words.size() + (word ? 1 : 0);
    const std::size_t total = before.stray + stray;
    if (place && std::pair(place->stray, place->words.size()) <= std::pair(total, words)) return;
    Split better = before;
    better.stray = total;
    if (word) better.words.push_back(word);
    place = std::move(better);
  }

  // A word that was cut: all known words that begin so must mean the same; regions, which may be run
  // together, come before all else, since what follows a region is one.
  const Word* complete(std::string_view token) const {
    if (token.size() < kShortest || has_digit(token)) return nullptr;
    const Word* part = complete_as(token, /*parts=*/true);
    return part ? part : complete_as(token, /*parts=*/false);
  }

  const Word* complete_as(std::string_view token, bool parts) const {
    const Word* only = nullptr;
    for (const auto* words : {&table_.words_, &table_.stems_})
      for (auto at = words->lower_bound(token); at != words->end() && at->first.starts_with(token); ++at) {
        const Word& word = at->second;
        if ((word.kind == Kind::Part) != parts) continue;
        if (only && (only->kind != word.kind || only->readings != word.readings)) return nullptr;
        only = &word;
      }
    return only;
  }

  void take(const Word& word) {
    switch (word.kind) {
      case Kind::Term:
      case Kind::Part:
        add(concepts_, word.readings[0]);
        return;
      case Kind::Ambiguous:
        ambiguous_.push_back(&word);
        return;
      case Kind::Weak:
        weak_.push_back(&word);
        return;
      case Kind::Side:
        side_ = side_.empty() || side_ == word.readings[0][0] ? word.readings[0][0] : "B";
        return;
      case Kind::Nothing:
        nothing_ = true;
        return;
      case Kind::Exclude:
        excluded_ = true;
        return;
      case Kind::Noise:
        return;
    }
  }

  static void add(Concepts& to, const Concepts& more) {
    for (const std::string& id : more)
      if (std::ranges::find(to, id) == to.end()) to.push_back(id);
  }
  void put_in_order(Concepts& concepts) const {
    std::ranges::sort(concepts, {}, [&](const std::string& id) { return table_.order_.find(id)->second; });
  }

  TermMatch settle() {
    TermMatch match;
    match.unknown_words = std::move(unknown_);
    match.may_be_cut = may_be_cut_;
    if (excluded_) {
      match.kind = MatchKind::Unknown;
      return match;
    }
    if (concepts_.empty() && ambiguous_.empty()) ambiguous_ = weak_;
    read_ambiguous(match);
    put_in_order(match.concepts);
    match.laterality = side_;
    match.kind = kind_of(match);
    if (!match.usable()) match.others.clear();
    return match;
  }

  // The likelier reading of each word, and every other one in its place.
  void read_ambiguous(TermMatch& match) {
    match.concepts = concepts_;
    for (const Word* word : ambiguous_) add(match.concepts, word->readings[0]);
    for (const Word* word : ambiguous_)
      for (std::size_t reading = 1; reading < word->readings.size(); ++reading) {
        Concepts other = concepts_;
        for (const Word* each : ambiguous_) add(other, each->readings[each == word ? reading : 0]);
        put_in_order(other);
        match.others.push_back(std::move(other));
      }
    if (!table_.single_) return;
    if (doubtful_ && !match.unknown_words.empty()) match.others.emplace_back();
    for (std::size_t i = 1; i < match.concepts.size(); ++i) match.others.push_back({match.concepts[i]});
  }

  MatchKind kind_of(const TermMatch& match) const {
    if (!match.usable())
      return nothing_ && match.unknown_words.empty() ? MatchKind::Empty : MatchKind::Unknown;
    if (!match.others.empty()) return MatchKind::Ambiguous;
    if (!match.unknown_words.empty()) return MatchKind::Partial;
    return completed_ ? MatchKind::Completed : MatchKind::Certain;
  }

  const TermMatcher& table_;
  const bool may_be_cut_;
  std::vector<std::string> tokens_, unknown_;
  Concepts concepts_;
  std::vector<const Word*> ambiguous_, weak_;
  std::string side_;
  bool doubtful_ =
      true;  // only acronyms were understood: beside unknown words they may be parts of another name
  bool nothing_ = false, excluded_ = false, completed_ = false;
};

TermMatch TermMatcher::match(std::string_view value) const {
  value = value.substr(0, kMaxValue);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) value.remove_suffix(1);
  const std::string folded = fold_words(value);
  if (folded.empty()) return {};
  const bool may_be_cut = std::ranges::find(kFieldLengths, characters(value)) != kFieldLengths.end();
  TermMatch plain = ValueReader(*this, may_be_cut).read(folded);
  if (plain.kind != MatchKind::Partial && plain.kind != MatchKind::Unknown) return plain;
  const std::string with_holes = fold_words(value, /*holes=*/true);
  if (with_holes.find(kHole) == std::string::npos) return plain;
  TermMatch mended = ValueReader(*this, may_be_cut).read(with_holes);
  return mended.usable() && mended.unknown_words.empty() ? mended : plain;
}

}  // namespace mappers::engine
