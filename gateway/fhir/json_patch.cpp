#include "gateway/fhir/json_patch.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/fhir/patch.h"

namespace gateway::fhir {
namespace {

constexpr std::size_t kMaxTokens = 128;            // of a pointer; so the document cannot get deeper either
constexpr std::size_t kMaxAddedBytes = 64u << 20;  // that `copy` may add

using Tokens = std::vector<std::string>;

Error refuse(std::string what) { return fail(ErrorCode::Unprocessable, std::move(what)); }
Error malformed(std::string what) { return fail(ErrorCode::InvalidBody, std::move(what)); }

// RFC 6901 sections 3 and 4
Result<std::string> unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    const char next = i + 1 < token.size() ? token[++i] : '\0';
    if (next != '0' && next != '1') return malformed("a ~ in a JSON Pointer is followed by 0 or 1");
    out += next == '0' ? '~' : '/';
  }
  return out;
}

Result<Tokens> parse_pointer(std::string_view pointer) {
  Tokens tokens;
  if (pointer.empty()) return tokens;
  if (pointer[0] != '/') return malformed("a JSON Pointer is empty or begins with /");
  for (const std::string_view token : split(pointer.substr(1), '/')) {
    if (tokens.size() == kMaxTokens)
      return fail(ErrorCode::BodyTooLarge, "a JSON Pointer has more parts than allowed");
    tokens.push_back(TRY(unescaped(token)));
  }
  return tokens;
}

