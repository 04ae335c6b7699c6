#include "gateway/codec/xml.h"

#include <libxml/xmlreader.h>

#include <algorithm>
#include <climits>

#include "gateway/base/text.h"

namespace gateway::codec {
namespace {

Error malformed(std::string what, std::size_t at) {
  return fail(ErrorCode::InvalidBody, "the XML " + std::move(what), "byte " + std::to_string(at));
}

Error too_large(std::string what, std::size_t at) {
  return fail(ErrorCode::BodyTooLarge, "the XML " + std::move(what), "byte " + std::to_string(at));
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_white(std::string_view text) { return std::all_of(text.begin(), text.end(), is_space); }

// One pass over the markup, before the library reads a byte: it is not fit for hostile input by itself (an
// element of 200,000 attributes takes it seconds).
class Checker {
 public:
  Checker(std::string_view text, const XmlLimits& limits) : text_(text), limits_(limits) {}

  Result<void> check() {
    if (text_.size() > limits_.max_bytes || text_.size() > INT_MAX)
      return too_large("is larger than allowed", limits_.max_bytes);
    if (!is_utf8(text_)) return malformed("is not UTF-8", 0);
    TRY(declaration());
    while ((at_ = text_.find('<', at_)) != std::string_view::npos) TRY(markup());
    return {};
  }

 private:
  // Only what says UTF-8, or nothing, goes on: the library would obey any other encoding.
  Result<void> declaration() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    if (!text_.substr(at_).starts_with("<?xml")) return {};
    const std::size_t end = text_.find("?>", at_);
    if (end == std::string_view::npos || end - at_ > 200) return malformed("declaration does not end", at_);
    const std::string_view inside = text_.substr(at_, end - at_);
    const std::size_t encoding = inside.find("encoding");
    if (encoding == std::string_view::npos) return {};
    const std::size_t quote = inside.find_first_of("\"'", encoding);
    if (quote == std::string_view::npos) return malformed("declaration cannot be read", at_);
    std::string_view name = inside.substr(quote + 1);
    name = name.substr(0, name.find(inside[quote]));
    if (iequals(name, "utf-8") || iequals(name, "us-ascii") || iequals(name, "ascii")) return {};
    return malformed("says it is in another encoding than UTF-8", at_);
  }

  Result<void> markup() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("<!--")) return pass("<!--", "-->", "comment");
    if (rest.starts_with("<![CDATA[")) return pass("<![CDATA[", "]]>", "CDATA section");
    if (rest.starts_with("<?")) return pass("<?", "?>", "processing instruction");
    if (rest.starts_with("<!")) return malformed("has a DOCTYPE, which is not taken here", at_);
    return tag();
  }

  // The end stands behind the beginning, not in it: "<!-->" is no comment.
  Result<void> pass(std::string_view begin, std::string_view end, const char* what) {
    const std::size_t found = text_.find(end, at_ + begin.size());
    if (found == std::string_view::npos) return malformed(std::string(what) + " does not end", at_);
    at_ = found + end.size();
    return {};
  }

  Result<void> tag() {
    const std::size_t start = at_;
    std::size_t attributes = 0;
    char quote = 0;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (at_ - start > limits_.max_tag_bytes) return too_large("has too long a tag", start);
      if (quote) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
        if (++attributes > limits_.max_attributes) return too_large("has too many attributes", start);
      } else if (c == '>') {
        ++at_;
        return {};
      } else if (c == '<') {
        break;
      }
    }
    return malformed("has a tag that does not end", start);
  }

  const std::string_view text_;
  const XmlLimits& limits_;
  std::size_t at_ = 0;
};

std::string_view view(const xmlChar* text) {
  return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

// The library keeps '&' in the name of a namespace as a reference.
std::string namespace_name(const xmlChar* text) {
  constexpr std::string_view kReference = "&#38;";
  std::string name;
  std::string_view rest = view(text);
  for (std::size_t at; (at = rest.find(kReference)) != std::string_view::npos;) {
    name.append(rest.substr(0, at)).append("&");
    rest.remove_prefix(at + kReference.size());
  }
  return name.append(rest);
}

}  // namespace

Result<void> check_xml(std::string_view text, const XmlLimits& limits) {
  return Checker(text, limits).check();
}

struct XmlReader::State {
  explicit State(const XmlLimits& given) : limits(given) {}
  ~State() {
    if (reader) xmlFreeTextReader(reader);
  }

  Error fault(ErrorCode code, std::string what) const {
    return fail(code, "the XML " + std::move(what), "line " + std::to_string(line()), complaint);
  }
  int line() const { return std::max(1, xmlTextReaderGetParserLineNumber(reader)); }
  Result<bool> advance();
  void take_start();
  void take_name();
  Result<void> take_text();

  XmlLimits limits;
  xmlTextReaderPtr reader = nullptr;
  std::uint64_t events = 0;
  std::string name, space, text;
  std::vector<XmlAttribute> attributes;
  std::string complaint;  // of the library, the first one
  bool end_due = false;   // of an element without content
  bool ahead = false;     // the library stands at a node that was not looked at yet
  bool done = false;
};

namespace {

// Undeclared prefixes and the like do not stop the library by themselves.
void note(void* into, xmlErrorPtr error) {
  auto& complaint = *static_cast<std::string*>(into);
  // The name of a namespace is compared, not used: it may be an IRI that the library takes for no URI.
  if (error && (error->code == XML_WAR_NS_URI || error->code == XML_WAR_NS_URI_RELATIVE)) return;
  if (error && error->level >= XML_ERR_ERROR && complaint.empty())
    complaint = error->message ? error->message : "unknown";
}

}  // namespace

