#include "gateway/catalogue/search_index.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "gateway/base/text.h"

namespace gateway::catalogue {
namespace {

using mappers::dcat::Concept;
using mappers::dcat::DatasetView;
using mappers::dcat::Texts;
using model::CountedValue;

constexpr std::int64_t kRefreshUs = 30'000'000;
constexpr std::size_t kMaxWords = 2'000;  // of one entry
constexpr std::size_t kMaxAsked = 16;     // words of one query
constexpr std::size_t kShortestWord = 2;

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kFacets = {{
    {"modality", "Modality"},
    {"body-part", "Body part"},
    {"sex", "Sex"},
    {"manufacturer", "Manufacturer"},
    {"category", "Health category"},
    {"theme", "Health theme"},
    {"access", "Access"},
    {"place", "Place"},
    {"publisher", "Publisher"},
}};

enum Weight : int { kInText = 1, kInLabel = 3, kInKeyword = 4, kInTitle = 10 };

class EntryMaker {
 public:
  EntryMaker(const model::DatasetRow& row, std::shared_ptr<const DatasetView> view) {
    entry_.row = row;
    entry_.row.definition.clear();
    entry_.view = std::move(view);
  }

  SearchEntry make() && {
    const auto& definition = entry_.view->definition;
    const auto& figures = entry_.view->statistics;
    entry_.title = title(definition.title);
    add(definition.title, kInTitle);
    add(definition.keywords, kInKeyword);
    add_words(definition.id, kInKeyword);
    add(definition.description, kInText);
    add(definition.population_coverage, kInText);
    add(definition.provenance, kInText);
    add("category", definition.health_categories);
    add("theme", definition.health_themes);
    add("place", definition.spatial);
    add("modality", figures.modalities);
    add("body-part", figures.body_parts);
    add("manufacturer", figures.manufacturers);
    add("sex", figures.sexes);
    facet("access", std::string(mappers::dcat::name_of(definition.access)));
    if (definition.publisher) facet("publisher", definition.publisher->name);
    return std::move(entry_);
  }

 private:
  static std::string title(const Texts& texts) {
    for (const auto& text : texts)
      if (text.language == "en") return text.text;
    return texts.empty() ? std::string() : texts.front().text;
  }
  void add_words(std::string_view text, int weight) {
    for (const std::string& word : words_of(text)) {
      if (entry_.words.size() >= kMaxWords) return;
      int& known = entry_.words[word];
      known = std::max(known, weight);
    }
  }
  void add(const Texts& texts, int weight) {
    for (const auto& text : texts) add_words(text.text, weight);
  }
  void add(std::string_view name, const std::vector<Concept>& concepts) {
    for (const Concept& each : concepts) facet(name, each.label);
  }
  void add(std::string_view name, const std::vector<CountedValue>& values) {
    for (const CountedValue& each : values) facet(name, each.value);
  }
  void facet(std::string_view name, const std::string& value) {
    if (value.empty()) return;
    auto& values = entry_.facets[std::string(name)];
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    add_words(value, kInLabel);
  }

