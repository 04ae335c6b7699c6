#include "gateway/base/json_text.h"
#include "gateway/definitions/xml_form_parts.h"
#include "gateway/definitions/xml_form_place.h"

namespace gateway::definitions {
namespace {

using Form = MemberKind::Form;

// A member of a JSON object with the sibling that holds the id and extensions of a primitive.
struct Found {
  MemberKind kind;
  std::string_view name;
  const Value* value = nullptr;
  const Value* beside = nullptr;  // "_name"
};

class Writer {
 public:
  Writer(const Definitions& definitions, bool pretty)
      : definitions_(definitions), element_(place_of_type(definitions, "Element")), pretty_(pretty) {}

  Result<void> resource(const Value& value, bool outermost);
  std::string take() { return std::move(out_); }

 private:
  // Steps of the path for messages, taken back at the end of the scope.
  class Step {
   public:
    Step(Writer& writer, std::string_view name) : writer_(writer), length_(writer.path_.size()) {
      if (length_ > 0) writer_.path_ += '.';
      writer_.path_ += name;
    }
    Step(Writer& writer, std::size_t index) : writer_(writer), length_(writer.path_.size()) {
      writer_.path_ += "[" + std::to_string(index) + "]";
    }
    ~Step() { writer_.path_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Writer& writer_;
    std::size_t length_;
  };

  Error refuse(std::string what) const { return fail(ErrorCode::Unprocessable, std::move(what), path_); }
  void new_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::vector<Found> found(const Element& child, const Value::Map& map) const;
  Result<void> content(std::string_view tag, const Place& place, const Value::Map& map, std::size_t known);
  Result<std::size_t> attributes(const Place& place, const Value::Map& map);
  Result<void> attribute(std::string_view name, const Value& value);
  Result<std::size_t> elements(const Place& place, const Value::Map& map);
  Result<void> member(const Place& place, const Found& found);
  Result<void> list(const Place& place, const Found& found);
  Result<void> one(const Place& place, const Found& found);
  Result<void> primitive(const Found& found);
  Result<void> complex(const Place& place, const Found& found);
  Result<void> xhtml(const Found& found);
  Result<std::string> scalar(std::string_view type, const Value& value) const;

