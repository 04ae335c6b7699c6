// The entries of a batch or transaction as they are sent, and as they are answered (FHIR R4 http 3.1.0.11;
// bundle, 2.36). Plain data; the functions are thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/fhir/write_call.h"

namespace gateway::fhir {

struct BundleEntry {
  std::size_t number = 0;  // of the Bundle
  std::string full_url;
  http::Method method = http::Method::Get;
  std::string url;   // relative: "Patient/1", "Patient?identifier=x"
  std::string path;  // decoded, without '/' in front: "Patient/1"
  QueryPairs query;
  std::string if_match, if_none_match, if_none_exist, if_modified_since;
  const Value* resource = nullptr;  // of the Bundle, or null
};

// "Bundle.entry[2]"
std::string entry_where(std::size_t number);

// Error: InvalidBody naming the entry: no request, a method or URL that is none.
Result<BundleEntry> read_entry(const Value& entry, std::size_t number, const std::string& base);

// The write of an entry of a transaction. Error: InvalidBody for a URL that is none of an interaction, and
// UnsupportedMediaType for a patch that is neither in a Binary nor in Parameters.
Result<Call> call_of(const BundleEntry& entry, const Place& place);

// One answered entry: {"fullUrl","resource","response"} as compact JSON.
struct EntryAnswer {
  int status = 200;
  std::string full_url;  // empty: none
  std::string json;      // the resource; of a failure the outcome
  std::string outcome;   // of what was done, when the client wants one
  std::string location, etag;
  std::int64_t updated_us = 0;
};
void append_answer(std::string& out, const EntryAnswer& answer);

}  // namespace gateway::fhir