  SearchEntry entry_;
};

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// Every asked word has to begin a word of the entry. 0: not found.
int score(const SearchEntry& entry, const std::vector<std::string>& asked) {
  int total = 1;
  for (const std::string& word : asked) {
    int best = 0;
    for (auto at = entry.words.lower_bound(word); at != entry.words.end() && at->first.starts_with(word);
         ++at)
      best = std::max(best, at->first == word ? 2 * at->second : at->second);
    if (best == 0) return 0;
    total += best;
  }
  return total;
}

using Filters = std::map<std::string_view, std::vector<std::string_view>>;

// Values of one facet are alternatives; different facets must all hold.
bool passes(const SearchEntry& entry, const Filters& filters, std::string_view except) {
  return std::all_of(filters.begin(), filters.end(), [&](const auto& filter) {
    if (filter.first == except) return true;
    const auto values = entry.facets.find(filter.first);
    return values != entry.facets.end() &&
           std::any_of(values->second.begin(), values->second.end(), [&](const std::string& value) {
             return std::find(filter.second.begin(), filter.second.end(), value) != filter.second.end();
           });
  });
}

std::vector<std::string> asked_words(std::string_view text) {
  auto words = words_of(text);
  if (words.size() > kMaxAsked) words.resize(kMaxAsked);
  return words;
}

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> facet_names() {
  return {kFacets.begin(), kFacets.end()};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (word.size() >= kShortestWord) words.push_back(word);
    word.clear();
  };
  for (const char c : lower(text)) {
    if (is_word_byte(c))
      word += c;
    else
      finish();
  }
  finish();
  return words;
}

// Whoever makes new entries holds `making` and alone touches `made`; `mutex` guards the rest, for moments.
struct SearchIndex::State {
  std::mutex making, mutex;
  std::shared_ptr<const Entries> entries;
  std::map<std::string, std::pair<std::string, std::shared_ptr<const SearchEntry>>> made;  // by id
  std::int64_t revision = -1;
  std::int64_t made_us = 0;  // of the steady clock
};

SearchIndex::SearchIndex(const Catalogue& catalogue)
    : catalogue_(catalogue), state_(std::make_unique<State>()) {}
SearchIndex::~SearchIndex() = default;

Result<std::shared_ptr<const SearchIndex::Entries>> SearchIndex::entries() const {
  const Shelf& shelf = catalogue_.shelf();
  const auto published = TRY(shelf.published());
  const auto known = [&](std::int64_t age_us) -> std::shared_ptr<const Entries> {
    const std::lock_guard lock(state_->mutex);
    const bool serves = state_->entries && state_->revision == published->revision &&
                        shelf.clock().steady_us() - state_->made_us < age_us;
    return serves ? state_->entries : nullptr;
  };
  if (auto fresh = known(kRefreshUs)) return fresh;
  std::unique_lock making(state_->making, std::try_to_lock);
  if (!making) {
    if (auto old = known(INT64_MAX)) return old;
    making.lock();
  }
  if (auto fresh = known(kRefreshUs)) return fresh;  // somebody made them meanwhile
  auto entries = std::make_shared<Entries>();
  decltype(state_->made) made;
  for (const auto& row : published->rows) {
    const CountedDataset counted = TRY(shelf.counted(row));
    auto& kept = made[row.id];
    if (const auto before = state_->made.find(row.id);
        before != state_->made.end() && before->second.first == counted.version)
      kept = before->second;
    else
      kept = {counted.version, std::make_shared<SearchEntry>(EntryMaker(row, counted.view).make())};
    entries->push_back(kept.second);
  }
  state_->made = std::move(made);
  const std::lock_guard lock(state_->mutex);
  state_->entries = entries;
  state_->revision = published->revision;
  state_->made_us = shelf.clock().steady_us();
  return state_->entries;
}

Result<SearchResult> SearchIndex::find(const SearchQuery& query) const {
  Filters filters;
  for (const auto& [name, value] : query.filters) {
    const auto* known =
        std::find_if(kFacets.begin(), kFacets.end(), [&](const auto& facet) { return facet.first == name; });
    if (known == kFacets.end())
      return fail(ErrorCode::InvalidParameter, "there is no such facet", std::string(name));
    filters[name].push_back(value);
  }
  const auto all = TRY(entries());
  const auto asked = asked_words(query.words);
  std::vector<std::pair<int, std::shared_ptr<const SearchEntry>>> found;
  std::array<std::map<std::string_view, std::size_t>, kFacets.size()> counts;
  for (const auto& entry : *all) {
    const int points = score(*entry, asked);
    if (points == 0) continue;
    if (passes(*entry, filters, "")) found.emplace_back(points, entry);
    for (std::size_t i = 0; i < kFacets.size(); ++i) {
      const auto values = entry->facets.find(kFacets[i].first);
      if (values == entry->facets.end() || !passes(*entry, filters, kFacets[i].first)) continue;
      for (const std::string& value : values->second) ++counts[i][value];
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->title < b.second->title;
  });
  SearchResult result;
  result.total = found.size();
  for (std::size_t i = query.start; i < std::min(found.size(), query.start + query.count); ++i)
    result.entries.push_back(found[i].second);
  for (std::size_t i = 0; i < kFacets.size(); ++i) {
    std::vector<FacetCount> values;
    for (const auto& [value, datasets] : counts[i]) values.push_back({std::string(value), datasets});
    std::stable_sort(values.begin(), values.end(),
                     [](const auto& a, const auto& b) { return a.datasets > b.datasets; });
    result.facets.emplace_back(kFacets[i].first, std::move(values));
  }
  return result;
}

Result<std::set<std::string, std::less<>>> SearchIndex::ids(std::string_view words) const {
  std::set<std::string, std::less<>> found;
  const auto asked = asked_words(words);
  if (asked.empty()) return found;
  const auto all = TRY(entries());
  for (const auto& entry : *all)
    if (score(*entry, asked) > 0) found.insert(entry->row.id);
  return found;
}

}  // namespace gateway::catalogue
