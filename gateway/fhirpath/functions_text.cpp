#include <algorithm>

#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/letters.h"

namespace gateway::fhirpath {
namespace {

using Text = std::optional<std::string>;

constexpr std::size_t kMatchingPerStep = 8;
constexpr std::size_t kSearchingPerStep = 4096;

bool is_first_byte(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// Characters, not bytes.
std::int64_t characters(std::string_view text) {
  return static_cast<std::int64_t>(std::count_if(text.begin(), text.end(), is_first_byte));
}

// The input and the first argument; one of them may be missing.
bool two_texts(const Call& call, Text& text, Text& other) {
  return call.input_text(text) && call.text_argument(0, other);
}

// A search: at worst the part is compared with nearly all of itself at every place.
bool two_texts_to_search(const Call& call, Text& text, Text& part) {
  if (!two_texts(call, text, part)) return false;
  const std::size_t most = text && part ? text->size() * part->size() : 0;
  return call.evaluator.spend(call.node.position, most / kSearchingPerStep);
}

bool put_place(const Call& call, std::string_view text, std::size_t found) {
  return call.answer(found == std::string_view::npos ? -1 : characters(text.substr(0, found)));
}

// N1 section 5.6.1
bool run_index_of(const Call& call) {
  Text text, part;
  if (!two_texts_to_search(call, text, part)) return false;
  return !text || !part || put_place(call, *text, text->find(*part));
}

bool run_last_index_of(const Call& call) {
  Text text, part;
  if (!two_texts_to_search(call, text, part)) return false;
  return !text || !part || put_place(call, *text, text->rfind(*part));
}

// N1 section 5.6.2
bool run_substring(const Call& call) {
  Text text;
  std::optional<std::int64_t> start, length;
  if (!call.input_text(text) || !call.integer_argument(0, start)) return false;
  if (call.arguments() > 1 && !call.integer_argument(1, length)) return false;
  if (!text || !start) return true;
  const std::u32string all = decode_utf8(*text);
  const auto size = static_cast<std::int64_t>(all.size());
  if (*start < 0 || *start >= size) return true;
  const std::int64_t count = std::clamp<std::int64_t>(length.value_or(size), 0, size - *start);
  return call.answer(encode_utf8(
      std::u32string_view(all).substr(static_cast<std::size_t>(*start), static_cast<std::size_t>(count))));
}

// N1 sections 5.6.3 to 5.6.5
bool run_starts_with(const Call& call) {
  Text text, part;
  if (!two_texts(call, text, part)) return false;
  return !text || !part || call.answer(text->starts_with(*part));
}
bool run_ends_with(const Call& call) {
  Text text, part;
  if (!two_texts(call, text, part)) return false;
  return !text || !part || call.answer(text->ends_with(*part));
}
bool run_contains(const Call& call) {
  Text text, part;
  if (!two_texts_to_search(call, text, part)) return false;
  return !text || !part || call.answer(text->find(*part) != std::string::npos);
}

// N1 sections 5.6.6 and 5.6.7
bool run_upper(const Call& call) {
  Text text;
  return call.input_text(text) && (!text || call.answer(upper_text(*text)));
}
bool run_lower(const Call& call) {
  Text text;
  return call.input_text(text) && (!text || call.answer(lower_text(*text)));
}

bool run_trim(const Call& call) {
  Text text;
  return call.input_text(text) && (!text || call.answer(trim_blanks(*text)));
}

std::string replaced(std::string_view text, std::string_view what, std::string_view with, std::size_t limit) {
  std::string out;
  std::size_t at = 0;
  while (at <= text.size() && out.size() <= limit) {
    const std::size_t found = text.find(what, at);
    if (found == std::string_view::npos) break;
    out.append(text.substr(at, found - at)).append(with);
    at = found + what.size();
    if (!what.empty()) continue;
    do {  // between the characters
      if (at < text.size()) out += text[at];
      ++at;
    } while (at < text.size() && !is_first_byte(text[at]));
  }
  return at < text.size() ? out.append(text.substr(at)) : out;
}

// N1 section 5.6.8
bool run_replace(const Call& call) {
  Text text, what, with;
  if (!two_texts_to_search(call, text, what) || !call.text_argument(1, with)) return false;
  if (!text || !what || !with) return true;
  return call.answer_text(replaced(*text, *what, *with, call.evaluator.environment().max_text));
}

bool read_flags(const Call& call, Regex::Flags& flags) {
  Text letters;
  if (call.arguments() > 1 && !call.text_argument(1, letters)) return false;
  for (const char letter : letters.value_or("")) {
    if (letter != 'i' && letter != 'm') return call.refuse("the flags of an expression are i and m");
    (letter == 'i' ? flags.ignore_case : flags.multiline) = true;
  }
  return true;
}

Regex::Flags flags_of(std::string_view function) {
  Regex::Flags flags;
  flags.dot_all = function != "replaceMatches";
  flags.whole = function == "matchesFull";
  return flags;
}

// The pattern compiled, now or with the expression; nothing when the argument is empty.
bool find_regex(const Call& call, Regex::Flags flags, std::shared_ptr<const Regex>& out) {
  if ((out = call.node.regex)) return true;
  Text pattern;
  if (!call.text_argument(0, pattern)) return false;
  if (!pattern) return true;
  auto regex = Regex::compile(*pattern, flags);
  if (!regex.ok()) return call.refuse(regex.error().text());
  out = std::make_shared<const Regex>(std::move(*regex));
  return call.evaluator.spend(call.node.position, out->size() / kMatchingPerStep);
}

// Many short matches cost as much as a long one.
bool spend_matching(const Call& call, std::size_t left) {
  const std::size_t used = call.evaluator.environment().max_matching - left;
  return call.evaluator.spend(call.node.position, used / kMatchingPerStep);
}

// N1 section 5.6.9: found anywhere, or for matchesFull() the whole text.
bool run_matches(const Call& call) {
  Text text;
  Regex::Flags flags = flags_of(call.node.name);
  std::shared_ptr<const Regex> regex;
  if (!call.input_text(text) || !read_flags(call, flags) || !find_regex(call, flags, regex)) return false;
  if (!text || !regex) return true;
  std::size_t steps = call.evaluator.environment().max_matching;
  const auto found = regex->find(*text, steps);
  if (!found.ok()) return call.refuse(found.error().message);
  return spend_matching(call, steps) && call.answer(*found);
}

// N1 section 5.6.10
bool run_replace_matches(const Call& call) {
  Text text, with;
  std::shared_ptr<const Regex> regex;
  if (!call.input_text(text) || !find_regex(call, flags_of(call.node.name), regex) ||
      !call.text_argument(1, with))
    return false;
  if (!text || !regex || !with) return true;
  std::size_t steps = call.evaluator.environment().max_matching;
  auto replaced_text = regex->replace(*text, *with, steps);
  if (!replaced_text.ok()) return call.refuse(replaced_text.error().message);
  return spend_matching(call, steps) && call.answer_text(std::move(*replaced_text));
}

// N1 section 5.6.11
bool run_length(const Call& call) {
  Text text;
  return call.input_text(text) && (!text || call.answer(characters(*text)));
}

bool has_room(const Call& call, std::size_t more) {
  return call.out.size() + more <= call.evaluator.environment().max_items || call.refuse("too many items");
}

bool put_piece(const Call& call, std::string_view piece) {
  return has_room(call, 1) && call.evaluator.spend(call.node.position) && call.answer(std::string(piece));
}

// N1 section 5.6.12
bool run_to_chars(const Call& call) {
  Text text;
  if (!call.input_text(text)) return false;
  if (!text) return true;
  const auto count = static_cast<std::size_t>(characters(*text));
  if (!has_room(call, count) || !call.evaluator.spend(call.node.position, count)) return false;
  for (const char32_t c : decode_utf8(*text)) call.answer(encode_utf8({&c, 1}));
  return true;
}

bool run_split(const Call& call) {
  Text text, separator;
  if (!two_texts_to_search(call, text, separator)) return false;
  if (!text) return true;
  if (!separator) return call.answer(*text);
  if (separator->empty()) return run_to_chars(call);
  std::size_t at = 0;
  for (std::size_t found = text->find(*separator); found != std::string::npos;
       found = text->find(*separator, at)) {
    if (!put_piece(call, std::string_view(*text).substr(at, found - at))) return false;
    at = found + separator->size();
  }
  return put_piece(call, std::string_view(*text).substr(at));
}

bool run_join(const Call& call) {
  Text separator;
  if (call.arguments() > 0 && !call.text_argument(0, separator)) return false;
  Text joined;
  for (const Item& item : call.input) {
    Text text;
    if (!call.evaluator.text_of({item}, call.node.position, text)) return false;
    if (!call.evaluator.spend(call.node.position)) return false;
    if (!text) continue;
    if (joined) {
      joined->append(separator.value_or("")).append(*text);
    } else {
      joined = std::move(text);
    }
    if (joined->size() > call.evaluator.environment().max_text) return call.refuse("the text gets too long");
  }
  return !joined || call.answer(std::move(*joined));
}

constexpr Function kFunctions[] = {
    {"contains", 1, 1, run_contains},
    {"endsWith", 1, 1, run_ends_with},
    {"indexOf", 1, 1, run_index_of},
    {"join", 0, 1, run_join},
    {"lastIndexOf", 1, 1, run_last_index_of},
    {"length", 0, 0, run_length},
    {"lower", 0, 0, run_lower},
    {"matches", 1, 2, run_matches},
    {"matchesFull", 1, 2, run_matches},
    {"replace", 2, 2, run_replace},
    {"replaceMatches", 2, 2, run_replace_matches},
    {"split", 1, 1, run_split},
    {"startsWith", 1, 1, run_starts_with},
    {"substring", 1, 2, run_substring},
    {"toChars", 0, 0, run_to_chars},
    {"trim", 0, 0, run_trim},
    {"upper", 0, 0, run_upper},
};

}  // namespace

std::span<const Function> text_functions() { return kFunctions; }

std::shared_ptr<const Regex> literal_regex(const Ast& ast, const AstNode& call) {
  const bool replaces = call.name == "replaceMatches";
  if (!replaces && (!call.name.starts_with("matches") || call.arguments.size() != 1)) return nullptr;
  const auto* pattern = std::get_if<std::string>(&ast.nodes[call.arguments[0]].literal);
  if (!pattern || ast.nodes[call.arguments[0]].kind != AstNode::Kind::Literal) return nullptr;
  auto regex = Regex::compile(*pattern, flags_of(call.name));
  return regex.ok() ? std::make_shared<const Regex>(std::move(*regex)) : nullptr;
}

}  // namespace gateway::fhirpath
