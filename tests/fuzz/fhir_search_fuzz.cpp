// FHIR searches: any query string is parsed or refused within its bounds; what is parsed becomes conditions
// that hold or not for any resource, and gives links that are read back as the same search. The first line is
// the query, the second the resource.
#include <cstdlib>

#include "gateway/codec/json.h"
#include "gateway/codec/uri.h"
#include "gateway/definitions/definitions.h"
#include "gateway/fhir/search_criteria.h"
#include "gateway/fhir/search_extract.h"

namespace {

using namespace gateway;

void check(bool holds) {
  if (!holds) std::abort();
}

struct World {
  std::shared_ptr<const definitions::Definitions> definitions;
  std::unique_ptr<fhir::Extractor> extractor;
  World() {
    definitions::Sources sources;
    sources.folder = SOURCE_DIR "/profiles/fhir";
    sources.packs = {"r4-core-4.0.1"};
    auto loaded = definitions::Definitions::load(sources);
    check(loaded.ok());
    definitions = *loaded;
    auto made = fhir::Extractor::make(*definitions, "+01:00");
    check(made.ok());
    extractor = std::move(*made);
  }
};

void test(const World& world, const fhir::SearchRequest& request, std::string_view text) {
  std::vector<model::SearchValue> values;
  if (const auto resource = codec::parse_json(text, {1 << 16, 32}))
    values = world.extractor->values("Observation", *resource, "http://s/fhir");
  const fhir::CriteriaContext context{world.definitions->search_parameters(), world.definitions->value_sets(),
                                      "http://s/fhir", "+01:00", 1'700'000'000'000'000};
  for (const fhir::Criterion& criterion : request.criteria) {
    if (!criterion.parameter || !criterion.chain.empty()) continue;
    auto condition = fhir::condition_of(criterion, context);
    if (!condition) continue;
    const bool holds = model::matches(*condition, {"Observation", "o", 1}, values);
    condition->negated = !condition->negated;
    check(holds != model::matches(*condition, {"Observation", "o", 1}, values));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto query = codec::parse_query(text.substr(0, line));
  if (!query) return 0;
  for (const bool strict : {false, true}) {
    const auto request =
        fhir::parse_search("Observation", *query, {20, 1000, strict}, world.definitions->search_parameters());
    if (!request) continue;
    check(request->count <= 1000 && request->criteria.size() <= fhir::kMaxParameters);
    const std::string link = fhir::page_link(*request, {});
    const auto mark = link.find('?');
    if (mark != std::string::npos) {
      const auto again = codec::parse_query(link.substr(mark + 1));
      check(again.ok());
      const auto same =
          fhir::parse_search("Observation", *again, {20, 1000, true}, world.definitions->search_parameters());
      check(same.ok() && same->criteria.size() == request->criteria.size());
    }
    if (line != std::string_view::npos) test(world, *request, text.substr(line + 1));
  }
  return 0;
}