// False at the end of the document.
Result<bool> XmlReader::State::advance() {
  if (++events > limits.max_events) return fault(ErrorCode::BodyTooLarge, "has too many parts");
  const int got = xmlTextReaderRead(reader);
  if (got < 0 || !complaint.empty()) return fault(ErrorCode::InvalidBody, "is not well-formed");
  const bool element = got > 0 && xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT;
  if (element && xmlTextReaderDepth(reader) >= static_cast<int>(limits.max_depth))
    return fault(ErrorCode::BodyTooLarge, "is nested too deeply");
  return got > 0;
}

void XmlReader::State::take_name() {
  name = view(xmlTextReaderConstLocalName(reader));
  space = namespace_name(xmlTextReaderConstNamespaceUri(reader));
}

void XmlReader::State::take_start() {
  take_name();
  end_due = xmlTextReaderIsEmptyElement(reader) == 1;
  attributes.clear();
  for (int more = xmlTextReaderMoveToFirstAttribute(reader); more == 1;
       more = xmlTextReaderMoveToNextAttribute(reader)) {
    if (xmlTextReaderIsNamespaceDecl(reader) == 1) continue;
    attributes.push_back({std::string(view(xmlTextReaderConstLocalName(reader))),
                          namespace_name(xmlTextReaderConstNamespaceUri(reader)),
                          std::string(view(xmlTextReaderConstValue(reader)))});
  }
  xmlTextReaderMoveToElement(reader);
}

// Adjacent pieces: text, CDATA sections, and what comments part.
Result<void> XmlReader::State::take_text() {
  text.clear();
  for (;;) {
    switch (xmlTextReaderNodeType(reader)) {
      case XML_READER_TYPE_TEXT:
      case XML_READER_TYPE_CDATA:
      case XML_READER_TYPE_WHITESPACE:
      case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        text += view(xmlTextReaderConstValue(reader));
        break;
      case XML_READER_TYPE_COMMENT:
      case XML_READER_TYPE_PROCESSING_INSTRUCTION:
        break;
      default:
        ahead = true;
        return {};
    }
    if (!TRY(advance())) {
      done = true;
      return {};
    }
  }
}

XmlReader::XmlReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
XmlReader::~XmlReader() = default;
XmlReader::XmlReader(XmlReader&&) noexcept = default;

Result<XmlReader> XmlReader::open(std::string_view text, const XmlLimits& limits) {
  TRY(check_xml(text, limits));
  auto state = std::make_unique<State>(limits);
  constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_COMPACT;
  state->reader = xmlReaderForMemory(text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", kOptions);
  if (!state->reader) return fail(ErrorCode::InvalidBody, "the XML cannot be read");
  xmlTextReaderSetStructuredErrorHandler(state->reader, note, &state->complaint);
  return XmlReader(std::move(state));
}

Result<XmlReader::Event> XmlReader::next() {
  State& state = *state_;
  if (state.end_due) {
    state.end_due = false;
    return Event::End;
  }
  for (;;) {
    if (state.done) return Event::Done;
    if (!std::exchange(state.ahead, false) && !TRY(state.advance())) {
      state.done = true;
      continue;
    }
    switch (xmlTextReaderNodeType(state.reader)) {
      case XML_READER_TYPE_ELEMENT:
        state.take_start();
        return Event::Start;
      case XML_READER_TYPE_END_ELEMENT:
        state.take_name();
        return Event::End;
      case XML_READER_TYPE_COMMENT:
      case XML_READER_TYPE_PROCESSING_INSTRUCTION:
        break;
      case XML_READER_TYPE_TEXT:
      case XML_READER_TYPE_CDATA:
      case XML_READER_TYPE_WHITESPACE:
      case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        TRY(state.take_text());
        return Event::Text;
      default:
        return state.fault(ErrorCode::InvalidBody, "holds what is not taken here");
    }
  }
}

std::string_view XmlReader::name() const { return state_->name; }
std::string_view XmlReader::space() const { return state_->space; }
std::string_view XmlReader::text() const { return state_->text; }
const std::vector<XmlAttribute>& XmlReader::attributes() const { return state_->attributes; }
std::string XmlReader::where() const { return "line " + std::to_string(state_->line()); }

std::string_view XmlReader::attribute(std::string_view name) const {
  for (const XmlAttribute& attribute : state_->attributes)
    if (attribute.name == name && attribute.space.empty()) return attribute.value;
  return {};
}

Result<std::string> XmlReader::text_content() {
  std::string text;
  for (;;) {
    switch (TRY(next())) {
      case Event::Text:
        text += state_->text;
        break;
      case Event::End:
        return text;
      default:
        return state_->fault(ErrorCode::InvalidBody, "has an element where only text may stand");
    }
  }
}

Result<void> XmlReader::skip() {
  for (std::size_t open = 1; open > 0;) {
    const Event event = TRY(next());
    if (event == Event::Start) ++open;
    if (event == Event::End || event == Event::Done) --open;
  }
  return {};
}

Result<XmlReader::Event> XmlReader::next_element() {
  for (;;) {
    const Event event = TRY(next());
    if (event != Event::Text) return event;
    if (!is_white(state_->text))
      return state_->fault(ErrorCode::InvalidBody, "has text where none may stand");
  }
}

}  // namespace gateway::codec
