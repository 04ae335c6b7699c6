#include "gateway/dimse/command.h"

#include <algorithm>

namespace gateway::dimse {
namespace {

std::uint32_t load(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < count; ++i)
    number |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return number;
}

void store(std::string& out, std::uint32_t number, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out += static_cast<char>(number >> (8 * i) & 0xFF);
}

// UIDs are padded with NUL, all other text with a space (PS3.5 section 6.2).
char padding_of(Item item) {
  switch (item) {
    case Item::AffectedSopClass:
    case Item::RequestedSopClass:
    case Item::AffectedSopInstance:
    case Item::RequestedSopInstance:
      return '\0';
    default:
      return ' ';
  }
}

Error malformed(const char* what, std::size_t at) {
  return fail(ErrorCode::DicomMalformed, what, "byte " + std::to_string(at) + " of a command set");
}

}  // namespace

CommandSet CommandSet::request(Operation operation, std::uint16_t message_id, std::string_view sop_class,
                               bool has_data) {
  CommandSet set;
  if (!sop_class.empty()) set.set(Item::AffectedSopClass, sop_class);
  set.set(Item::CommandField, static_cast<std::uint16_t>(operation));
  set.set(Item::MessageId, message_id);
  return set.set(Item::DataSetType, has_data ? std::uint16_t{1} : kNoData);
}

// PS3.7 section 9.3: what identifies the request is repeated.
CommandSet CommandSet::response(const CommandSet& request, std::uint16_t status, bool has_data) {
  CommandSet set;
  const std::string affected = request.text(Item::AffectedSopClass);
  const std::string sop_class = affected.empty() ? request.text(Item::RequestedSopClass) : affected;
  const std::string affected_instance = request.text(Item::AffectedSopInstance);
  const std::string instance =
      affected_instance.empty() ? request.text(Item::RequestedSopInstance) : affected_instance;
  if (!sop_class.empty()) set.set(Item::AffectedSopClass, sop_class);
  set.set(Item::CommandField, static_cast<std::uint16_t>(request.field() | kResponse));
  set.set(Item::RespondedTo, request.message_id());
  set.set(Item::DataSetType, has_data ? std::uint16_t{1} : kNoData);
  set.set(Item::Status, status);
  if (!instance.empty()) set.set(Item::AffectedSopInstance, instance);
  return set;
}

// PS3.7 section 6.3.1. Orthanc (1.10) puts the list of what it could not send, (0008,0058), behind the
// command where a data set is due: what follows the elements of group 0000 is passed over.
Result<CommandSet> CommandSet::parse(ByteSpan bytes) {
  if (bytes.size() > kMaxBytes) return malformed("the command set is too long", kMaxBytes);
  const std::string_view text = as_text(bytes);
  CommandSet set;
  for (std::size_t at = 0; at < text.size();) {
    if (text.size() - at < 8) return malformed("an element is cut off", at);
    const std::uint32_t group = load(text, at, 2), element = load(text, at + 2, 2);
    const std::uint32_t length = load(text, at + 4, 4);
    if (group != 0 && !set.find(Item::CommandField)) return malformed("an element is not of group 0000", at);
    if (group != 0) break;
    if (length > text.size() - at - 8) return malformed("a value is longer than the command set", at);
    if (element != 0)
      set.elements_.emplace_back(static_cast<std::uint16_t>(element), text.substr(at + 8, length));
    at += 8 + std::size_t{length};
  }
  std::stable_sort(set.elements_.begin(), set.elements_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (!set.number(Item::CommandField)) return malformed("there is no Command Field", 0);
  return set;
}

std::string CommandSet::encode() const {
  std::string body;
  for (const auto& [element, value] : elements_) {
    store(body, 0, 2);
    store(body, element, 2);
    store(body, static_cast<std::uint32_t>(value.size()), 4);
    body += value;
  }
  std::string out;
  store(out, 0, 4);  // (0000,0000): the length of what follows
  store(out, 4, 4);
  store(out, static_cast<std::uint32_t>(body.size()), 4);
  return out + body;
}

CommandSet& CommandSet::set(Item item, std::uint16_t number) {
  std::string value;
  store(value, number, 2);
  const auto element = static_cast<std::uint16_t>(item);
  const auto place = std::lower_bound(elements_.begin(), elements_.end(), element,
                                      [](const auto& entry, std::uint16_t e) { return entry.first < e; });
  if (place != elements_.end() && place->first == element)
    place->second = std::move(value);
  else
    elements_.emplace(place, element, std::move(value));
  return *this;
}

CommandSet& CommandSet::set(Item item, std::string_view text) {
  set(item, std::uint16_t{0});
  const auto element = static_cast<std::uint16_t>(item);
  for (auto& [tag, value] : elements_) {
    if (tag != element) continue;
    value = text;
    if (value.size() % 2) value += padding_of(item);
  }
  return *this;
}

const std::string* CommandSet::find(Item item) const {
  for (const auto& [element, value] : elements_)
    if (element == static_cast<std::uint16_t>(item)) return &value;
  return nullptr;
}

std::optional<std::uint16_t> CommandSet::number(Item item) const {
  const std::string* value = find(item);
  if (!value || value->size() < 2) return std::nullopt;
  return static_cast<std::uint16_t>(load(*value, 0, 2));
}

std::string CommandSet::text(Item item) const {
  const std::string* value = find(item);
  if (!value) return {};
  const auto first = value->find_first_not_of(' ');
  const auto last = value->find_last_not_of(std::string_view(" \0", 2));
  return first == std::string::npos || last == std::string::npos || last < first
             ? std::string()
             : value->substr(first, last - first + 1);
}

}  // namespace gateway::dimse
