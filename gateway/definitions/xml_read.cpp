#include <algorithm>

#include "gateway/codec/json.h"
#include "gateway/definitions/xml_form_parts.h"
#include "gateway/definitions/xml_form_place.h"

namespace gateway::definitions {
namespace {

using Event = codec::XmlReader::Event;
using Form = MemberKind::Form;

constexpr std::string_view kSchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

// The text of a document beside its reader, start tag by start tag: narrative is kept as it was written. What
// the reader has passed is known to be well-formed.
class Markup {
 public:
  explicit Markup(std::string_view text) : text_(text) {}

  // To the next start tag; gives where it begins.
  std::size_t next_start() {
    for (;;) {
      const std::size_t begin = text_.find('<', at_);
      if (begin == std::string_view::npos) return at_ = text_.size();
      const bool is_start = pass(begin);
      if (is_start) return begin;
    }
  }

  // The whole element that begins at `begin`, which next_start() gave last.
  std::string_view element(std::size_t begin) {
    for (std::size_t open = empty_ ? 0 : 1; open > 0 && at_ < text_.size();) {
      const std::size_t tag = text_.find('<', at_);
      if (tag == std::string_view::npos) break;
      if (pass(tag))
        open += empty_ ? 0 : 1;
      else if (text_.substr(tag, 2) == "</")
        --open;
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  bool pass_to(std::string_view end, std::size_t from) {
    const std::size_t found = text_.find(end, from);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    return false;
  }

  // Past the markup at `begin`; true for a start tag.
  bool pass(std::size_t begin) {
    const std::string_view rest = text_.substr(begin);
    if (rest.starts_with("<!--")) return pass_to("-->", begin + 4);
    if (rest.starts_with("<![CDATA[")) return pass_to("]]>", begin);
    if (rest.starts_with("<?")) return pass_to("?>", begin);
    if (rest.starts_with("</")) return pass_to(">", begin);
    char quote = 0;
    for (at_ = begin + 1; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote)
        quote = c == quote ? 0 : quote;
      else if (c == '"' || c == '\'')
        quote = c;
      else if (c == '>')
        break;
    }
    empty_ = at_ < text_.size() && text_[at_ - 1] == '/';
    at_ = std::min(at_ + 1, text_.size());
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool empty_ = false;  // the last start tag is that of an element without content
};

// What one XML element gives: a value, and for a primitive what stands beside it in JSON.
struct Part {
  Value value;
  Value beside;
};

class Reader {
 public:
  Reader(codec::XmlReader& xml, std::string_view text, const Definitions& definitions)
      : xml_(xml),
        markup_(text),
        definitions_(definitions),
        element_(place_of_type(definitions, "Element")) {}

  Result<Value> document();

 private:
  // A member in the making: a list grows while elements of the same name follow each other.
  struct Open {
    const Element* element = nullptr;
    std::string name;
    bool list = false;
    Value::List values, besides;
  };

  Error refuse(std::string what) const { return fail(ErrorCode::InvalidBody, std::move(what), xml_.where()); }
  Result<Event> next();
  Result<Value> resource();
  Result<Value> wrapped_resource();
  Result<Value> complex(const Place& place);
  Result<void> members(const Place& place, Value::Map& into);
  Result<MemberKind> find_member(const Place& place, std::size_t& from) const;
  Result<Part> part(const Place& place, const MemberKind& kind);
  Result<Part> primitive(std::string_view type);
  Result<Value> scalar(std::string_view type, const std::string& text) const;
  Result<Value> narrative();
  Result<std::string> copied_narrative();
  Result<void> attributes(const Place& place, Value::Map& into) const;
  static void close(Open& open, Value::Map& into);

  codec::XmlReader& xml_;
  Markup markup_;
  const Definitions& definitions_;
  const std::optional<Place> element_;  // id and extensions, of a primitive
  std::size_t last_start_ = 0;
  unsigned depth_ = 0;
};

Result<Event> Reader::next() {
  const Event event = TRY(xml_.next_element());
  if (event == Event::Start) last_start_ = markup_.next_start();
  return event;
}

Result<Value> Reader::document() {
  if (TRY(next()) != Event::Start) return refuse("the XML has no element");
  for (const codec::XmlAttribute& attribute : xml_.attributes())
    if (attribute.space != kSchemaInstance) return refuse("a resource has no attribute " + attribute.name);
  Value value = TRY(resource());
  if (TRY(next()) != Event::Done) return refuse("the XML goes on after the resource");
  return value;
}

// The element of a resource is named after its type (FHIR R4 2.6.1).
Result<Value> Reader::resource() {
  const std::string type(xml_.name());
  if (xml_.space() != kFhirSpace)
    return refuse("the element " + type + " is not of the namespace " + std::string(kFhirSpace));
  if (!definitions_.is_resource(type)) return refuse("there is no resource " + type);
  const auto place = place_of_type(definitions_, type);
  if (!place || !element_) return refuse("the definitions lack the types of " + type);
  Value::Map map{{"resourceType", type}};
  if (++depth_ > kMaxFormDepth) return refuse("the XML is nested too deeply");
  TRY_VOID(members(*place, map));
  --depth_;
  return Value(std::move(map));
}

Result<Value> Reader::wrapped_resource() {
  if (!xml_.attributes().empty()) return refuse("there is no attribute here");
  if (TRY(next()) != Event::Start) return refuse("a resource is missing here");
  if (!xml_.attributes().empty()) return refuse("a resource has no attribute");
  Value value = TRY(resource());
  if (TRY(next()) != Event::End) return refuse("only one resource may stand here");
  return value;
}

Result<void> Reader::attributes(const Place& place, Value::Map& into) const {
  for (const codec::XmlAttribute& attribute : xml_.attributes()) {
    const auto& children = place.element->children;
    const bool known = std::any_of(children.begin(), children.end(), [&](const Element* child) {
      return child->xml_attribute && child->name == attribute.name;
    });
    if (!known || !attribute.space.empty())
      return refuse("there is no attribute " + attribute.name + " here");
    if (attribute.value.empty()) return refuse("the attribute " + attribute.name + " is empty");
    into.emplace_back(attribute.name, attribute.value);
  }
  return {};
}

Result<Value> Reader::complex(const Place& place) {
  if (++depth_ > kMaxFormDepth) return refuse("the XML is nested too deeply");
  Value::Map map;
  const std::string name(xml_.name());
  TRY_VOID(attributes(place, map));
  TRY_VOID(members(place, map));
  --depth_;
  if (map.empty()) return refuse("the element " + name + " is empty");
  return Value(std::move(map));
}

// Which child the reader stands at, `from` the one that came last. In the order of the definition.
Result<MemberKind> Reader::find_member(const Place& place, std::size_t& from) const {
  const std::string name(xml_.name());
  const auto& children = place.element->children;
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (children[i]->xml_attribute) continue;
    const auto kind = member_kind(definitions_, *children[i], name);
    if (!kind) continue;
    if (i < from) return refuse("the element " + name + " comes too late: the order is fixed");
    const std::string_view space = kind->form == Form::Xhtml ? kXhtmlSpace : kFhirSpace;
    if (xml_.space() != space)
      return refuse("the element " + name + " is not of the namespace " + std::string(space));
    from = i;
    return *kind;
  }
  return refuse("there is no element " + name + " in " + place.element->path);
}

void Reader::close(Open& open, Value::Map& into) {
  const auto given = [](const Value& value) { return !value.is_null(); };
  const bool any_value = std::any_of(open.values.begin(), open.values.end(), given);
  const bool any_beside = std::any_of(open.besides.begin(), open.besides.end(), given);
  if (open.list) {
    if (any_value) into.emplace_back(open.name, std::move(open.values));
    if (any_beside) into.emplace_back("_" + open.name, std::move(open.besides));
  } else if (!open.values.empty()) {
    if (any_value) into.emplace_back(open.name, std::move(open.values.front()));
    if (any_beside) into.emplace_back("_" + open.name, std::move(open.besides.front()));
  }
  open = Open{};
}

// The content of the element around, to its end.
Result<void> Reader::members(const Place& place, Value::Map& into) {
  Open open;
  std::size_t from = 0;
  while (TRY(next()) == Event::Start) {
    const MemberKind kind = TRY(find_member(place, from));
    const std::string name(xml_.name());
    const bool again = open.element == kind.element;
    if (again && (!kind.element->list || open.name != name))
      return refuse("the element " + name + " comes once only");
    if (!again) close(open, into);
    open.element = kind.element;
    open.name = name;
    open.list = kind.element->list;
    depth_ += open.list ? 1 : 0;
    Part got = TRY(part(place, kind));
    depth_ -= open.list ? 1 : 0;
    open.values.push_back(std::move(got.value));
    open.besides.push_back(std::move(got.beside));
  }
  close(open, into);
  return {};
}

Result<Part> Reader::part(const Place& place, const MemberKind& kind) {
  switch (kind.form) {
    case Form::Primitive:
      return primitive(kind.type);
    case Form::Xhtml:
      return Part{TRY(narrative()), {}};
    case Form::Resource:
      return Part{TRY(wrapped_resource()), {}};
    case Form::Complex:
      break;
  }
  const auto inside = place_of_member(definitions_, place, kind);
  if (!inside) return refuse("the definitions have no type for " + kind.element->path);
  return Part{TRY(complex(*inside)), {}};
}

// The attribute `value`, and what goes beside it in JSON: id and extensions.
Result<Part> Reader::primitive(std::string_view type) {
  Part got;
  Value::Map beside;
  for (const codec::XmlAttribute& attribute : xml_.attributes()) {
    const bool is_id = attribute.name == "id";
    if ((!is_id && attribute.name != "value") || !attribute.space.empty())
      return refuse("there is no attribute " + attribute.name + " here");
    if (attribute.value.empty()) return refuse("the attribute " + attribute.name + " is empty");
    if (is_id)
      beside.emplace_back("id", attribute.value);
    else
      got.value = TRY(scalar(type, attribute.value));
  }
  const std::string name(xml_.name());
  ++depth_;
  TRY_VOID(members(*element_, beside));
  if (!beside.empty() && depth_ > kMaxFormDepth) return refuse("the XML is nested too deeply");
  --depth_;
  if (got.value.is_null() && beside.empty()) return refuse("the element " + name + " is empty");
  if (!beside.empty()) got.beside = Value(std::move(beside));
  return got;
}

// The forms of FHIR R4 2.24.0.1 that are no text in JSON; numbers keep theirs.
Result<Value> Reader::scalar(std::string_view type, const std::string& text) const {
  if (type == "boolean") {
    if (text == "true" || text == "false") return Value(text == "true");
    return refuse("a boolean is true or false");
  }
  const bool is_integer = type == "integer" || type == "unsignedInt" || type == "positiveInt";
  if (!is_integer && type != "decimal") return Value(text);
  const std::string_view number = std::string_view(text).substr(is_integer && text.starts_with('+') ? 1 : 0);
  const std::string_view allowed = is_integer ? "-0123456789" : "+-.eE0123456789";
  auto parsed = codec::parse_json(number);
  if (number.find_first_not_of(allowed) != std::string_view::npos || !parsed.ok())
    return refuse("this is no " + std::string(type));
  return std::move(*parsed);
}

// Passes the div. What it holds was read, so it is well-formed; what stands alone is kept to the letter.
Result<Value> Reader::narrative() {
  const std::size_t begin = last_start_;
  const std::string copied = TRY(copied_narrative());
  const std::string verbatim(markup_.element(begin));
  if (const auto space = narrative_space(verbatim); space.ok() && *space == kXhtmlSpace)
    return Value(verbatim);
  return Value(copied);
}

void append_tag(std::string& out, const codec::XmlReader& xml, bool outermost) {
  out += "<" + std::string(xml.name());
  if (outermost) out += " xmlns=\"" + std::string(kXhtmlSpace) + "\"";
  for (const codec::XmlAttribute& attribute : xml.attributes()) {
    out += attribute.space.empty() ? " " : " xml:";
    out += attribute.name + "=\"";
    append_attribute(out, attribute.value);
    out += '"';
  }
  out += '>';
}

void append_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
}

// The div written anew, for one whose namespaces are declared further out.
Result<std::string> Reader::copied_narrative() {
  constexpr std::string_view kXmlSpace = "http://www.w3.org/XML/1998/namespace";
  std::string out;
  unsigned open = 0;
  for (Event event = Event::Start;; event = TRY(xml_.next())) {
    if (event == Event::Start) {
      if (xml_.space() != kXhtmlSpace) return refuse("narrative has elements of XHTML only");
      TRY_VOID(check_narrative_tag(xml_));
      for (const codec::XmlAttribute& attribute : xml_.attributes())
        if (!attribute.space.empty() && attribute.space != kXmlSpace)
          return refuse("there is no attribute " + attribute.name + " in narrative");
      append_tag(out, xml_, open++ == 0);
    } else if (event == Event::Text) {
      append_text(out, xml_.text());
    } else {
      out += "</" + std::string(xml_.name()) + ">";
      if (--open == 0) return out;
    }
  }
}

}  // namespace

Result<Value> from_xml(std::string_view text, const Definitions& definitions,
                       const codec::XmlLimits& limits) {
  auto xml = TRY(codec::XmlReader::open(text, limits));
  return Reader(xml, text, definitions).document();
}

}  // namespace gateway::definitions
