#include "mappers/fhir/imaging_selection.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "gateway/base/ids.h"
#include "gateway/base/text.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir::report {
namespace {

constexpr std::string_view kSelection =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ImagingSelection.";
constexpr std::string_view kArtifact = "http://hl7.org/fhir/StructureDefinition/artifact-";

using Members = std::vector<const ReportReference*>;

std::string decimal(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return std::string(text, end);
}

// R5 has UIDs as id; what is none is told as text.
void add_uid(JsonArray& list, std::string_view url, const std::string& uid) {
  const std::string text = fhir_text(uid);
  if (text.empty()) return;
  JsonObject extension(list.item());
  extension.plain("url", url);
  extension.text(is_fhir_id(text) ? "valueId" : "valueString", text);
}

void add_text(JsonArray& list, std::string_view url, std::string_view type, const std::string& value) {
  if (fhir_text(value).empty()) return;
  JsonObject extension(list.item());
  extension.plain("url", url);
  extension.text("value" + std::string(type), value);
}

// imageRegion2D, imageRegion3D: type and coordinates
void add_region(JsonArray& list, std::string_view url, const ReportReference& reference) {
  JsonObject region(list.item());
  region.plain("url", url);
  JsonArray inner(region.member("extension"));
  add_text(inner, "regionType", "Code", gateway::lower(reference.graphic_type));
  for (const double coordinate : reference.points) {
    JsonObject extension(inner.item());
    extension.plain("url", "coordinate");
    extension.member("valueDecimal") += decimal(coordinate);
  }
}

bool has_region(const ReportReference& reference) {
  return !reference.graphic_type.empty() &&
         std::all_of(reference.points.begin(), reference.points.end(),
                     [](double value) { return value == value && value - value == 0; });
}

// instance: uid, sopClass, subset (frames or segments), imageRegion2D
void add_instance(JsonArray& list, const ReportReference& reference) {
  JsonObject instance(list.item());
  instance.plain("url", std::string(kSelection) + "instance");
  JsonArray inner(instance.member("extension"));
  add_uid(inner, "uid", reference.sop_instance_uid);
  if (is_oid(reference.sop_class_uid)) {
    JsonObject sop_class(inner.item());
    sop_class.plain("url", "sopClass");
    append_coding(sop_class.member("valueCoding"), kUri, "urn:oid:" + reference.sop_class_uid);
  }
  for (const auto* subset : {&reference.frames, &reference.segments})
    for (const std::int64_t number : *subset) add_text(inner, "subset", "String", std::to_string(number));
  if (has_region(reference) && !reference.solid) add_region(inner, "imageRegion2D", reference);
}

class SelectionWriter {
 public:
  SelectionWriter(Parts& parts, const Members& members, const SelectionWords& words)
      : parts_(parts), members_(members), words_(words), first_(*members.front()) {}

  void write(std::string& out, const std::string& id) {
    JsonObject basic(out);
    basic.plain("resourceType", "Basic");
    basic.plain("id", id);
    {
      JsonArray extensions(basic.member("extension"));
      add_facts(extensions);
      for (const ReportReference* member : members_) add_member(extensions, *member);
    }
    if (words_.whole) {
      JsonArray identifiers(basic.member("identifier"));
      append_uid(identifiers.item(), "00080018", "SOP Instance UID", {}, parts_.report.sop_instance_uid);
    }
    append_coded(basic.member("code"), "http://hl7.org/fhir/fhir-types", "ImagingSelection");
    parts_.add_subject(basic);
    if (const std::string created = fhir_date(parts_.report.date); !created.empty())
      basic.plain("created", created);
  }

 private:
  static std::string url(std::string_view element) { return std::string(kSelection) + std::string(element); }

  void add_facts(JsonArray& extensions) {
    add_text(extensions, std::string(kArtifact) + "title", "String", words_.title);
    add_text(extensions, std::string(kArtifact) + "description", "Markdown", words_.description);
    add_text(extensions, url("status"), "Code", "available");
    const Code& code = words_.code.value.empty() ? first_.role : words_.code;
    std::string concept_text;
    if (parts_.append_concept_of(concept_text, code)) {
      JsonObject extension(extensions.item());
      extension.plain("url", url("code"));
      extension.member("valueCodeableConcept") += concept_text;
    }
    add_uid(extensions, url("studyUid"), first_.study_uid);
    if (!first_.study_uid.empty()) {
      JsonObject extension(extensions.item());
      extension.plain("url", url("derivedFrom"));
      parts_.append_study(extension.member("valueReference"), first_.study_uid);
    }
    add_uid(extensions, url("seriesUid"), first_.series_uid);
    add_uid(extensions, url("frameOfReferenceUid"), first_.frame_of_reference_uid);
  }

  void add_member(JsonArray& extensions, const ReportReference& member) {
    if (!member.sop_instance_uid.empty()) add_instance(extensions, member);
    if (has_region(member) && member.solid) add_region(extensions, url("imageRegion3D"), member);
  }

  Parts& parts_;
  const Members& members_;
  const SelectionWords& words_;
  const ReportReference& first_;
};

auto place_of(const ReportReference& reference) {
  return std::tie(reference.role.scheme, reference.role.value, reference.study_uid, reference.series_uid,
                  reference.frame_of_reference_uid);
}

// Two selections are the same when everything but the id is.
std::string put_selection(Parts& parts, const Members& members, const SelectionWords& words) {
  if (parts.is_full()) return parts.put("Basic", {}, {});  // which says so, once
  std::string key;
  SelectionWriter(parts, members, words).write(key, "same");
  return parts.put_once("Basic", "s", gateway::sha256_hex(key), [&](std::string& out, const std::string& id) {
    SelectionWriter(parts, members, words).write(out, id);
  });
}

}  // namespace

std::vector<std::string> put_selections(Parts& parts, std::span<const ReportReference> references,
                                        const SelectionWords& words) {
  Members sorted;
  for (const ReportReference& reference : references) sorted.push_back(&reference);
  std::stable_sort(sorted.begin(), sorted.end(), [](const ReportReference* a, const ReportReference* b) {
    return place_of(*a) < place_of(*b);
  });
  std::vector<std::string> made;
  std::set<std::string> seen;
  for (auto from = sorted.begin(); from != sorted.end();) {
    const auto to = std::find_if(from, sorted.end(), [&](const ReportReference* other) {
      return place_of(*other) != place_of(**from);
    });
    std::string reference = put_selection(parts, Members(from, to), words);
    if (!reference.empty() && seen.insert(reference).second) made.push_back(std::move(reference));
    from = to;
  }
  return made;
}

}  // namespace mappers::fhir::report
