// Router::wadl: the description of routes as a Web Application Description Language document (W3C Member
// Submission 31 August 2009), which DICOMweb asks for (PS3.18 section 8.9).
#include <map>

#include "gateway/base/text.h"
#include "gateway/codec/xml_text.h"
#include "gateway/http/router.h"

namespace gateway::http {
namespace {

void append_parameter(std::string& out, std::string_view name, std::string_view style, std::string_view doc) {
  out += "<param";
  codec::append_xml_attribute(out, "name", name);
  codec::append_xml_attribute(out, "style", style);
  codec::append_xml_attribute(out, "type", "xs:string");
  if (style == "template") codec::append_xml_attribute(out, "required", "true");
  if (doc.empty()) {
    out += "/>";
    return;
  }
  out += "><doc>";
  codec::append_xml_text(out, doc);
  out += "</doc></param>";
}

void append_representations(std::string& out, const std::vector<std::string>& types) {
  for (const std::string& type : types) {
    out += "<representation";
    codec::append_xml_attribute(out, "mediaType", type);
    out += "/>";
  }
}

void append_method(std::string& out, const Route& route) {
  out += "<method";
  codec::append_xml_attribute(out, "name", name_of(route.method));
  out += "><doc>";
  codec::append_xml_text(out, route.info.summary);
  out += "</doc>";
  if (!route.info.query.empty() || !route.info.consumes.empty()) {
    out += "<request>";
    for (const Parameter& query : route.info.query)
      append_parameter(out, query.name, "query", query.description);
    append_representations(out, route.info.consumes);
    out += "</request>";
  }
  out += "<response>";
  append_representations(out, route.info.produces);
  out += "</response></method>";
}

void append_resource(std::string& out, std::string_view path, const std::vector<const Route*>& routes) {
  out += "<resource";
  codec::append_xml_attribute(out, "path", path.substr(1));
  out += '>';
  for (const auto segment : split(path, '/'))
    if (segment.size() > 2 && segment.front() == '{')
      append_parameter(out, segment.substr(1, segment.size() - 2), "template", {});
  for (const Route* route : routes) append_method(out, *route);
  out += "</resource>";
}

}  // namespace

std::string Router::wadl(std::string_view base_url, std::string_view prefix) const {
  std::map<std::string_view, std::vector<const Route*>> resources;
  for (const auto& route : routes()) {
    if (route->method != Method::Options && is_at_or_below(route->path_template, prefix))
      resources[route->path_template].push_back(route.get());
  }
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<application xmlns=\"http://wadl.dev.java.net/2009/02\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
      "<resources";
  codec::append_xml_attribute(out, "base", std::string(base_url) + "/");
  out += '>';
  for (const auto& [path, routes] : resources) append_resource(out, path, routes);
  return out + "</resources></application>\n";
}

}  // namespace gateway::http
