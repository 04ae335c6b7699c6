#include "gateway/workitems/representation.h"

#include <algorithm>

#include "gateway/base/ids.h"
#include "gateway/base/json_text.h"
#include "gateway/codec/media_type.h"
#include "gateway/http/negotiate.h"
#include "gateway/workitems/attributes.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/native_xml.h"

namespace gateway::workitems {
namespace {

constexpr std::string_view kJson = "application/dicom+json";
constexpr std::string_view kXml = "application/dicom+xml";

Result<std::string> whole_body(const ByteSource& body) {
  std::string text(body.size(), '\0');
  const auto read = TRY(body.read_at(0, std::as_writable_bytes(std::span(text))));
  text.resize(read);
  return text;
}

bool is_xml(std::string_view type) { return type == kXml || type == "application/xml" || type == "text/xml"; }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0; });
}

Result<std::string> as_xml(const Value& item) {
  std::string text;
  TRY_VOID(mappers::dicom::append_native_xml(text, to_json(item)));
  return text;
}

// PS3.18 section 8.6.1.2: of results in XML each is a part.
Result<http::Response> write_parts(const std::vector<Value>& items) {
  std::string all;
  std::vector<std::string> parts;
  for (const Value& item : items) parts.push_back(TRY(as_xml(item)));
  for (const std::string& part : parts) all += part;
  const std::string boundary = "part-" + sha256_hex(all).substr(0, 32);
  std::string body;
  for (const std::string& part : parts)
    body += "--" + boundary + "\r\nContent-Type: " + std::string(kXml) + "\r\n\r\n" + part + "\r\n";
  body += "--" + boundary + "--\r\n";
  return http::Response::text(
      200, "multipart/related; type=\"" + std::string(kXml) + "\"; boundary=" + boundary, std::move(body));
}

}  // namespace

const std::vector<std::string>& body_types() {
  static const std::vector<std::string> types = {std::string(kJson), "application/json", std::string(kXml),
                                                 "application/xml", "text/xml"};
  return types;
}

Result<Value> read_body(const http::Request& request, bool may_be_empty) {
  std::string body = TRY(whole_body(*request.body));
  if (body.empty() && may_be_empty) return Value::map();
  const auto type = codec::parse_media_type(request.headers.get("Content-Type"));
  if (type.ok() && is_xml(type->type)) body = TRY(mappers::dicom::read_native_xml(body));
  auto sets = TRY(mappers::dicom::parse_dicom_json(body));
  if (sets.size() != 1) return fail(ErrorCode::InvalidBody, "the body has to be one data set");
  // Writing it as DICOM finds wrong types and values that the VR cannot hold.
  TRY(mappers::dicom::encode_data_set(sets.front()));
  Value data = in_order(std::move(sets.front()));
  if (element(data, tag::kCharacterSet) || !is_ascii(body)) put_text(data, tag::kCharacterSet, "ISO_IR 192");
  return data;
}

Result<Form> negotiate_form(const http::Request& request) {
  constexpr std::array<std::string_view, 4> kOffers = {kJson, "application/json", kXml, "multipart/related"};
  const std::string* asked = request.query_value("accept");
  const std::string accept = asked ? *asked : request.headers.joined("Accept");
  // Parts are of XML: for others there is nothing in parts.
  const bool parts = accept.find(kXml) != std::string::npos;
  const auto chosen = TRY(http::negotiate(accept, std::span(kOffers).first(parts ? 4 : 3)));
  return chosen < 2 ? Form::Json : chosen == 2 ? Form::Xml : Form::XmlParts;
}

Result<http::Response> write_items(const std::vector<Value>& items, Form form) {
  if (form == Form::Json) {
    std::string body;
    for (const Value& item : items) {
      body += body.empty() ? '[' : ',';
      append_json(body, item);
    }
    body += body.empty() ? "[]" : "]";
    return http::Response::text(200, kJson, std::move(body));
  }
  if (items.empty()) {
    http::Response nothing;
    nothing.status = 204;
    return nothing;
  }
  if (form == Form::Xml && items.size() == 1)
    return http::Response::text(200, kXml, TRY(as_xml(items.front())));
  return write_parts(items);
}

}  // namespace gateway::workitems
