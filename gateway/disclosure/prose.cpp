// Numbers of persons in prose, in the languages that descriptions are written in.
#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/disclosure/publish.h"

namespace gateway::disclosure {
namespace {

// Beginnings of words for persons, in lower case; enough letters that nothing else begins so.
constexpr std::array<std::string_view, 46> kPersons = {
    "patient",  "pacjent", "pacient", "pazient",  "patiënt",  "subject",  "sujet",   "sujeto",
    "soggett",  "proband", "person",  "individu", "particip", "teilnehm", "deelnem", "uczestn",
    "women",    "woman",   "men",     "man",      "male",     "female",   "frauen",  "männer",
    "femme",    "homme",   "mujer",   "hombre",   "donne",    "donna",    "uomini",  "uomo",
    "vrouw",    "mannen",  "kobiet",  "mężczy",   "osób",     "osoby",    "mulher",  "homens",
    "children", "kinder",  "enfants", "cases",    "fälle",    "volunteer"};
constexpr std::size_t kWordsBetween = 2;  // "7 young female patients"
constexpr std::size_t kMaxFound = 100;

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  constexpr std::string_view kBetween = " \t\r\n,;:()[]\"'/";
  for (std::size_t at = 0; at < text.size();) {
    at = text.find_first_not_of(kBetween, at);
    if (at == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

// Whether a clause ends between two words of one text.
bool is_break(std::string_view word, std::string_view next) {
  const std::string_view gap(word.data() + word.size(),
                             static_cast<std::size_t>(next.data() - word.data()) - word.size());
  return gap.find_first_of(",;") != std::string_view::npos;
}

bool is_number(std::string_view word) {
  if (word.ends_with('.')) word.remove_suffix(1);
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_person(std::string_view word) {
  const std::string small = lower(word);
  return std::ranges::any_of(kPersons, [&](std::string_view stem) {
    return stem.size() <= 4
               ? small == stem || small == std::string(stem) + "." || small == std::string(stem) + "s"
               : small.starts_with(stem);
  });
}

// "n=7", or "n = 7" and "n= 7".
bool is_sample_size(const std::vector<std::string_view>& words, std::size_t i) {
  const std::string small = lower(words[i]);
  if (small.starts_with("n=") && is_number(std::string_view(small).substr(2))) return true;
  const bool sign = small == "n=" || (small == "n" && i + 1 < words.size() && words[i + 1] == "=");
  const std::size_t number = small == "n=" ? i + 1 : i + 2;
  return sign && number < words.size() && is_number(words[number]);
}

std::string around(std::string_view text, std::string_view first, std::string_view last) {
  const auto from = static_cast<std::size_t>(first.data() - text.data());
  const auto to = static_cast<std::size_t>(last.data() - text.data()) + last.size();
  return std::string(text.substr(from, to - from));
}

}  // namespace

std::vector<std::string> numbers_of_persons(std::string_view text) {
  std::vector<std::string> found;
  const auto words = words_of(text);
  for (std::size_t i = 0; i < words.size() && found.size() < kMaxFound; ++i) {
    if (is_sample_size(words, i))
      found.push_back(around(text, words[i], words[std::min(i + 2, words.size() - 1)]));
    if (!is_number(words[i])) continue;
    for (std::size_t next = i + 1; next < words.size() && next <= i + 1 + kWordsBetween; ++next) {
      if (is_number(words[next]) || is_break(words[next - 1], words[next])) break;
      if (!is_person(words[next])) continue;
      found.push_back(around(text, words[i], words[next]));
      break;
    }
  }
  return found;
}

}  // namespace gateway::disclosure
