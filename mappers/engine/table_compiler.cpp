#include "mappers/engine/table_compiler.h"

#include <algorithm>

namespace mappers::engine {
namespace {

using gateway::Error;
using gateway::ErrorCode;
using gateway::Result;
using gateway::model::FieldRef;
using gateway::model::FieldType;

std::string_view name_of(FieldType type) {
  switch (type) {
    case FieldType::Text:
      return "text";
    case FieldType::Integer:
      return "an integer";
    case FieldType::Name:
      return "a person name";
    case FieldType::Codes:
      return "codes";
    case FieldType::Names:
      return "person names";
    case FieldType::Identifiers:
      return "identifiers";
    case FieldType::Requests:
      return "requests";
    case FieldType::Specimens:
      break;
  }
  return "specimens";
}

Error invalid(const RuleInfo& rule, std::string why) {
  return gateway::fail(ErrorCode::ProfileInvalid, std::move(why), rule.where);
}

// Names the column of a fault that was found in one cell.
Error in_column(const RuleInfo& rule, const char* column, const Error& error) {
  const std::string place = error.where.empty() ? "" : " (" + error.where + ")";
  return invalid(rule, std::string(column) + ": " + error.message + place);
}

Result<const Transform*> find_fitting_transform(const RuleInfo& rule, const FieldRef& to,
                                                const TagPath& from) {
  const Transform* transform = find_transform(rule.as);
  if (!transform) return invalid(rule, "as: unknown transform \"" + rule.as + "\"");
  if (transform->type != to.type())
    return invalid(rule, "as: " + rule.as + " gives " + std::string(name_of(transform->type)) + ", " +
                             rule.to + " is " + std::string(name_of(to.type())));
  if (transform->takes_items != from.names_items())
    return invalid(rule, transform->takes_items
                             ? "from: " + rule.as + " takes items, so the path must end with []"
                             : "from: " + rule.as + " takes a value, so the path must not end with []");
  return transform;
}

}  // namespace

TableCompiler::TableCompiler(TableText text)
    : text_(std::move(text)), body_(std::make_shared<Table::Body>()) {
  body_->profile = std::move(text_.profile);
  body_->codes = std::move(text_.codes);
  options_.tag_names = true;
  for (const auto& [name, value] : body_->profile.constants) {
    options_.constants.push_back(name);
    body_->environment.constants[name] = {gateway::fhirpath::Scalar(value)};
  }
}

Result<Table> TableCompiler::compile() {
  const auto csv = TRY(gateway::codec::parse_csv(text_.map, text_.map_name));
  if (csv.header != std::vector<std::string>{"to", "from", "as", "when", "codes", "spec"})
    return gateway::fail(ErrorCode::ProfileInvalid,
                         "the header of a mapping table is to,from,as,when,codes,spec", csv.name);
  body_->rules.reserve(csv.rows.size());
  for (const auto& row : csv.rows) TRY(add(row, csv.where(row)));
  TRY(check_share_of_functions(csv.name));
  number_tags();
  return Table(std::move(body_));
}

Result<void> TableCompiler::add(const gateway::codec::CsvRow& row, std::string where) {
  const auto& cells = row.cells;
  const RuleInfo rule{cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], std::move(where)};
  const auto to = FieldRef::find(rule.to);
  if (!to) return invalid(rule, "to: unknown field \"" + rule.to + "\"");
  for (std::size_t i = 0; i < body_->rules.size(); ++i)
    if (body_->program[i].to == *to)
      return invalid(rule, "to: " + rule.to + " is filled by " + body_->rules[i].where + " already");
  if (rule.spec.empty()) return invalid(rule, "spec: a rule must name its clause");

  const auto from = TagPath::parse(rule.from);
  if (!from.ok()) return in_column(rule, "from", from.error());
  Table::Instruction instruction{*to, *from, nullptr, std::nullopt, nullptr, 0};
  instruction.transform = TRY(find_fitting_transform(rule, *to, *from));

  if (!rule.when.empty()) {
    const auto when = gateway::fhirpath::Expression::compile(rule.when, options_);
    if (!when.ok()) return in_column(rule, "when", when.error());
    instruction.when = *when;
  }
  if (!rule.codes.empty()) {
    const auto codes = body_->codes.find(rule.codes);
    if (codes == body_->codes.end()) return invalid(rule, "codes: unknown code table \"" + rule.codes + "\"");
    if (to->type() != FieldType::Text) return invalid(rule, "codes: only text fields have code tables");
    instruction.codes = &codes->second;
  }
  body_->rules.push_back(rule);
  body_->program.push_back(std::move(instruction));
  return {};
}

void TableCompiler::number_tags() {
  auto& tags = body_->tags;
  for (const auto& instruction : body_->program) tags.push_back(instruction.from.first());
  std::ranges::sort(tags);
  tags.erase(std::ranges::unique(tags).begin(), tags.end());
  for (auto& instruction : body_->program)
    instruction.tag_index =
        static_cast<std::size_t>(std::ranges::lower_bound(tags, instruction.from.first()) - tags.begin());
}

// Design.md section 2, rule 4: a table with more than a tenth of functions is honestly written in C++.
Result<void> TableCompiler::check_share_of_functions(const std::string& name) const {
  const auto functions = std::count_if(body_->rules.begin(), body_->rules.end(),
                                       [](const RuleInfo& rule) { return rule.as.starts_with("fn:"); });
  if (body_->rules.empty())
    return gateway::fail(ErrorCode::ProfileInvalid, "a mapping table without rules", name);
  if (functions > 1 && static_cast<std::size_t>(functions) * 10 > body_->rules.size())
    return gateway::fail(ErrorCode::ProfileInvalid, "more than a tenth of the rules are functions", name);
  return {};
}

Result<Table> Table::compile(TableText text) { return TableCompiler(std::move(text)).compile(); }

}  // namespace mappers::engine
