#include "gateway/fhirpath/html_check.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

namespace gateway::fhirpath {
namespace {

constexpr std::size_t kMostOpen = 256;
constexpr std::size_t kMostAttributes = 64;  // of one element

// FHIR R4 2.4.1: HTML 4.0 chapters 7 to 11 without 9.4, and 15; links, images and their maps.
// Both sorted.
constexpr std::array kElements = std::to_array<std::string_view>(
    {"a",  "abbr",    "acronym", "address", "area",   "b",        "bdo", "big",   "blockquote",
     "br", "caption", "cite",    "code",    "col",    "colgroup", "dd",  "dfn",   "div",
     "dl", "dt",      "em",      "h1",      "h2",     "h3",       "h4",  "h5",    "h6",
     "hr", "i",       "img",     "kbd",     "li",     "map",      "ol",  "p",     "pre",
     "q",  "samp",    "small",   "span",    "strong", "sub",      "sup", "table", "tbody",
     "td", "tfoot",   "th",      "thead",   "tr",     "tt",       "ul",  "var"});

constexpr std::array kAttributes = std::to_array<std::string_view>(
    {"abbr",        "accesskey", "align",   "alt",      "axis",    "bgcolor",  "border",  "cellpadding",
     "cellspacing", "char",      "charoff", "charset",  "cite",    "class",    "clear",   "color",
     "colspan",     "compact",   "coords",  "datetime", "dir",     "frame",    "headers", "height",
     "href",        "hreflang",  "id",      "ismap",    "lang",    "longdesc", "name",    "nohref",
     "noshade",     "nowrap",    "rel",     "rev",      "rowspan", "rules",    "scope",   "shape",
     "size",        "space",     "span",    "src",      "start",   "style",    "summary", "tabindex",
     "target",      "title",     "type",    "usemap",   "valign",  "value",    "width"});

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' ||
         c == '_' || c == '.';
}

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// "xml:lang" and "xml:space" are the "lang" and "space" of XML.
bool is_allowed(std::string_view attribute) {
  constexpr std::string_view kXml = "xml:";
  if (attribute.starts_with("data-")) return attribute.find(':') == std::string_view::npos;
  if (attribute.starts_with(kXml)) attribute.remove_prefix(kXml.size());
  return attribute == "xmlns" || is_narrative_attribute(attribute);
}

class Checker {
 public:
  explicit Checker(std::string_view text) : rest_(text) {}

  bool check() {
    while (!rest_.empty()) {
      const bool good = rest_.starts_with("<!--") ? comment() : rest_[0] == '<' ? tag() : characters();
      if (!good) return false;
    }
    return open_.empty() && root_ && content_;
  }

 private:
  bool characters() {
    const std::size_t end = std::min(rest_.find('<'), rest_.size());
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    const bool blank = std::all_of(text.begin(), text.end(), is_space);
    if (!blank) content_ = true;
    return (blank || !open_.empty()) && references(text) && text.find("]]>") == std::string_view::npos;
  }

  // Only the entities of XML itself and numeric references.
  static bool references(std::string_view text) {
    for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
      const std::size_t end = text.find(';', at);
      if (end == std::string_view::npos) return false;
      const std::string_view name = text.substr(at + 1, end - at - 1);
      constexpr std::string_view kEntities[] = {"amp", "lt", "gt", "quot", "apos"};
      if (has(kEntities, name)) continue;
      if (!name.starts_with('#') || name.size() < 2) return false;
      const bool hex = name[1] == 'x';
      const std::string_view digits = name.substr(hex ? 2 : 1);
      const std::string_view all = hex ? "0123456789abcdefABCDEF" : "0123456789";
      if (digits.empty() || digits.size() > 7 || digits.find_first_not_of(all) != std::string_view::npos)
        return false;
    }
    return true;
  }

  bool comment() {
    const std::size_t end = rest_.find("--", 4);
    if (end == std::string_view::npos || rest_.substr(end, 3) != "-->" || open_.empty()) return false;
    rest_.remove_prefix(end + 3);
    return true;
  }

  std::string_view take_name() {
    std::size_t end = 0;
    while (end < rest_.size() && is_name(rest_[end])) ++end;
    const std::string_view name = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return name;
  }
  bool skip_spaces() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && is_space(rest_[0])) rest_.remove_prefix(1);
    return rest_.size() < before;
  }
  bool accept(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  bool tag() {
    if (accept("</")) {
      const std::string_view name = take_name();
      skip_spaces();
      if (open_.empty() || open_.back() != name || !accept(">")) return false;
      open_.pop_back();
      return true;
    }
    rest_.remove_prefix(1);
    const std::string_view name = take_name();
    if (!is_narrative_element(name) || open_.size() >= kMostOpen) return false;
    if (open_.empty() && (root_ || name != "div")) return false;
    root_ = true;
    if (name == "img") content_ = true;
    if (!attributes()) return false;
    if (accept("/>")) return true;
    open_.push_back(name);
    return accept(">");
  }

  bool attributes() {
    std::vector<std::string_view> seen;
    while (skip_spaces() && !rest_.starts_with('>') && !rest_.starts_with("/>")) {
      const std::string_view name = take_name();
      if (!is_allowed(name) || has(seen, name) || seen.size() == kMostAttributes) return false;
      seen.push_back(name);
      skip_spaces();
      if (!accept("=")) return false;
      skip_spaces();
      if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'')) return false;
      const std::size_t end = rest_.find(rest_[0], 1);
      if (end == std::string_view::npos) return false;
      const std::string_view value = rest_.substr(1, end - 1);
      if (value.find('<') != std::string_view::npos || !references(value)) return false;
      if (name == "xmlns" && value != "http://www.w3.org/1999/xhtml") return false;
      rest_.remove_prefix(end + 1);
    }
    return true;
  }

  std::string_view rest_;
  std::vector<std::string_view> open_;
  bool root_ = false;
  bool content_ = false;
};

}  // namespace

bool is_narrative_element(std::string_view name) {
  return std::binary_search(kElements.begin(), kElements.end(), name);
}

bool is_narrative_attribute(std::string_view name) {
  return std::binary_search(kAttributes.begin(), kAttributes.end(), name);
}

bool is_plain_xhtml(std::string_view text) { return Checker(text).check(); }

}  // namespace gateway::fhirpath
