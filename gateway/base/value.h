// Value: the one generic tree. Readers of JSON, TOML, XML and the like produce it; mapping rules read it.
//
// Numbers keep their text (Decimal), so 1.50 stays 1.50 (FHIR requires it). Maps keep the order of insertion.
// A Value is a plain value without shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gateway {

// A number that is not a 64-bit integer, as it was written.
struct Decimal {
  std::string text;
  bool operator==(const Decimal&) const = default;
};

class Value {
 public:
  using List = std::vector<Value>;
  using Member = std::pair<std::string, Value>;
  using Map = std::vector<Member>;

  Value() = default;
  Value(std::nullptr_t) {}                                       // NOLINT: implicit by design, as all below
  Value(bool v) : data_(v) {}                                    // NOLINT
  Value(int v) : data_(std::int64_t{v}) {}                       // NOLINT
  Value(std::int64_t v) : data_(v) {}                            // NOLINT
  Value(std::size_t v) : data_(static_cast<std::int64_t>(v)) {}  // NOLINT
  Value(Decimal v) : data_(std::move(v)) {}                      // NOLINT
  Value(std::string v) : data_(std::move(v)) {}                  // NOLINT
  Value(std::string_view v) : data_(std::string(v)) {}           // NOLINT
  Value(const char* v) : data_(std::string(v)) {}                // NOLINT
  Value(List v) : data_(std::move(v)) {}                         // NOLINT
  Value(Map v) : data_(std::move(v)) {}                          // NOLINT
  static Value list() { return Value(List{}); }
  static Value map() { return Value(Map{}); }

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&data_); }
  const Decimal* as_decimal() const { return std::get_if<Decimal>(&data_); }
  const std::string* as_string() const { return std::get_if<std::string>(&data_); }
  const List* as_list() const { return std::get_if<List>(&data_); }
  List* as_list() { return std::get_if<List>(&data_); }
  const Map* as_map() const { return std::get_if<Map>(&data_); }
  Map* as_map() { return std::get_if<Map>(&data_); }

  // The member of a map, or nullptr: also when this is no map.
  const Value* find(std::string_view key) const;
  // Text of a string member, or `otherwise`.
  std::string_view text(std::string_view key, std::string_view otherwise = {}) const;
  // Sets a member; makes this a map first if it is null. Returns *this for chains.
  Value& set(std::string_view key, Value value);
  // Appends to a list; makes this a list first if it is null.
  Value& push(Value value);

  bool operator==(const Value&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, Decimal, std::string, List, Map> data_;
};

}  // namespace gateway
