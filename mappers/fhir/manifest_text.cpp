// Composition of a manifest (MadoComposition): what people read, the document as a whole and each series.
#include "gateway/base/json_text.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/document_reference.h"
#include "mappers/fhir/manifest_parts.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir::mado {
namespace {

using gateway::model::ManifestSeries;

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : fhir_text(text)) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
}

// A table of two columns in the XHTML of a Narrative (FHIR R4 narrative, 2.4.0).
class NarrativeTable {
 public:
  explicit NarrativeTable(std::string_view title) : html_("<div xmlns=\"http://www.w3.org/1999/xhtml\">") {
    html_ += "<p><b>";
    append_escaped(html_, title);
    html_ += "</b></p><table><tbody>";
  }
  void row(std::string_view name, std::string_view value) {
    if (fhir_text(value).empty()) return;
    html_ += "<tr><td>";
    append_escaped(html_, name);
    html_ += "</td><td>";
    append_escaped(html_, value);
    html_ += "</td></tr>";
  }
  void add_to(JsonObject& object) {
    if (html_.ends_with("<tbody>")) row("Content", "nothing is known");
    JsonObject text(object.member("text"));
    text.plain("status", "generated");
    gateway::append_json_string(text.member("div"), html_ + "</tbody></table></div>");
  }

 private:
  std::string html_;
};

std::string words_of(const std::vector<Code>& codes) {
  std::string words;
  for (const Code& code : codes)
    words += (words.empty() ? "" : ", ") + (code.meaning.empty() ? code.value : code.meaning);
  return words;
}

std::string title_of(const Manifest& manifest) {
  const std::string description = fhir_text(manifest.description);
  return description.empty() ? "Imaging study manifest" : "Imaging study manifest: " + description;
}

void add_narrative(JsonObject& composition, const Manifest& manifest) {
  NarrativeTable table(title_of(manifest));
  table.row("Study Instance UID", manifest.study_uid);
  table.row("Patient", display_name(manifest.subject.name));
  table.row("Started", fhir_date_time(manifest.date, manifest.time, manifest.timezone_offset));
  table.row("Modalities", words_of(manifest.modalities));
  table.row("Anatomical regions", words_of(manifest.regions));
  table.row("Procedures", words_of(manifest.procedures));
  for (const auto& order : manifest.orders) table.row("Accession number", order.accession.value);
  table.row("Series", std::to_string(manifest.series.size()));
  table.row("Instances", std::to_string(manifest.instance_count()));
  table.row("Author", manifest.creator.organization);
  table.add_to(composition);
}

std::string series_title(const ManifestSeries& series, std::size_t position) {
  return "Series " + std::to_string(series.number.value_or(static_cast<std::int64_t>(position) + 1));
}

void append_section(std::string& out, const Manifest& manifest, std::size_t position) {
  const ManifestSeries& series = manifest.series[position];
  JsonObject section(out);
  const std::string title = series_title(series, position);
  section.text("title", title);
  NarrativeTable table(title);
  table.row("Series Instance UID", series.uid);
  table.row("Modality", words_of({series.modality}));
  table.row("Description", series.description);
  table.row("Body site", words_of({series.body_site}));
  table.row("Started", fhir_date_time(series.date, series.time, manifest.timezone_offset));
  table.row("Instances", std::to_string(series.instances.size()));
  table.row("Retrieved from", series.retrieve_url);
  for (const auto& instance : series.instances) table.row("Key objects", words_of({instance.title}));
  table.add_to(section);
  JsonArray entries(section.member("entry"));
  append_urn_reference(entries.item(), "Endpoint", source_id(series.retrieve_url, series.location_uid));
}

void add_codes(JsonObject& composition) {
  append_coded(composition.member("type"), kLoinc, kImagingStudyDocument, "Diagnostic imaging Study");
  JsonArray categories(composition.member("category"));
  append_coded(categories.item(), kDocumentCategory, kImagingCategory, kImagingCategory);
}

void add_context(JsonObject& composition, const Manifest& manifest) {
  append_urn_reference(composition.member("subject"), "Patient", patient_id_of(manifest),
                       display_name(manifest.subject.name));
  if (const std::string created = created_text(manifest); !created.empty())
    composition.plain("date", created);
  else
    append_absent(composition.member("_date"));
  {
    JsonArray authors(composition.member("author"));
    append_urn_reference(authors.item(), "Device", kCreatorId);
    append_urn_reference(authors.item(), "Organization", kOrganizationId);
  }
  composition.text("title", title_of(manifest));
  JsonArray events(composition.member("event"));
  JsonObject event(events.item());
  JsonArray details(event.member("detail"));
  append_urn_reference(details.item(), "ImagingStudy", imaging_study_id(manifest.study_uid));
}

}  // namespace

void append_composition(std::string& out, const Manifest& manifest, const RenderOptions&) {
  JsonObject composition(out);
  begin_resource(composition, "Composition", "mado-composition", "MadoComposition");
  add_narrative(composition, manifest);
  append_uid_identifier(composition.member("identifier"), kUri, manifest.uid);
  composition.plain("status", "final");
  add_codes(composition);
  add_context(composition, manifest);
  JsonArray sections(composition.member("section"));
  for (std::size_t i = 0; i < manifest.series.size(); ++i) append_section(sections.item(), manifest, i);
}

}  // namespace mappers::fhir::mado
