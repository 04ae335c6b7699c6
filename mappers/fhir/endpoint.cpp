#include "gateway/base/ids.h"
#include "mappers/fhir/render.h"
#include "mappers/fhir/resource_parts.h"

namespace mappers::fhir {

std::string endpoint_version(std::string_view address) { return gateway::sha256_hex(address).substr(0, 12); }

// FHIR R4 Endpoint: status, connectionType, payloadType and address are mandatory.
void append_endpoint(std::string& out, std::string_view address, std::int64_t updated_us) {
  JsonObject endpoint(out);
  endpoint.plain("resourceType", "Endpoint");
  endpoint.plain("id", kEndpointId);
  add_meta(endpoint, endpoint_version(address), updated_us);
  endpoint.plain("status", "active");
  append_coding(endpoint.member("connectionType"),
                "http://terminology.hl7.org/CodeSystem/endpoint-connection-type", "dicom-wado-rs",
                "DICOM WADO-RS");
  endpoint.plain("name", "DICOMweb retrieval");
  {
    JsonArray types(endpoint.member("payloadType"));
    JsonObject type(types.item());
    {
      JsonArray codings(type.member("coding"));
      append_coding(codings.item(), "http://terminology.hl7.org/CodeSystem/endpoint-payload-type", "none",
                    "None");
    }
    type.plain("text", "DICOM WADO-RS");
  }
  {
    JsonArray media_types(endpoint.member("payloadMimeType"));
    media_types.text("application/dicom");
    media_types.text("application/dicom+json");
  }
  endpoint.text("address", address);
}

}  // namespace mappers::fhir
