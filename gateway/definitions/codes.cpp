#include "gateway/definitions/codes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gateway::definitions {

namespace {

template <class Enum, std::size_t n>
std::optional<Enum> lookup(const std::array<std::pair<std::string_view, Enum>, n>& table,
                           std::string_view code) {
  const auto found = std::ranges::find(table, code, &std::pair<std::string_view, Enum>::first);
  if (found == table.end()) return std::nullopt;
  return found->second;
}

template <class Enum>
using Row = std::pair<std::string_view, Enum>;

using Rules = Slicing::Rules;
using By = Discriminator::Kind;
using Kind = Structure::Kind;
using Content = CodeSystem::Content;

constexpr std::array kStrengths = {
    Row<Strength>{"required", Strength::Required}, Row<Strength>{"extensible", Strength::Extensible},
    Row<Strength>{"preferred", Strength::Preferred}, Row<Strength>{"example", Strength::Example}};
constexpr std::array kRules = {Row<Rules>{"open", Rules::Open}, Row<Rules>{"closed", Rules::Closed},
                               Row<Rules>{"openAtEnd", Rules::OpenAtEnd}};
constexpr std::array kDiscriminators = {Row<By>{"value", By::Value}, Row<By>{"exists", By::Exists},
                                        Row<By>{"pattern", By::Pattern}, Row<By>{"type", By::Type},
                                        Row<By>{"profile", By::Profile}};
constexpr std::array kKinds = {Row<Kind>{"primitive-type", Kind::Primitive},
                               Row<Kind>{"complex-type", Kind::Complex},
                               Row<Kind>{"resource", Kind::Resource}, Row<Kind>{"logical", Kind::Logical}};
constexpr std::array kContents = {
    Row<Content>{"complete", Content::Complete}, Row<Content>{"fragment", Content::Partial},
    Row<Content>{"example", Content::Partial}, Row<Content>{"supplement", Content::NotPresent},
    Row<Content>{"not-present", Content::NotPresent}};
constexpr std::array kSystemTypes = {
    Row<std::string_view>{"System.String", "string"},     Row<std::string_view>{"System.Boolean", "boolean"},
    Row<std::string_view>{"System.Integer", "integer"},   Row<std::string_view>{"System.Decimal", "decimal"},
    Row<std::string_view>{"System.DateTime", "dateTime"}, Row<std::string_view>{"System.Date", "date"},
    Row<std::string_view>{"System.Time", "time"}};

}  // namespace

std::optional<Strength> strength_of(std::string_view code) { return lookup(kStrengths, code); }
std::optional<Slicing::Rules> slicing_rules_of(std::string_view code) { return lookup(kRules, code); }
std::optional<Discriminator::Kind> discriminator_of(std::string_view code) {
  return lookup(kDiscriminators, code);
}
std::optional<Structure::Kind> structure_kind_of(std::string_view code) { return lookup(kKinds, code); }
std::optional<CodeSystem::Content> content_of(std::string_view code) { return lookup(kContents, code); }
void cut_version(std::string& url, std::string& version) {
  const std::size_t bar = url.find('|');
  if (bar == std::string::npos) return;
  if (version.empty()) version = url.substr(bar + 1);
  url.resize(bar);
}

std::string_view primitive_of(std::string_view system_type) {
  return lookup(kSystemTypes, system_type).value_or(system_type);
}

}  // namespace gateway::definitions
