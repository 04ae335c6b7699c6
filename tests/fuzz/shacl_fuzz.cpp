// Shapes and data from outside, and compact tables: the first byte chooses, a zero byte parts shapes from
// data.
#include <cstdint>
#include <string_view>

#include "gateway/shacl/shape_table.h"
#include "gateway/shacl/validate.h"
#include "gateway/shacl/value_space.h"
#include "gateway/shacl/vocabulary.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;

constexpr std::string_view kPrefixes =
    "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://x/> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n";

void validate(std::string_view shapes, std::string_view data) {
  ProfileBuilder builder("fuzz");
  if (!builder.add_shapes(std::string(kPrefixes) + std::string(shapes), codec::RdfFormat::Turtle,
                          "http://x/"))
    return;
  const auto profile = builder.build();
  if (!profile) return;
  DocumentOptions options;
  options.base = "http://x/";
  options.own_nodes = false;
  options.limits.max_steps = 100'000;
  options.limits.max_rows = 1'000;
  const auto report = validate_document(std::string(kPrefixes) + std::string(data), codec::RdfFormat::Turtle,
                                        **profile, options);
  if (!report) return;
  (void)to_text(*report);
  (void)to_json_value(*report);
  (void)to_graph(*report);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::size_t zero = text.find('\0');
  const std::string_view first = text.substr(0, zero);
  const std::string_view second = zero == std::string_view::npos ? std::string_view() : text.substr(zero + 1);
  switch (bytes[0] % 4) {
    case 0:
      validate(first, second);
      break;
    case 1:
      (void)read_shape_table(text, "fuzz", "/nowhere");
      break;
    case 2:
      (void)read_vocabulary_table(text, "fuzz");
      break;
    default:
      for (const char* type :
           {"dateTime", "date", "duration", "decimal", "integer", "double", "base64Binary"}) {
        (void)is_lexical_form(first, xsd(type));
        (void)compare_literals(codec::literal(first, xsd(type)), codec::literal(second, xsd(type)));
      }
  }
  return 0;
}
