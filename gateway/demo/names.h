// Invented people: names of many languages, written in the character sets that scanners there use (PS3.3
// C.12.1.1.2).
//
// Given and family names are common ones, put together by chance. Thread-safe.
#pragma once

#include <string>

#include "gateway/demo/random.h"

namespace gateway::demo {

struct PersonText {
  std::string character_set;  // value of (0008,0005); empty: the default repertoire
  std::string bytes;          // the PN value in that character set
  std::string utf8;           // the same as people read it
};

// A name for the n-th subject. The scripts take turns, so that a few dozen subjects show all of them.
PersonText person_text(Dice& dice, unsigned number, bool female);

// Text of a script's UTF-8 form, component group by component group, in the bytes of `character_set`.
std::string encode_text(const std::string& utf8, const std::string& character_set);

}  // namespace gateway::demo
