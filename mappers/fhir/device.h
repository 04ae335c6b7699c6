// Device and Organization: what made the images, and where (FHIR R4; DeviceEuImaging, organization-eu-core).
//
// Each is appended as a resource of its own with the id given; without one it is made to be contained. False,
// and nothing appended, when the record says nothing of it. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "mappers/fhir/render.h"

namespace mappers::fhir {

// manufacturer (0008,0070), model (0008,1090), station (0008,1010), serial number (0018,1000), versions
// (0018,1020), identifiers (0018,1002), (0018,1003), (0018,1008), UDI (0018,100A). `owner` is a reference.
bool append_device(std::string& out, std::string_view id, const gateway::model::Series& series,
                   std::string_view owner, const RenderOptions& options);
// "Maker Model Station": how a reference shows the device.
std::string device_display(const gateway::model::Series& series);

// name (0008,0080), else the meaning of its code; identifier (0008,0082), address (0008,0081).
bool append_organization(std::string& out, std::string_view id, const gateway::model::Series& series,
                         const RenderOptions& options);
std::string organization_name(const gateway::model::Series& series);

}  // namespace mappers::fhir
