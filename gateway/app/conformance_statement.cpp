#include "gateway/app/conformance_statement.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>

#include "gateway/app/version.h"
#include "gateway/base/text.h"
#include "gateway/dimse/peer.h"
#include "gateway/dimse/uids.h"
#include "gateway/pixel/codec.h"
#include "mappers/dicom/charset.h"
#include "mappers/dicom/dictionary.h"
#include "mappers/dicom/transfer_syntax.h"

namespace gateway::app {
namespace {

// Markdown, section by section.
class Statement {
 public:
  void section(int depth, std::string_view title) {
    text_ += "\n" + std::string(static_cast<std::size_t>(depth), '#') + " " + std::string(title) + "\n\n";
  }
  void paragraph(std::string_view words) { text_ += std::string(words) + "\n\n"; }
  void header(std::initializer_list<std::string_view> cells) {
    row(cells);
    text_ += "|";
    for (std::size_t i = 0; i < cells.size(); ++i) text_ += " --- |";
    text_ += "\n";
  }
  void row(std::initializer_list<std::string_view> cells) {
    text_ += "|";
    for (const std::string_view cell : cells) {
      text_ += ' ';
      for (const char c : cell) text_ += c == '|' ? std::string("\\|") : std::string(1, c);
      text_ += " |";
    }
    text_ += "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

void overview(Statement& out, const Config& config) {
  out.paragraph("# DICOM Conformance Statement: ehds-gateway " + std::string(kVersion));
  out.section(2, "1 Conformance Statement Overview");
  out.paragraph(
      "ehds-gateway stores, indexes and serves DICOM objects, or stands in front of systems that hold them. "
      "The tables of this statement are printed from the tables that the program works by, for the "
      "configuration it was called with.");
  out.header({"Service", "As client (SCU, user agent)", "As server (SCP, origin server)"});
  const char* scp = config.dimse_listen.empty() ? "not configured (dimse.listen)" : "yes";
  const bool dimse_source = std::any_of(config.sources.begin(), config.sources.end(),
                                        [](const SourceConfig& source) { return source.kind == "dimse"; });
  const bool web_source = std::any_of(config.sources.begin(), config.sources.end(),
                                      [](const SourceConfig& source) { return source.kind == "dicomweb"; });
  const char* scu = dimse_source ? "yes" : "when a DIMSE source is configured";
  const char* agent = web_source ? "yes" : "when a DICOMweb source is configured";
  out.row({"Verification (C-ECHO)", scu, scp});
  out.row({"Storage (C-STORE), every storage SOP class", scu, scp});
  out.row({"Query/Retrieve, Study Root (C-FIND, C-MOVE, C-GET)", scu, scp});
  out.row({"Query/Retrieve, Patient Root (C-FIND, C-MOVE, C-GET)", "no", scp});
  out.row({"Storage Commitment Push Model", "no", scp});
  out.row({"Studies Service: Search, Retrieve, Store (QIDO-RS, WADO-RS, STOW-RS)", agent, "yes"});
  out.row({"Rendered resources and thumbnails", "no", "yes"});
  out.row({"URI Service (WADO-URI)", "no", "yes"});
  out.row({"Worklist Service (UPS-RS) with notifications", "no", "yes"});
  out.row({"Storage Commitment Service (web)", "no", "yes"});
  out.row({"Retrieve Capabilities", "no", "yes"});
}

void introduction(Statement& out) {
  out.section(2, "3 Introduction");
  out.paragraph(
      "Written for those who connect imaging systems with this gateway. Conformance alone does not promise "
      "interoperability; compare the statements of both sides, then test. Terms are those of PS3.1 to PS3.19 "
      "and of RFC 9110.");
}

void model(Statement& out) {
  out.section(2, "4 Networking");
  out.section(3, "4.1 Implementation model");
  out.paragraph(
      "Objects come in by STOW-RS, C-STORE, from folders or from sources behind the gateway; they are read, "
      "mapped and indexed once. Search answers, metadata, rendered images, C-FIND and C-MOVE answers come "
      "from "
      "that one index. An object is acknowledged when it and its index entry are durable.");
  out.paragraph(
      "A second object with a known SOP Instance UID is a success when its bytes are the same, else it is "
      "refused (0111H); the first one stays.");
}

void web_services(Statement& out, const http::Router& router, const mappers::engine::Table& table) {
  out.section(3, "4.2 Web services");
  out.section(4, "4.2.1 Resources and methods");
  out.header({"Method", "Resource", "Answers", "Takes"});
  for (const auto& route : router.routes())
    if (route->info.tag == "DICOMweb" && route->method != http::Method::Options)
      out.row({http::name_of(route->method), "`" + route->path_template + "`", joined(route->info.produces),
               joined(route->info.consumes)});
  out.section(4, "4.2.2 Query parameters");
  std::map<std::string, std::string> parameters;
  for (const auto& route : router.routes())
    if (route->info.tag == "DICOMweb")
      for (const auto& query : route->info.query) parameters.emplace(query.name, query.description);
  out.header({"Parameter", "Meaning"});
  for (const auto& [name, meaning] : parameters) out.row({"`" + name + "`", meaning});
  out.section(4, "4.2.3 Attributes that are matched by an index");
  out.paragraph(
      "Every other attribute is matched on the stored metadata of the candidates that the indexed keys "
      "leave; "
      "a search that would have to look at too many is refused, naming the key. Person names match without "
      "case in any of the three component groups; wild cards are case-sensitive elsewhere (PS3.4 "
      "C.2.2.2.4).");
  out.header({"Tag", "Keyword", "Record field"});
  for (const auto& field : model::FieldRef::all()) {
    const auto tag = table.tag_of(field.path());
    if (!tag || field.packed()) continue;
    const auto* entry = mappers::dicom::find(mappers::dicom::make_tag(*tag));
    if (entry) out.row({mappers::dicom::hex(entry->tag), entry->keyword, field.path()});
  }
}

std::string seconds(std::chrono::milliseconds time) { return std::to_string(time.count() / 1000) + " s"; }

void dimse_entity(Statement& out, const Config& config) {
  namespace sop = dimse::sop_class;
  out.section(3, "4.3 DIMSE application entity " + config.dimse_ae_title);
  out.paragraph(
      "Associations are accepted from the titles (and hosts) of the [[peer]] tables, or from anybody with "
      "dimse.any_caller, when they call the title above; up to " +
      std::to_string(config.dimse_max_associations) +
      " at once. C-MOVE sends to the same peers. Abstract syntaxes that are not listed are taken for storage "
      "SOP classes, so that standard, retired and private ones are accepted alike, in any transfer syntax.");
  out.header({"SOP class", "UID", "Notes"});
  out.row({"Verification", sop::kVerification, ""});
  out.row({"Storage", "any", "level 2 (full); B007H when command and data set name different instances"});
  out.row({"Patient Root Q/R FIND, MOVE, GET",
           std::string(sop::kPatientRootFind) + ", " + std::string(sop::kPatientRootMove) + ", " +
               std::string(sop::kPatientRootGet),
           "relational queries when negotiated"});
  out.row({"Study Root Q/R FIND, MOVE, GET",
           std::string(sop::kStudyRootFind) + ", " + std::string(sop::kStudyRootMove) + ", " +
               std::string(sop::kStudyRootGet),
           "relational queries when negotiated"});
  out.row({"Storage Commitment Push Model", sop::kStorageCommitment,
           "the report goes on an association of its own to a known peer, else on the same one"});
  const dimse::DimseLimits limits;
  out.paragraph("");
  out.header({"Limit", "Value"});
  out.row({"PDU that is received", std::to_string(limits.max_pdu) + " bytes"});
  out.row({"ARTIM timer", seconds(limits.associate)});
  out.row({"next part of a message", seconds(limits.message)});
  out.row({"idle association", seconds(limits.idle)});
}

void status_codes(Statement& out) {
  out.section(3, "4.4 Status codes and failure reasons");
  out.paragraph("Of HTTP answers (RFC 9457 problem details) and of (0008,1197) or (0000,0900).");
  out.header({"Reason", "HTTP", "DICOM"});
  for (std::size_t i = 0; i < error_code_count(); ++i) {
    const ErrorFace& face = face_of(static_cast<ErrorCode>(i));
    char status[8];
    std::snprintf(status, sizeof status, "%04XH", face.dicom_status);
    out.row({face.title, std::to_string(face.http_status), status});
  }
}

void syntaxes(Statement& out) {
  out.section(3, "4.5 Transfer syntaxes");
  out.paragraph(
      "All of them, and those that are not named here, are stored byte for byte. Implicit VR and big endian "
      "objects leave by DICOMweb as Explicit VR Little Endian (PS3.18 8.7.3).");
  out.header({"UID", "Name", "Decoded", "Made"});
  for (const auto& syntax : mappers::dicom::known_transfer_syntaxes())
    out.row({syntax.uid, syntax.name, pixel::can_decode(syntax.uid) ? "yes" : "no",
             mappers::dicom::is_web_syntax(syntax.uid) && pixel::can_encode(syntax.uid) ? "yes" : "no"});
}

void configuration(Statement& out) {
  out.section(3, "4.6 Network interfaces and configuration");
  out.paragraph(
      "TCP/IP. HTTP/1.1 and HTTPS (TLS 1.2, 1.3); DIMSE plain or over TLS. Every key, with its default, as "
      "`ehds-gateway config --explain` prints it:");
  out.paragraph("```toml\n" + explain_config() + "```");
}

void media_and_text(Statement& out) {
  out.section(2, "5 Media interchange");
  out.paragraph(
      "`application/zip` answers of studies, series and instances are DICOM file-sets with a DICOMDIR "
      "(PS3.10). "
      "Folders of Part 10 files are read, with or without DICOMDIR.");
  out.section(2, "6 Support of character sets");
  std::vector<std::string> terms;
  for (const std::string_view term : mappers::dicom::defined_terms()) terms.emplace_back(term);
  out.paragraph("Read: the default repertoire, " + joined(terms) + ". Written: ISO_IR 192 on the web.");
  out.section(2, "7 Security");
  out.paragraph(
      "Without configuration only loopback addresses are served. HTTPS by `server.https_listen`, secure "
      "transport connection profiles for DIMSE by `dimse.certificate`. Callers are checked against the "
      "[[peer]] tables. Compressed pixel data are decoded in separate processes.");
}

void annexes(Statement& out, const mappers::engine::Table& table) {
  out.section(2, "8 Annexes");
  out.section(3, "8.1 Attributes from which records are made");
  out.header({"Field", "Attribute", "Clause"});
  for (const auto& rule : table.rules()) out.row({rule.to, rule.from, rule.spec});
  out.section(3, "8.2 Data dictionary of private attributes, coded terminology, grayscale consistency");
  out.paragraph(
      "No private attributes are created; private attributes of others are kept. Codes of objects are passed "
      "on unchanged. Rendered images follow PS3.3 C.11 and are not calibrated for display.");
}

}  // namespace

std::string conformance_statement(const Config& config, const http::Router& router,
                                  const mappers::engine::Table& table) {
  Statement out;
  overview(out, config);
  out.section(2, "2 Table of contents");
  out.paragraph(
      "1 Overview, 3 Introduction, 4 Networking (4.1 Implementation model, 4.2 Web services, 4.3 DIMSE "
      "application entity, 4.4 Status codes, 4.5 Transfer syntaxes, 4.6 Interfaces and configuration), 5 "
      "Media, "
      "6 Character sets, 7 Security, 8 Annexes");
  introduction(out);
  model(out);
  web_services(out, router, table);
  dimse_entity(out, config);
  status_codes(out);
  syntaxes(out);
  configuration(out);
  media_and_text(out);
  annexes(out, table);
  return out.take();
}

}  // namespace gateway::app
