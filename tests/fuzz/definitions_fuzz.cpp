// Tables of packs and official definitions, whatever they hold: read or refused with a place, and what was
// read is a tree whose every element is found by its id.
#include <cstdlib>

#include "gateway/definitions/pack_reader.h"
#include "gateway/definitions/package_reader.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;

constexpr std::string_view kTypes =
    "version\t1\nprefix\tsd:\thttp://example.org/\n"
    "structure\tsd:Element\tElement\tcomplex-type abstract\n Element\t0..*\n"
    "  extension\t0..*\ttype=Extension\tslicing=open value:url\n"
    "structure\tsd:Coding\tCoding\tcomplex-type\tbase=sd:Element\n Coding\n  system\t0..1\ttype=uri\n";
constexpr const char* kTables[] = {"types.tsv", "code-systems.tsv", "value-sets.tsv", "search-parameters.tsv",
                                   "concept-maps.tsv"};

void check(bool holds) {
  if (!holds) std::abort();
}

std::size_t below(const Element& element) {
  std::size_t count = 1;
  for (const Element* child : element.children) count += below(*child);
  for (const Element* slice : element.slices) count += below(*slice);
  return count;
}

void check_all(const Definitions& definitions) {
  for (const Structure* structure : definitions.structures()) {
    check(structure->root && below(*structure->root) == structure->elements.size());
    for (const Element& element : structure->elements) check(structure->element(element.id) != nullptr);
    check(definitions.structure(structure->url) != nullptr);
    definitions.is_a(structure->type, "Element");
  }
  const ValueSets& sets = definitions.value_sets();
  for (const ValueSet& set : sets.all_value_sets()) {
    const auto codings = sets.expansion(set.url);
    sets.contains(set.url, "s", "c");
    if (codings && sets.value_set(set.url) == &set)
      for (const Coding& coding : *codings)
        check(sets.contains(set.url, coding.system, coding.code) == Membership::Yes);
  }
  for (const SearchParameter& parameter : definitions.search_parameters().all())
    for (const std::string& base : parameter.bases)
      check(definitions.search_parameters().find(base, parameter.code) != nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const PackageLimits limits{.max_file_bytes = 1u << 20, .max_elements = 1000};
  Definitions definitions;
  check(read_table("types.tsv", kTypes, "types", limits, definitions).ok());
  const unsigned kind = data[0] % (std::size(kTables) + 1);
  const auto outcome = kind < std::size(kTables)
                           ? read_table(kTables[kind], text, "pack", limits, definitions)
                           : read_package_file(text, "file.json", "package", limits, definitions);
  if (!outcome) check(!outcome.error().where.empty());
  check_all(definitions);
  return 0;
}
