#include "gateway/model/record_keys.h"

#include <algorithm>

namespace gateway::model {
namespace {

constexpr char kValue = 'v', kIssuer = 'i', kBoth = 'b';
constexpr char kBetween = '\x1F';

void add_once(std::vector<std::string>& all, std::string text) {
  if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
}

}  // namespace

std::vector<Identifier> identifiers_of(const Subject& subject) {
  std::vector<Identifier> all;
  const std::string& issuer = subject.issuer_entity.empty() ? subject.issuer : subject.issuer_entity;
  if (!subject.patient_id.empty()) all.push_back({subject.patient_id, issuer, {}});
  for (const Identifier& id : subject.other_ids)
    if (!id.value.empty()) all.push_back(id);
  return all;
}

std::string key_of_value(std::string_view value) { return kValue + std::string(value); }
std::string key_of_issuer(std::string_view issuer) { return kIssuer + std::string(issuer); }
std::string key_of(std::string_view issuer, std::string_view value) {
  return kBoth + std::string(issuer) + kBetween + std::string(value);
}

std::vector<std::string> identifier_keys(const Subject& subject) {
  std::vector<std::string> keys;
  for (const Identifier& id : identifiers_of(subject)) {
    add_once(keys, key_of_value(id.value));
    add_once(keys, key_of_issuer(id.issuer));
    add_once(keys, key_of(id.issuer, id.value));
  }
  return keys;
}

std::vector<std::string> order_keys(const Series& series) {
  std::vector<std::string> keys;
  for (const auto* requests : {&series.requests, &series.referenced_requests})
    for (const Request& request : *requests)
      if (!request.accession.value.empty()) add_once(keys, request.accession.value);
  return keys;
}

}  // namespace gateway::model
