// Content that has to agree with itself: attachments and imaging studies.
#include <array>
#include <utility>

#include "gateway/definitions/primitive_rules.h"
#include "gateway/definitions/type_rules.h"

namespace gateway::definitions {
namespace {

constexpr std::string_view kUriSystem = "urn:ietf:rfc:3986";
constexpr std::string_view kOid = "urn:oid:";

std::optional<std::int64_t> number(const RuleContext& context, const Entry& entry, std::string_view name) {
  const Entry* child = context.tree.child(entry, name);
  const std::int64_t* value = child && child->value ? child->value->as_int() : nullptr;
  return value ? std::optional(*value) : std::nullopt;
}

// A count may be larger than what is listed, since not all has to be (11.7.3); never smaller.
void check_count(RuleContext& context, const Entry& entry, std::string_view name, std::int64_t listed) {
  const auto stated = number(context, entry, name);
  if (!stated || *stated == listed || listed == 0) return;
  const std::string text = std::string(name) + " is " + std::to_string(*stated) + ", but " +
                           std::to_string(listed) + " are listed";
  const Entry& at = *context.tree.child(entry, name);
  if (*stated < listed)
    context.error("business-rule", at, text);
  else
    context.warning("business-rule", at, text + ": some are left out");
}

// DICOM PS3.5 9.1: digits and dots, at most 64 characters.
bool is_uid(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  bool at_start = true;
  for (const char c : text) {
    if (c != '.' && (c < '0' || c > '9')) return false;
    if (c == '.' && at_start) return false;
    at_start = c == '.';
  }
  return !at_start;
}

// SOP classes are URIs in rfc:3986, and there an OID has its prefix (11.7.3 "sopClass").
void check_sop_class(RuleContext& context, const Entry& instance) {
  const Entry* coding = context.tree.child(instance, "sopClass");
  if (!coding) return;
  const std::string_view system = context.tree.child_text(*coding, "system");
  std::string_view code = context.tree.child_text(*coding, "code");
  const bool prefixed = code.starts_with(kOid);
  if (prefixed) code.remove_prefix(kOid.size());
  if (code.empty()) return;
  if (system == kUriSystem && !prefixed)
    context.error(
        "value", *coding,
        "The SOP class " + quoted(code) + " must be a URI in this system: urn:oid:" + std::string(code));
  else if (!is_uid(code))
    context.error("value", *coding, "The SOP class " + quoted(code) + " is not a DICOM UID");
}

void check_uid(RuleContext& context, const Entry& entry) {
  const Entry* uid = context.tree.child(entry, "uid");
  if (uid && !uid->text().empty() && !is_uid(uid->text()))
    context.warning("value", *uid,
                    quoted(uid->text()) + " is not a DICOM UID: digits and dots, at most 64 characters");
}

}  // namespace

void check_attachment(RuleContext& context, const Entry& attachment) {
  const Entry* data = context.tree.child(attachment, "data");
  const Entry* hash = context.tree.child(attachment, "hash");
  if (hash && !hash->text().empty())
    if (const auto bytes = decode_base64(hash->text()); bytes && bytes->size() != 20)
      context.warning("value", *hash,
                      "The hash is not a SHA-1: it has " + std::to_string(bytes->size()) + " bytes, not 20");
  const auto size = number(context, attachment, "size");
  if (!data || !size) return;
  const auto bytes = decode_base64(data->text());
  if (bytes && static_cast<std::int64_t>(bytes->size()) != *size)
    context.error("value", attachment,
                  "The stated size " + std::to_string(*size) + " is not that of the data, " +
                      std::to_string(bytes->size()) + " bytes");
}

void check_imaging_study(RuleContext& context, const Entry& study) {
  std::int64_t series_count = 0, instance_count = 0;
  for (const Entry& series : context.tree.children(study)) {
    if (series.name != "series") continue;
    ++series_count;
    check_uid(context, series);
    std::int64_t own = 0;
    for (const Entry& instance : context.tree.children(series)) {
      if (instance.name != "instance") continue;
      ++own;
      check_uid(context, instance);
      check_sop_class(context, instance);
    }
    check_count(context, series, "numberOfInstances", own);
    instance_count += own;
  }
  check_count(context, study, "numberOfSeries", series_count);
  check_count(context, study, "numberOfInstances", instance_count);
}

const Structure* vital_signs_profile(const RuleContext& context, const Entry& observation) {
  // LOINC code and the last part of the profile's URL.
  static constexpr std::array kProfiles =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"29463-7", "bodyweight"},
                                                                    {"39156-5", "bmi"},
                                                                    {"2708-6", "oxygensat"},
                                                                    {"8302-2", "bodyheight"},
                                                                    {"8310-5", "bodytemp"},
                                                                    {"8867-4", "heartrate"},
                                                                    {"85353-1", "vitalspanel"},
                                                                    {"85354-9", "bp"},
                                                                    {"9279-1", "resprate"},
                                                                    {"9843-4", "headcircum"}});
  const Entry* code = context.tree.child(observation, "code");
  if (!code) return nullptr;
  for (const Entry& coding : context.tree.children(*code)) {
    if (coding.name != "coding" || context.tree.child_text(coding, "system") != "http://loinc.org") continue;
    const std::string_view given = context.tree.child_text(coding, "code");
    for (const auto& [loinc, name] : kProfiles)
      if (given == loinc)
        return context.definitions.structure("http://hl7.org/fhir/StructureDefinition/" + std::string(name));
  }
  return nullptr;
}

}  // namespace gateway::definitions
