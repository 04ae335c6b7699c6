#include "gateway/dicomweb/model_answer.h"

#include <array>

#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/representation.h"
#include "gateway/http/negotiate.h"
#include "mappers/dicom/native_xml.h"

namespace gateway::dicomweb {

Result<ModelFormat> accept_model(const http::Request& request) {
  static constexpr std::array<std::string_view, 4> kOffers = {kDicomJson, kDicomXml, "application/json",
                                                              "application/xml"};
  const std::size_t chosen = TRY(http::negotiate(accepted(request), kOffers));
  return chosen % 2 ? ModelFormat::Xml : ModelFormat::Json;
}

Result<http::Response> model_answer(int status, ModelFormat format, std::string json) {
  if (format == ModelFormat::Json) return http::Response::text(status, kDicomJson, std::move(json));
  std::string xml;
  TRY_VOID(mappers::dicom::append_native_xml(xml, json));
  return http::Response::text(status, kDicomXml, std::move(xml));
}

}  // namespace gateway::dicomweb
