#include "mappers/fhir/device.h"

#include "gateway/base/text.h"
#include "mappers/fhir/packs.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::model::Series;

// DeviceEuImaging: extension Device.category of R5 with the code of diagnostic imaging equipment.
void add_category(JsonObject& device) {
  JsonArray extensions(device.member("extension"));
  JsonObject extension(extensions.item());
  extension.plain("url", kDeviceCategory);
  append_coded(extension.member("valueCodeableConcept"), kSnomed, "314789007");
}

void add_device_identifiers(JsonObject& device, const Series& series) {
  const std::string uid = fhir_text(series.device_uid);
  const std::pair<std::string_view, const std::string*> named[] = {{"Device ID", &series.device_id},
                                                                   {"Gantry ID", &series.gantry_id}};
  if (!is_oid(uid) && fhir_text(series.device_id).empty() && fhir_text(series.gantry_id).empty()) return;
  JsonArray identifiers(device.member("identifier"));
  if (is_oid(uid)) {
    JsonObject identifier(identifiers.item());
    identifier.plain("system", kDicomUid);
    identifier.plain("value", "urn:oid:" + uid);
  }
  for (const auto& [type, value] : named) {
    if (fhir_text(*value).empty()) continue;
    JsonObject identifier(identifiers.item());
    {
      JsonObject concept_object(identifier.member("type"));
      concept_object.plain("text", type);
    }
    identifier.text("value", *value);
  }
}

void add_device_names(JsonObject& device, const Series& series) {
  const std::pair<std::string_view, const std::string*> names[] = {
      {"user-friendly-name", &series.station_name}, {"model-name", &series.model_name}};
  if (fhir_text(series.station_name).empty() && fhir_text(series.model_name).empty()) return;
  JsonArray list(device.member("deviceName"));
  for (const auto& [type, name] : names) {
    if (fhir_text(*name).empty()) continue;
    JsonObject item(list.item());
    item.text("name", *name);
    item.plain("type", type);
  }
}

void add_versions(JsonObject& device, const Series& series) {
  if (fhir_text(series.software_versions).empty()) return;
  JsonArray versions(device.member("version"));
  for (const std::string_view version : gateway::split(series.software_versions, '\\')) {
    if (fhir_text(version).empty()) continue;
    JsonObject item(versions.item());
    item.text("value", version);
  }
}

}  // namespace

std::string device_display(const Series& series) {
  std::string display;
  for (const auto* part : {&series.manufacturer, &series.model_name, &series.station_name}) {
    const std::string text = fhir_text(*part);
    if (!text.empty()) display += (display.empty() ? "" : " ") + text;
  }
  return display;
}

bool append_device(std::string& out, std::string_view id, const Series& series, std::string_view owner,
                   const RenderOptions&) {
  const bool known = is_oid(series.device_uid) || !fhir_text(series.device_serial).empty() ||
                     !fhir_text(series.device_id).empty() || !fhir_text(series.udi).empty() ||
                     !device_display(series).empty();
  if (!known) return false;
  JsonObject device(out);
  device.plain("resourceType", "Device");
  device.text("id", id);
  add_category(device);
  add_device_identifiers(device, series);
  if (const std::string udi = fhir_text(series.udi); !udi.empty()) {
    JsonArray carriers(device.member("udiCarrier"));
    JsonObject carrier(carriers.item());
    carrier.text("carrierHRF", udi);
  }
  device.plain("status", "unknown");  // that it is in use still is nothing an image can say
  device.text("manufacturer", series.manufacturer);
  device.text("serialNumber", series.device_serial);
  add_device_names(device, series);
  device.text("modelNumber", series.model_name);
  add_versions(device, series);
  if (!owner.empty()) {
    JsonObject reference(device.member("owner"));
    reference.text("reference", owner);
  }
  return true;
}

std::string organization_name(const Series& series) {
  std::string name = fhir_text(series.institution);
  if (name.empty() && !series.institution_codes.empty())
    name = fhir_text(series.institution_codes.front().meaning);
  return name;
}

bool append_organization(std::string& out, std::string_view id, const Series& series,
                         const RenderOptions& options) {
  const std::string name = organization_name(series);
  if (name.empty()) return false;
  JsonObject organization(out);
  organization.plain("resourceType", "Organization");
  organization.text("id", id);
  const Coding code = series.institution_codes.empty()
                          ? Coding{}
                          : coding_of(series.institution_codes.front(), options, series.coding_schemes);
  if (!code.code.empty()) {
    JsonArray identifiers(organization.member("identifier"));
    JsonObject identifier(identifiers.item());
    identifier.text("system", code.system);
    identifier.text("value", code.code);
  }
  organization.text("name", name);
  if (const std::string address = fhir_text(series.institution_address); !address.empty()) {
    JsonArray addresses(organization.member("address"));
    JsonObject item(addresses.item());
    item.text("text", address);
  }
  return true;
}

}  // namespace mappers::fhir
