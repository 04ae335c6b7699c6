// How person names are compared (PS3.4 section C.2.2.2.1: PN may be matched without case, and by sound).
//
// Case is folded by the simple foldings of Unicode for Latin, Greek, Cyrillic, Armenian and full-width
// letters, independent of the locale. Trailing '^' and spaces do not count.
//
// Fuzzy matching, on top of the literal one: both names are folded further (accents of Latin letters go, also
// as combining marks; "ß" is "ss", "ø" "o", "æ" "ae") and cut into words at blanks, hyphens and the like.
// Every word of the key has to be met by a word of the name that begins with it, or that sounds like it. A
// key with '^' is met component by component, one without anywhere in the name; with '=' each group is met by
// its own. The sound is that of the consonants: vowels and 'h' are dropped behind the first letter, doubled
// and exchangeable ones (b p; d t; c k q; s z; f ph; v w; m n) are one, at most eight count. Words of one
// letter, and of other scripts, have no sound.
//
// Free functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/records.h"

namespace gateway::model {

char32_t fold_case(char32_t c);
std::string fold_case(std::string_view utf8);
// Folded further: without accents, as fuzzy matching folds.
std::string fold_accents(std::string_view utf8);

// The key of one component group for literal comparison; empty for an empty group.
std::string name_key(std::string_view group);

// A word of one component group.
struct NameWord {
  std::string text;            // folded
  std::string sound;           // empty: none
  std::uint8_t component = 0;  // 0 family, 1 given, 2 middle, 3 prefix, 4 suffix
  bool operator==(const NameWord&) const = default;
};
std::vector<NameWord> name_words(std::string_view group);

// What a fuzzy key asks of one group: its words, and whether they are bound to their components.
struct FuzzyName {
  std::vector<NameWord> words;
  bool by_component = false;
};
// Wild cards separate words.
FuzzyName fuzzy_name(std::string_view group);
bool sounds_like(const FuzzyName& key, const std::vector<NameWord>& words);

// '*' any text, '?' one character. Both in UTF-8, case is significant.
bool like(std::string_view text, std::string_view pattern);
// The literal rule of PN for a key with or without '=' and wild cards; fuzzy: the one above, too.
bool matches_name(const PersonName& name, std::string_view key, bool fuzzy);

}  // namespace gateway::model
