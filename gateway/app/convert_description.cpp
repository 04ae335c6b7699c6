#include "gateway/app/convert_description.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <optional>

#include "gateway/app/config.h"
#include "gateway/app/console.h"
#include "gateway/app/parts.h"
#include "gateway/base/bytes.h"
#include "gateway/base/json_text.h"
#include "gateway/codec/rdf_contexts.h"
#include "gateway/codec/rdf_read.h"
#include "mappers/dcat/convert.h"
#include "mappers/dcat/repair.h"
#include "mappers/dcat/vocabulary.h"

namespace gateway::app {
namespace {

constexpr std::array<std::string_view, 5> kMadeOfImages = {"dicom-json", "fhir", "turtle", "mado-fhir",
                                                           "mado-kos"};

Result<std::string> read_source(const std::string& path) {
  if (path != "-") return read_file(path, codec::RdfLimits().max_bytes);
  std::string text((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  if (text.size() > codec::RdfLimits().max_bytes)
    return fail(ErrorCode::BodyTooLarge, "the description is larger than 64 MiB", "-");
  return text;
}

Result<codec::Graph> read_graph(const std::string& path, const codec::ContextSource& contexts) {
  const std::string text = TRY(read_source(path));
  auto format = codec::format_of_name(path);
  if (!format) format = codec::guess_format(text);
  return codec::parse_rdf(text, format.value_or(codec::RdfFormat::Turtle),
                          path == "-" ? "urn:x-standard-input:" : "file:" + path, {}, contexts);
}

// The changes of a repair and the fates of a conversion, for people or for programs.
void report(const mappers::dcat::Repair* repair, const mappers::dcat::LossReport& losses, bool json) {
  if (!json) {
    std::fputs(((repair ? repair->text() : std::string()) + losses.text()).c_str(), stderr);
    return;
  }
  Value value = Value::map();
  if (repair) value.set("changes", repair->json());
  value.set("report", losses.json());
  std::fputs((to_json(value) + "\n").c_str(), stderr);
}

Result<void> write_result(const codec::Graph& graph, const std::string& path) {
  const auto format = codec::format_of_name(path).value_or(codec::RdfFormat::Turtle);
  const std::string text = TRY(codec::write_rdf(graph, format, mappers::dcat::prefixes()));
  return write_output(text, path);
}

}  // namespace

bool is_made_of_images(std::string_view to) {
  return std::find(kMadeOfImages.begin(), kMadeOfImages.end(), to) != kMadeOfImages.end();
}

Result<int> convert_description(const ConvertOptions& options) {
  const Config config = TRY(configure(options.common));
  const std::string profiles = find_profiles(config.profiles_folder);
  const auto releases = TRY(mappers::dcat::Releases::load(profiles + "/dcat"));
  const auto contexts = TRY(codec::ShippedContexts::load(profiles + "/jsonld"));
  const auto* to = releases.find(options.to);
  if (!to)
    return fail(ErrorCode::InvalidParameter,
                "'" + options.to + "' is neither an output made of images nor one of the releases " +
                    releases.names(),
                "--to");
  if (options.paths.size() != 1)
    return fail(ErrorCode::InvalidParameter, "one description is converted at a time", "paths");
  codec::Graph graph = TRY(read_graph(options.paths.front(), contexts.source()));
  std::optional<mappers::dcat::Repair> repaired;
  if (options.repair) {
    repaired = mappers::dcat::repair(releases, graph, *to);
    graph = repaired->graph;
  }
  const auto converted = mappers::dcat::convert(releases, graph, *to);
  report(repaired ? &*repaired : nullptr, converted.report, options.common.json);
  TRY_VOID(write_result(converted.graph, options.output));
  return converted.report.lossless() ? kOk : kFindings;
}

}  // namespace gateway::app
