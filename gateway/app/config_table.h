// Tables of configuration keys over plain structs: defaults, checks with reasons, explanation. Inside of this
// folder only. Pure functions over constant tables.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "gateway/base/text.h"
#include "gateway/base/value.h"

namespace gateway::app {

template <class Record>
struct Key {
  struct Text {
    std::string Record::*member;
    const char* value;
    const char* choices = "";  // "a|b|c", or empty for any text
  };
  struct Number {
    std::int64_t Record::*member;
    std::int64_t value, low, high;
  };
  struct Flag {
    bool Record::*member;
    bool value;
  };
  const char* path;
  std::variant<Text, Number, Flag> type;
  const char* meaning;
  bool required = false;  // of the tables of a list
};

template <class Record>
void set_default(const Key<Record>& key, Record& record) {
  std::visit([&](const auto& type) { record.*type.member = type.value; }, key.type);
}

// Each take() gives the reason why a value does not fit its key; empty when it does and was taken over.
template <class Record>
std::string take(const typename Key<Record>::Text& type, const Value& value, Record& record) {
  const std::string* text = value.as_string();
  if (!text) return "must be a text in quotes";
  bool known = !*type.choices;
  for (const std::string_view choice : split(type.choices, '|')) known = known || choice == *text;
  if (!known) return "must be one of " + std::string(type.choices);
  record.*type.member = *text;
  return {};
}

template <class Record>
std::string take(const typename Key<Record>::Number& type, const Value& value, Record& record) {
  const std::int64_t* number = value.as_int();
  if (!number || *number < type.low || *number > type.high)
    return "must be a whole number from " + std::to_string(type.low) + " to " + std::to_string(type.high);
  record.*type.member = *number;
  return {};
}

template <class Record>
std::string take(const typename Key<Record>::Flag& type, const Value& value, Record& record) {
  const bool* flag = value.as_bool();
  if (!flag) return "must be true or false";
  record.*type.member = *flag;
  return {};
}

template <class Record>
std::string take_value(std::span<const Key<Record>> keys, std::string_view path, const Value& value,
                       Record& record) {
  for (const Key<Record>& key : keys)
    if (key.path == path)
      return std::visit([&](const auto& type) { return take<Record>(type, value, record); }, key.type);
  return "no such key";
}

// The default as it is written in TOML, with what else may stand there.
template <class Record>
std::string explain(const Key<Record>& key) {
  using K = Key<Record>;
  if (const auto* text = std::get_if<typename K::Text>(&key.type))
    return "\"" + std::string(text->value) + "\"" +
           (*text->choices ? "  # one of " + std::string(text->choices) : std::string());
  if (const auto* number = std::get_if<typename K::Number>(&key.type))
    return std::to_string(number->value) + "  # " + std::to_string(number->low) + " to " +
           std::to_string(number->high);
  return std::get<typename K::Flag>(key.type).value ? "true" : "false";
}

}  // namespace gateway::app
