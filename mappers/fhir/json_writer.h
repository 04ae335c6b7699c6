// JsonObject and JsonArray: commas and brackets of JSON that is appended to one string, nothing else.
//
// The brackets close when the writer goes out of scope. Text goes through fhir_text(): FHIR strings are never
// empty and hold no control characters (FHIR R4 datatypes, string). One thread at a time; the string must
// outlive the writer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mappers::fhir {

// The text as a FHIR string: control characters dropped, exotic blanks made plain, trimmed. May be empty.
std::string fhir_text(std::string_view text);
// The text as a FHIR code: as above, with single blanks inside.
std::string fhir_code(std::string_view text);

class JsonArray {
 public:
  explicit JsonArray(std::string& out) : out_(out) { out_ += '['; }
  ~JsonArray() { out_ += ']'; }
  JsonArray(const JsonArray&) = delete;
  JsonArray& operator=(const JsonArray&) = delete;
  // Where the next item is to be written.
  std::string& item() {
    if (!first_) out_ += ',';
    first_ = false;
    return out_;
  }
  void text(std::string_view value);  // an item, unless it is empty as FHIR text

 private:
  std::string& out_;
  bool first_ = true;
};

class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  ~JsonObject() { out_ += '}'; }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;
  // Where the value of the member is to be written. `name` needs no escapes.
  std::string& member(std::string_view name) {
    out_ += first_ ? "\"" : ",\"";
    first_ = false;
    out_ += name;
    out_ += "\":";
    return out_;
  }
  void text(std::string_view name, std::string_view value);   // left out when empty
  void plain(std::string_view name, std::string_view value);  // known to need no escapes
  void number(std::string_view name, std::uint64_t value);
  void flag(std::string_view name, bool value) { member(name) += value ? "true" : "false"; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace mappers::fhir
