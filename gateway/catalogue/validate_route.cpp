#include "gateway/catalogue/validate_route.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/catalogue/markup.h"
#include "gateway/catalogue/pages.h"
#include "gateway/codec/rdf_read.h"
#include "gateway/codec/uri.h"
#include "gateway/shacl/validate.h"

namespace gateway::catalogue {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kDefaultRelease = "healthdcat-ap-r8";
constexpr std::size_t kSmallDocument = 1u << 20;
constexpr std::array kReportOffers = {Offer{"application/json", "json", std::nullopt},
                                      Offer{"text/html", "html", std::nullopt},
                                      Offer{"text/turtle", "ttl", codec::RdfFormat::Turtle}};

struct Submission {
  std::string text;
  std::optional<codec::RdfFormat> format;
  std::string release{kDefaultRelease};
};

Result<std::string> body_of(const Request& request) {
  const auto size = static_cast<std::size_t>(request.body->size());
  if (size > kMaxDocument) return fail(ErrorCode::BodyTooLarge, "a description has at most 16 MiB");
  std::string text(size, '\0');
  std::size_t at = 0;
  while (at < size) {
    const auto some = std::as_writable_bytes(std::span(text)).subspan(at);
    const std::size_t got = TRY(request.body->read_at(at, some));
    if (got == 0) return fail(ErrorCode::TruncatedBody, "the body ended early");
    at += got;
  }
  return text;
}

// application/x-www-form-urlencoded (URL Standard section 5.1): the fields of our own form.
Result<void> read_form(std::string_view body, Submission& submission) {
  for (auto& [name, value] : TRY(codec::parse_query(body, codec::Plus::Space))) {
    if (name == "document") submission.text = std::move(value);
    if (name == "profile" && !value.empty()) submission.release = std::move(value);
  }
  return {};
}

Result<Submission> read_submission(const Request& request) {
  Submission submission;
  submission.text = TRY(body_of(request));
  if (const std::string* profile = request.query_value("profile")) submission.release = *profile;
  const std::string_view type = request.headers.get("Content-Type");
  if (type.starts_with(kForm)) {
    const std::string body = std::exchange(submission.text, {});
    TRY_VOID(read_form(body, submission));
  } else if (!type.empty()) {
    submission.format = codec::format_of_media_type(type);
    if (!submission.format && !type.starts_with("text/plain") &&
        !type.starts_with("application/octet-stream"))
      return fail(ErrorCode::UnsupportedMediaType,
                  "send text/turtle, application/ld+json, application/rdf+xml, application/n-triples or "
                  "application/trig",
                  "Content-Type");
  }
  if (!submission.format) submission.format = codec::guess_format(submission.text);
  if (!submission.format)
    return fail(ErrorCode::UnsupportedMediaType, "the syntax of the document is not known", "Content-Type");
  return submission;
}

std::string form(const std::vector<shacl::ReleaseInfo>& releases, const std::string& action) {
  std::string out =
      "<form method=\"post\" action=\"" + escaped(action) +
      "\"><p><label for=\"document\">Description (Turtle, JSON-LD, RDF/XML, N-Triples or TriG)</label></p>"
      "<textarea id=\"document\" name=\"document\" spellcheck=\"false\" required></textarea>"
      "<p><label for=\"profile\">Profile</label> <select id=\"profile\" name=\"profile\">";
  for (const auto& release : releases) {
    out += "<option value=\"" + escaped(release.release) + "\"" +
           (release.release == kDefaultRelease ? " selected" : "") + ">" + escaped(release.title) +
           "</option>";
    for (const std::string& level : release.levels)
      out += "<option value=\"" + escaped(release.release + ":" + level) + "\">" +
             escaped(release.title + ", " + level) + "</option>";
  }
  return out + "</select> <button>Validate</button></p></form>";
}

std::string focus_of(const shacl::Row& row) {
  return row.focus.kind == codec::Term::Kind::Iri ? link(row.focus.text, row.focus.text)
                                                  : escaped("_:" + row.focus.text);
}

std::string report_page(const mappers::dcat::RenderContext& context, const shacl::Report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const shacl::Row& row : report.rows)
    rows.push_back({row.severity == shacl::Severity::Violation ? "<strong class=\"bad\">Violation</strong>"
                                                               : escaped(shacl::to_text(row.severity)),
                    focus_of(row), escaped(row.path ? shacl::to_text(*row.path) : ""), escaped(row.message),
                    escaped(shacl::to_text(row.origin))});
  const bool valid = report.valid();
  std::string body = "<h1>" + std::string(valid ? "Valid" : "Not valid") + "</h1><p role=\"status\">" +
                     escaped(report.profile) + ": " + number(report.count(shacl::Severity::Violation)) +
                     " violations, " + number(report.count(shacl::Severity::Warning)) + " warnings in " +
                     number(report.triples) + " statements.</p>";
  if (report.dropped_rows) body += "<p>" + number(report.dropped_rows) + " more rows are not shown.</p>";
  if (!rows.empty()) body += grid("Results", {"Severity", "Node", "Path", "Message", "Graph"}, rows);
  body += "<p>" + link(context.base + "/validate", "Validate another description") + "</p>";
  Page frame{valid ? "Valid" : "Not valid", "", trail_of(context, "", ""), {}, ""};
  return page(context, frame, body);
}

Result<const shacl::Library*> library_of(const Parts& parts) {
  if (const auto* shapes = parts.catalogue.options().shapes) return shapes;
  return fail(ErrorCode::NotSupported, "no shapes are loaded");
}

}  // namespace

Result<Response> answer_validate_form(const Parts& parts, const Request& request) {
  const shacl::Library* library = TRY(library_of(parts));
  const auto releases = TRY(library->releases());
  const auto context = parts.catalogue.context(request.base_url);
  Page frame{"Validate a description", "", trail_of(context, "", ""), {}, ""};
  const std::string body =
      "<h1>Validate a description</h1><p>Programs send the document itself: "
      "<code>POST " +
      escaped(context.base) + "/validate?profile=healthdcat-ap-r8</code>, with its media type.</p>" +
      form(releases, context.base + "/validate?format=html");
  return respond(request, document_offers().back(), {page(context, frame, body), ""});
}

Result<Response> answer_validate(const Parts& parts, const Request& request) {
  const shacl::Library* library = TRY(library_of(parts));
  const Offer offer = TRY(choose(request, kReportOffers));
  const Submission submission = TRY(read_submission(request));
  shacl::DocumentOptions options;
  options.base = parts.catalogue.context(request.base_url).base + "/validate/document";
  // What comes over the network may not grow far beyond its size.
  options.limits.reading.max_bytes = std::max(kSmallDocument, submission.text.size());
  const shacl::Report report = TRY(
      shacl::validate_document(submission.text, *submission.format, *library, submission.release, options));
  if (offer.name == "html")
    return respond(request, offer, {report_page(parts.catalogue.context(request.base_url), report), ""});
  if (offer.format)
    return respond(request, offer,
                   {codec::write_turtle(shacl::to_graph(report), shacl::usual_prefixes()), ""});
  return respond_json(request, 200, shacl::to_json_value(report));
}

}  // namespace gateway::catalogue
