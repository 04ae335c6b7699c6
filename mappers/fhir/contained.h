// Contained: the small resources that another one needs, each once however often it is referred to: inside of
// it, or apart, as further entries of a Bundle. One thread at a time.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappers/fhir/json_writer.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

class Contained {
 public:
  // With `apart` resources go there with a urn:uuid of their content (References::apart).
  explicit Contained(std::vector<ApartResource>* apart = nullptr) : apart_(apart) {}
  // `resource` is JSON without an id that begins with resourceType. "#<name>-<number>", to refer to it; or
  // the urn.
  std::string add(std::string_view name, std::string resource);
  // The member `contained`, unless there is nothing.
  void write(JsonObject& resource) const;

 private:
  std::map<std::string, std::string, std::less<>> ids_;         // by resource
  std::vector<std::pair<std::string, std::string>> resources_;  // id and JSON, in the order they came
  std::map<std::string, int, std::less<>> counts_;
  std::vector<ApartResource>* apart_;
};

}  // namespace mappers::fhir
