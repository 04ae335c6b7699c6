// XmlReader: the one reader of XML (XML 1.0, Namespaces in XML 1.0), a cursor over the events of a document.
//
// Hardened: UTF-8 only, no DOCTYPE and so no entities of its own, nothing is fetched; size, depth, attributes
// and events are bounded before the library sees the text. Comments and processing instructions are passed
// over. A document is checked as far as it was read: read on to Event::Done. One object per thread; the text
// must outlive it, and views that it gives out are good until the next call of next().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::codec {

struct XmlLimits {
  std::size_t max_bytes = 64u << 20;
  unsigned max_depth = 128;         // nested elements; the library bears 256
  std::size_t max_attributes = 64;  // of one element, declarations of namespaces among them
  std::size_t max_tag_bytes = 64u << 10;
  std::uint64_t max_events = 8'000'000;
};

// What every XML document is held against before any library reads it, for those who need a tree of the
// library's own. Errors: InvalidBody ("byte N" in `where`), BodyTooLarge.
Result<void> check_xml(std::string_view text, const XmlLimits& limits = {});

struct XmlAttribute {
  std::string name;   // local
  std::string space;  // namespace URI, or empty
  std::string value;
};

class XmlReader {
 public:
  enum class Event : std::uint8_t { Start, End, Text, Done };

  // Errors: as check_xml.
  static Result<XmlReader> open(std::string_view text, const XmlLimits& limits = {});
  ~XmlReader();
  XmlReader(XmlReader&&) noexcept;
  XmlReader& operator=(XmlReader&&) = delete;

  // An element without content gives Start and End. Text comes whole, CDATA sections included, and is there
  // also when it is white space only. Errors: InvalidBody ("line N" in `where`), BodyTooLarge.
  Result<Event> next();
  std::string_view name() const;                            // Start, End: local name
  std::string_view space() const;                           // Start, End: namespace URI
  const std::vector<XmlAttribute>& attributes() const;      // Start; without namespace declarations
  std::string_view attribute(std::string_view name) const;  // Start, of no namespace; or empty
  std::string_view text() const;                            // Text
  std::string where() const;                                // "line N"

  // After Start: passes its End and gives the text in between. Error: InvalidBody when elements are there.
  Result<std::string> text_content();
  // After Start: passes its End.
  Result<void> skip();
  // Passes white space and stops at Start or at the End of the element around it. Error: InvalidBody for
  // text.
  Result<Event> next_element();

 private:
  struct State;
  explicit XmlReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gateway::codec