// RFC 6901 section 4: digits without a leading zero
std::optional<std::size_t> index_of(std::string_view token) {
  if (token.size() > 1 && token[0] == '0') return std::nullopt;
  if (token.empty() || token.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return parse_number<std::size_t>(token);
}

Value::Member* member_of(Value::Map& map, std::string_view name) {
  const auto found = std::find_if(map.begin(), map.end(), [&](const auto& m) { return m.first == name; });
  return found == map.end() ? nullptr : &*found;
}

Value* child_of(Value& parent, const std::string& token) {
  if (Value::Map* map = parent.as_map()) {
    Value::Member* member = member_of(*map, token);
    return member ? &member->second : nullptr;
  }
  Value::List* list = parent.as_list();
  const auto index = list ? index_of(token) : std::nullopt;
  return index && *index < list->size() ? &(*list)[*index] : nullptr;
}

// What the first `count` tokens name.
Result<Value*> find(Value& document, const Tokens& tokens, std::size_t count) {
  Value* at = &document;
  std::string passed;
  for (std::size_t i = 0; i < count; ++i) {
    passed += "/" + tokens[i];
    at = child_of(*at, tokens[i]);
    if (!at) return refuse("there is nothing at " + passed);
  }
  return at;
}

// RFC 6902 section 4.1
Result<void> add(Value& document, const Tokens& tokens, Value value) {
  if (tokens.empty()) {
    document = std::move(value);
    return {};
  }
  Value* parent = TRY(find(document, tokens, tokens.size() - 1));
  const std::string& last = tokens.back();
  if (Value::Map* map = parent->as_map()) {
    if (Value::Member* member = member_of(*map, last))
      member->second = std::move(value);
    else
      map->emplace_back(last, std::move(value));
    return {};
  }
  Value::List* list = parent->as_list();
  if (!list) return refuse("what is to be added to is neither an object nor a list");
  const auto index = last == "-" ? list->size() : index_of(last);
  if (!index || *index > list->size()) return refuse("the list has no place " + last);
  list->insert(list->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return {};
}

// RFC 6902 section 4.2; gives what was there.
Result<Value> remove(Value& document, const Tokens& tokens) {
  if (tokens.empty()) return refuse("the whole document cannot be removed");
  Value* parent = TRY(find(document, tokens, tokens.size() - 1));
  Value* target = TRY(find(document, tokens, tokens.size()));
  Value taken = std::move(*target);
  if (Value::Map* map = parent->as_map()) {
    std::erase_if(*map, [&](const Value::Member& member) { return member.first == tokens.back(); });
  } else if (Value::List* list = parent->as_list()) {
    list->erase(list->begin() + (target - list->data()));
  }
  return taken;
}

// A number as sign, digits without zeros at either end, and exponent: 1, 1.0 and 10e-1 are equal.
struct Number {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
  bool operator==(const Number&) const = default;
};

std::optional<Number> number_of(const Value& value) {
  std::string text;
  if (const auto* integer = value.as_int()) text = std::to_string(*integer);
  if (const auto* decimal = value.as_decimal()) text = decimal->text;
  if (text.empty()) return std::nullopt;
  Number number;
  number.negative = text[0] == '-';
  const std::size_t e = text.find_first_of("eE");
  if (e != std::string::npos) {
    const bool plus = text.compare(e + 1, 1, "+") == 0;
    number.exponent =
        parse_number<std::int64_t>(std::string_view(text).substr(e + (plus ? 2 : 1))).value_or(0);
  }
  bool fraction = false;
  for (const char c : text.substr(0, e)) {
    if (c == '.') fraction = true;
    if (c < '0' || c > '9') continue;
    number.digits += c;
    if (fraction) --number.exponent;
  }
  number.digits.erase(0, std::min(number.digits.find_first_not_of('0'), number.digits.size()));
  for (; number.digits.ends_with('0'); number.digits.pop_back()) ++number.exponent;
  return number.digits.empty() ? Number{} : number;
}

bool equal(const Value& a, const Value& b);

std::vector<const Value::Member*> by_name(const Value::Map& map) {
  std::vector<const Value::Member*> members;
  members.reserve(map.size());
  for (const Value::Member& member : map) members.push_back(&member);
  std::stable_sort(members.begin(), members.end(),
                   [](const auto* a, const auto* b) { return a->first < b->first; });
  return members;
}

bool equal_maps(const Value::Map& a, const Value::Map& b) {
  if (a.size() != b.size()) return false;
  const auto left = by_name(a), right = by_name(b);
  return std::equal(left.begin(), left.end(), right.begin(), [](const auto* one, const auto* other) {
    return one->first == other->first && equal(one->second, other->second);
  });
}

// RFC 6902 section 4.6: members in any order, numbers by what they are worth. Lists and objects of different
// sizes are not looked into, so the work is bounded by the smaller of the two values.
bool equal(const Value& a, const Value& b) {
  const auto left = number_of(a), right = number_of(b);
  if (left || right) return left == right;
  if (const Value::List* list = a.as_list()) {
    const Value::List* other = b.as_list();
    return other && std::equal(list->begin(), list->end(), other->begin(), other->end(), equal);
  }
  const Value::Map* map = a.as_map();
  if (!map) return a == b;
  const Value::Map* other = b.as_map();
  return other && equal_maps(*map, *other);
}

std::size_t bytes_of(const Value& value) {
  std::size_t bytes = sizeof(Value);
  if (const auto* text = value.as_string()) bytes += text->size();
  if (const auto* list = value.as_list())
    for (const Value& item : *list) bytes += bytes_of(item);
  if (const auto* map = value.as_map())
    for (const auto& [name, member] : *map) bytes += name.size() + bytes_of(member);
  return bytes;
}

unsigned depth_of(const Value& value) {
  unsigned deepest = 0;
  if (const auto* list = value.as_list())
    for (const Value& item : *list) deepest = std::max(deepest, depth_of(item));
  if (const auto* map = value.as_map())
    for (const auto& member : *map) deepest = std::max(deepest, depth_of(member.second));
  return deepest + 1;
}

class Patch {
 public:
  explicit Patch(Value& document) : document_(document) {}

  // RFC 6902 section 4: members that are not known are passed over.
  Result<void> apply(const Value& operation) {
    const Value* path = operation.find("path");
    if (!path || !path->as_string()) return malformed("an operation needs a path");
    const std::string_view op = operation.text("op");
    const Tokens to = TRY(parse_pointer(*path->as_string()));
    if (op == "remove") {
      TRY(remove(document_, to));
      return {};
    }
    if (op == "move" || op == "copy") return transfer(operation, op == "move", to);
    const Value* value = operation.find("value");
    if (op != "add" && op != "replace" && op != "test")
      return malformed(op.empty() ? "an operation needs an op" : "there is no operation " + std::string(op));
    if (!value) return malformed("the operation " + std::string(op) + " needs a value");
    if (op == "add") return checked_add(to, *value);
    return op == "replace" ? replace(to, *value) : test(to, *value);
  }

 private:
  Result<void> checked_add(const Tokens& to, Value value) {
    if (to.size() + depth_of(value) > kMaxTokens)
      return fail(ErrorCode::BodyTooLarge, "the document would be nested too deeply");
    return add(document_, to, std::move(value));
  }

  Result<void> replace(const Tokens& to, const Value& value) {
    if (to.size() + depth_of(value) > kMaxTokens)
      return fail(ErrorCode::BodyTooLarge, "the document would be nested too deeply");
    *TRY(find(document_, to, to.size())) = value;
    return {};
  }

  Result<void> test(const Tokens& to, const Value& value) {
    if (equal(*TRY(find(document_, to, to.size())), value)) return {};
    return refuse("the test fails: another value is there");
  }

  Result<void> transfer(const Value& operation, bool is_move, const Tokens& to) {
    const Value* given = operation.find("from");
    if (!given || !given->as_string()) return malformed("this operation needs a from");
    const Tokens from = TRY(parse_pointer(*given->as_string()));
    const Value* source = TRY(find(document_, from, from.size()));
    if (!is_move) {
      added_ += bytes_of(*source);
      if (added_ > kMaxAddedBytes)
        return fail(ErrorCode::BodyTooLarge, "the operations copy more than is allowed");
      return checked_add(to, *source);
    }
    if (from == to) return {};
    if (from.size() < to.size() && std::equal(from.begin(), from.end(), to.begin()))
      return refuse("a value cannot be moved into itself");
    return checked_add(to, TRY(remove(document_, from)));
  }

  Value& document_;
  std::size_t added_ = 0;
};

}  // namespace

Result<Value> apply_json_patch(Value document, const Value& patch) {
  const Value::List* operations = patch.as_list();
  if (!operations) return malformed("a JSON Patch is a list of operations");
  if (operations->size() > kMaxPatchOperations)
    return fail(ErrorCode::BodyTooLarge, "the patch has more operations than allowed");
  Patch running(document);
  for (std::size_t i = 0; i < operations->size(); ++i) {
    auto applied = running.apply((*operations)[i]);
    if (applied.ok()) continue;
    applied.error().where = patch_where(i, (*operations)[i].text("path"));
    return applied.error();
  }
  return document;
}

}  // namespace gateway::fhir