  const Definitions& definitions_;
  const std::optional<Place> element_;  // id and extensions, of a primitive
  const bool pretty_;
  std::string out_;
  std::string path_;
  unsigned depth_ = 0;
};

// The members that `child` stands for: one, but for a choice given with two types, which is not ours to
// judge.
std::vector<Found> Writer::found(const Element& child, const Value::Map& map) const {
  std::vector<Found> all;
  const std::string_view stem = stem_of(child);
  for (const auto& [key, value] : map) {
    const bool beside = key.starts_with('_');
    const std::string_view name = std::string_view(key).substr(beside ? 1 : 0);
    if (!name.starts_with(stem)) continue;
    const auto kind = member_kind(definitions_, child, name);
    if (!kind) continue;
    Found* entry = nullptr;
    for (Found& other : all)
      if (other.name == name) entry = &other;
    if (!entry) entry = &all.emplace_back(Found{*kind, name});
    (beside ? entry->beside : entry->value) = &value;
  }
  return all;
}

// FHIR R4 2.6.1: the resource's type is the name of its element; resources within resources have a wrapper.
Result<void> Writer::resource(const Value& value, bool outermost) {
  const Value::Map* map = value.as_map();
  const std::string type(value.text("resourceType"));
  if (!map || !definitions_.is_resource(type))
    return refuse(type.empty() ? "a resource needs its resourceType" : "there is no resource " + type);
  if (outermost) path_ = type;
  const auto place = place_of_type(definitions_, type);
  if (!place || !element_) return refuse("the definitions lack the types of " + type);
  if (!outermost) new_line();
  out_ += "<" + type;
  if (outermost) out_ += " xmlns=\"" + std::string(kFhirSpace) + "\"";
  return content(type, *place, *map, 1);
}

// From the attributes to the end tag. `known` members of the map are accounted for already.
Result<void> Writer::content(std::string_view tag, const Place& place, const Value::Map& map,
                             std::size_t known) {
  if (++depth_ > kMaxFormDepth) return refuse("the resource is nested too deeply");
  known += TRY(attributes(place, map));
  const std::size_t open = out_.size();
  out_ += '>';
  known += TRY(elements(place, map));
  --depth_;
  if (known != map.size()) {
    for (const auto& [key, value] : map) {
      const std::string_view name = std::string_view(key).substr(key.starts_with('_') ? 1 : 0);
      bool is_known = key == "resourceType";
      for (const Element* child : place.element->children)
        is_known = is_known || member_kind(definitions_, *child, name);
      if (!is_known) return refuse("there is no element " + std::string(name) + " here");
    }
    return refuse("an element here has a form that XML does not know");
  }
  if (out_.size() == open + 1) {
    out_.resize(open);
    out_ += "/>";
    return {};
  }
  new_line();
  out_ += "</" + std::string(tag) + ">";
  return {};
}

// Element.id and Extension.url. Gives the number of members written.
Result<std::size_t> Writer::attributes(const Place& place, const Value::Map& map) {
  std::size_t count = 0;
  for (const Element* child : place.element->children) {
    if (!child->xml_attribute) continue;
    for (const auto& [key, value] : map) {
      if (key != child->name) continue;
      TRY_VOID(attribute(key, value));
      ++count;
    }
  }
  return count;
}

Result<void> Writer::attribute(std::string_view name, const Value& value) {
  const Step step(*this, name);
  const std::string* text = value.as_string();
  if (!text || text->empty()) return refuse("this is a text");
  out_ += " " + std::string(name) + "=\"";
  if (!append_attribute(out_, *text)) return refuse("this has a character that XML cannot hold");
  out_ += '"';
  return {};
}

Result<std::size_t> Writer::elements(const Place& place, const Value::Map& map) {
  std::size_t count = 0;
  for (const Element* child : place.element->children) {
    if (child->xml_attribute) continue;
    const auto all = found(*child, map);
    if (all.size() > 1) return refuse("there is more than one " + std::string(stem_of(*child)) + " here");
    for (const Found& entry : all) {
      TRY_VOID(member(place, entry));
      count += (entry.value ? 1 : 0) + (entry.beside ? 1 : 0);
    }
  }
  return count;
}

Result<void> Writer::member(const Place& place, const Found& found) {
  const Step step(*this, found.name);
  if (found.beside && found.kind.form != Form::Primitive) return refuse("only a primitive has a _ beside it");
  const bool is_list = (found.value && found.value->as_list()) || (found.beside && found.beside->as_list());
  if (is_list != found.kind.element->list)
    return refuse(is_list ? "this is one value, not a list" : "this is a list");
  return is_list ? list(place, found) : one(place, found);
}

// The two lists of a repeated primitive are of the same length, null where there is nothing (FHIR R4 2.6.2).
Result<void> Writer::list(const Place& place, const Found& found) {
  static const Value::List kNone;
  const Value::List* values = found.value ? found.value->as_list() : &kNone;
  const Value::List* besides = found.beside ? found.beside->as_list() : &kNone;
  if (!values || !besides) return refuse("this is a list");
  for (std::size_t i = 0; i < std::max(values->size(), besides->size()); ++i) {
    const Step step(*this, i);
    Found item{found.kind, found.name};
    if (i < values->size() && !(*values)[i].is_null()) item.value = &(*values)[i];
    if (i < besides->size() && !(*besides)[i].is_null()) item.beside = &(*besides)[i];
    TRY_VOID(one(place, item));
  }
  return {};
}

Result<void> Writer::one(const Place& place, const Found& found) {
  if (!found.value && !found.beside) return refuse("this has neither a value nor an extension");
  new_line();
  switch (found.kind.form) {
    case Form::Xhtml:
      return xhtml(found);
    case Form::Primitive:
      return primitive(found);
    case Form::Complex:
      return complex(place, found);
    case Form::Resource:
      break;
  }
  const std::string tag(found.name);
  if (depth_ + 1 > kMaxFormDepth) return refuse("the resource is nested too deeply");
  out_ += "<" + tag + ">";
  ++depth_;
  TRY_VOID(resource(*found.value, false));
  --depth_;
  new_line();
  out_ += "</" + tag + ">";
  return {};
}

Result<void> Writer::primitive(const Found& found) {
  const std::string tag(found.name);
  out_ += "<" + tag;
  static const Value::Map kNothing;
  const Value::Map* beside = found.beside ? found.beside->as_map() : &kNothing;
  if (!beside) return refuse("what stands beside a primitive is an object");
  if (!found.value && beside->empty()) return refuse("this has neither a value nor an extension");
  if (found.value) {
    const std::string text = TRY(scalar(found.kind.type, *found.value));
    if (text.empty()) return refuse("this is empty");
    out_ += " value=\"";
    if (!append_attribute(out_, text)) return refuse("this has a character that XML cannot hold");
    out_ += '"';
  }
  return content(tag, *element_, *beside, 0);
}

Result<void> Writer::complex(const Place& place, const Found& found) {
  const Value::Map* map = found.value->as_map();
  if (!map) return refuse("this is an object");
  if (map->empty()) return refuse("this is empty");
  const auto inside = place_of_member(definitions_, place, found.kind);
  if (!inside) return refuse("the definitions have no type for this");
  out_ += "<" + std::string(found.name);
  return content(found.name, *inside, *map, 0);
}

// The div goes out as it is; the namespace is added where it was left to be understood.
Result<void> Writer::xhtml(const Found& found) {
  const std::string* div = found.value->as_string();
  if (!div) return refuse("narrative is a text");
  auto space = narrative_space(*div);
  if (!space.ok()) return fail(ErrorCode::Unprocessable, space.error().message, path_, space.error().detail);
  std::string_view text = *div;
  if (space->empty()) {
    out_ += "<div xmlns=\"" + std::string(kXhtmlSpace) + "\"";
    text.remove_prefix(std::string_view("<div").size());
  }
  out_ += text;
  return {};
}

Result<std::string> Writer::scalar(std::string_view type, const Value& value) const {
  if (type == "boolean") {
    if (const bool* flag = value.as_bool()) return std::string(*flag ? "true" : "false");
    return refuse("this is true or false");
  }
  if (type == "decimal") {
    if (value.as_int() || value.as_decimal()) return to_json(value);
    return refuse("this is a number");
  }
  if (type == "integer" || type == "unsignedInt" || type == "positiveInt") {
    if (value.as_int()) return to_json(value);
    return refuse("this is a whole number");
  }
  if (const std::string* text = value.as_string()) return *text;
  return refuse("this is a text");
}

// The characters of XML 1.0 section 2.2, given UTF-8.
bool is_xml_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
    if (c == 0xEF && (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF"))
      return false;
  }
  return true;
}

}  // namespace

bool append_attribute(std::string& out, std::string_view text) {
  if (!is_xml_text(text)) return false;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\t':
      case '\n':
      case '\r':
        out += "&#" + std::to_string(static_cast<int>(c)) + ";";
        break;
      default:
        out += c;
    }
  }
  return true;
}

Result<std::string> to_xml(const Value& resource, const Definitions& definitions, bool pretty) {
  Writer writer(definitions, pretty);
  TRY_VOID(writer.resource(resource, true));
  std::string text = writer.take();
  if (pretty) text += '\n';
  return text;
}

}  // namespace gateway::definitions
