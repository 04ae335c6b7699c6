// The messages of a DICOMweb client: targets of requests, bodies of answers. Pure functions over what another
// system sent; errors do not name it, their caller does. Inside of this folder only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/model/source_port.h"

namespace gateway::sources {

// PS3.18 section 10.6.1: the resource by level and parents, each key a parameter, empty ones includefield.
// Without limit and offset.
std::string search_target(const model::RemoteQuery& query);
// For servers that do not decode the values of parameters, and so find nothing: wildcards in place of what
// has to be encoded. Nothing when there is nothing like that. What is found more has to be sifted by the
// caller.
std::optional<model::RemoteQuery> without_encoding(const model::RemoteQuery& query);
// "/studies/1.2/series/1.3/instances/1.4": as deep as the id goes.
std::string resource_of(const model::RemoteId& id);

// The objects of an answer: parts of multipart/related (PS3.18 section 8.6.1.2.1), or one application/dicom.
// The parts keep the body alive. Errors: InvalidBody, TruncatedBody, UnsupportedMediaType.
Result<std::vector<std::shared_ptr<const ByteSource>>> objects_of(
    const std::shared_ptr<const ByteSource>& body, std::string_view content_type);

// The body of a STOW-RS request, and its Content-Type (PS3.18 section 10.5.1).
struct StoreBody {
  std::string content_type;
  std::vector<std::shared_ptr<const ByteSource>> pieces;
};
StoreBody store_body(std::span<const std::shared_ptr<const ByteSource>> objects, const std::string& boundary);
// What a Store Instances Response (PS3.18 section 10.5.3.3) says about each of these instances, in their
// order; one that it passes over in silence has failed. Error: InvalidBody.
Result<std::vector<model::RemoteStoreOutcome>> store_outcomes(std::string_view response,
                                                              std::span<const std::string> sop_instance_uids);

}  // namespace gateway::sources
