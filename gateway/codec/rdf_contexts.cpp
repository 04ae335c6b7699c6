#include "gateway/codec/rdf_contexts.h"

#include "gateway/base/bytes.h"
#include "gateway/codec/csv.h"

namespace gateway::codec {
namespace {

// A table with exactly these columns.
Result<CsvTable> table(const std::string& folder, const std::string& name,
                       const std::vector<std::string>& columns) {
  const std::string text = TRY(read_file(folder + "/" + name));
  CsvTable read = TRY(parse_csv(text, name));
  if (read.header != columns)
    return fail(ErrorCode::ProfileInvalid, "the columns are not those expected", name);
  return read;
}

Value definition(const std::vector<std::string>& cells) {
  Value term = Value::map().set("@id", cells[2]);
  if (!cells[3].empty()) term.set("@type", cells[3]);
  if (!cells[4].empty()) term.set("@container", cells[4]);
  return term;
}

// The context document that the table stands for; terms of a class come below it.
Result<Value> context_of(const CsvTable& terms) {
  std::map<std::string, Value> top, scoped;
  for (const CsvRow& row : terms.rows) {
    const std::string& owner = row.cells[0];
    if (!owner.empty() && !top.contains(owner))
      return fail(ErrorCode::ProfileInvalid, "a term of a class that stands nowhere above", terms.where(row));
    if (owner.empty())
      top[row.cells[1]] = definition(row.cells);
    else
      scoped[owner].set(row.cells[1], definition(row.cells));
  }
  Value context = Value::map();
  for (auto& [term, value] : top) {
    if (const auto own = scoped.find(term); own != scoped.end())
      value.set("@context", std::move(own->second));
    context.set(term, std::move(value));
  }
  return Value::map().set("@context", std::move(context));
}

}  // namespace

Result<ShippedContexts> ShippedContexts::load(const std::string& folder) {
  auto contexts = std::make_shared<Contexts>();
  const CsvTable list = TRY(table(folder, "contexts.csv", {"address", "terms"}));
  for (const CsvRow& row : list.rows) {
    const CsvTable terms = TRY(table(folder, row.cells[1], {"class", "term", "iri", "type", "container"}));
    contexts->insert_or_assign(row.cells[0], TRY(context_of(terms)));
  }
  ShippedContexts shipped;
  shipped.by_address_ = std::move(contexts);
  return shipped;
}

ContextSource ShippedContexts::source() const {
  return [contexts = by_address_](std::string_view address) -> const Value* {
    const auto found = contexts->find(address);
    return found == contexts->end() ? nullptr : &found->second;
  };
}

}  // namespace gateway::codec
