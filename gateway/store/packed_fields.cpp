#include "gateway/store/packed_fields.h"

#include "gateway/base/text.h"
#include "gateway/model/fields.h"
#include "gateway/store/record_columns.h"

namespace gateway::store {
namespace {

using model::Code;
using model::Identifier;
using model::PersonName;
using model::Request;
using model::Specimen;

void put(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

// The next text of `rest`, which it leaves behind; nothing at the end and where it is no such text.
std::optional<std::string_view> take(std::string_view& rest) {
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto length = parse_number<std::size_t>(rest.substr(0, colon));
  if (!length || *length > rest.size() - colon - 1) return std::nullopt;
  const std::string_view text = rest.substr(colon + 1, *length);
  rest.remove_prefix(colon + 1 + *length);
  return text;
}

std::string text_of(const std::string& text) { return text; }
std::string text_of(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "";
}
std::string text_of(const PersonName& name) { return name_text(name); }
std::string text_of(const std::vector<Code>& codes) { return codes_text(codes); }

std::string text_of(const Identifier& id);

// Parts of a struct, one after the other.
template <class... Parts>
std::string joined(const Parts&... parts) {
  std::string text;
  (put(text, text_of(parts)), ...);
  return text;
}

std::string text_of(const Identifier& id) { return joined(id.value, id.issuer, id.type); }
std::string text_of(const Request& request) {
  return joined(request.accession, request.placer, request.filler, request.procedure_id, request.description,
                request.codes, request.reason, request.reasons);
}
std::string text_of(const Specimen& specimen) {
  return joined(specimen.identifier, specimen.uid, specimen.description, specimen.types);
}

template <class Item>
std::string text_of(const std::vector<Item>& items) {
  std::string text;
  for (const Item& item : items) put(text, text_of(item));
  return text;
}

void read(std::string_view text, std::string& field) { field = text; }
void read(std::string_view text, std::optional<std::int64_t>& field) {
  field = parse_number<std::int64_t>(text);
}
void read(std::string_view text, PersonName& field) { field = parse_name_text(text); }
void read(std::string_view text, std::vector<Code>& field) { field = parse_codes_text(text); }

void read(std::string_view text, Identifier& id);

template <class... Parts>
void split_into(std::string_view text, Parts&... parts) {
  (read(take(text).value_or(std::string_view()), parts), ...);
}

void read(std::string_view text, Identifier& id) { split_into(text, id.value, id.issuer, id.type); }
void read(std::string_view text, Request& request) {
  split_into(text, request.accession, request.placer, request.filler, request.procedure_id,
             request.description, request.codes, request.reason, request.reasons);
}
void read(std::string_view text, Specimen& specimen) {
  split_into(text, specimen.identifier, specimen.uid, specimen.description, specimen.types);
}

template <class Item>
void read(std::string_view text, std::vector<Item>& items) {
  while (const auto item = take(text)) read(*item, items.emplace_back());
}

template <class Record>
void read_field(std::string_view name, std::string_view value, Record& record) {
  for (const auto& field : model::fields<Record>()) {
    if (!field.packed || field.name != name) continue;
    std::visit([&](auto member) { read(value, record.*member); }, field.member);
  }
}

}  // namespace

template <class Record>
std::string packed_text(const Record& record) {
  std::string out;
  for (const auto& field : model::fields<Record>()) {
    if (!field.packed) continue;
    const std::string value = std::visit([&](auto member) { return text_of(record.*member); }, field.member);
    if (value.empty()) continue;
    put(out, field.name);
    put(out, value);
  }
  return out;
}

template <class Record>
void read_packed(std::string_view text, Record& record) {
  while (const auto name = take(text)) {
    const auto value = take(text);
    if (!value) return;
    read_field(*name, *value, record);
  }
}

#define INSTANTIATE(Record)                        \
  template std::string packed_text(const Record&); \
  template void read_packed(std::string_view, Record&);
INSTANTIATE(model::Subject)
INSTANTIATE(model::Study)
INSTANTIATE(model::Series)
INSTANTIATE(model::Instance)
#undef INSTANTIATE

}  // namespace gateway::store
