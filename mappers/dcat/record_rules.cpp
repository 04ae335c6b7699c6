#include "mappers/dcat/record_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::Term;
using gateway::codec::Triple;

bool in_list(const Releases& releases, std::string_view list, const Term& value) {
  if (value.kind != Term::Kind::Iri) return false;
  const CodeList& codes = releases.profile.list(list);
  return value.text.starts_with(codes.scheme) &&
         std::any_of(codes.concepts.begin(), codes.concepts.end(),
                     [&](const Concept& entry) { return entry.iri == value.text; });
}

void moved(std::vector<LossNote>& notes, const Record& from, std::string_view field, const Term& value,
           std::string to, std::string reason) {
  notes.push_back(
      {Fate::Moved, shown(from.id), std::string(field), shown(value), std::move(to), std::move(reason)});
}

// R5 and R6: csvw:tableGroup of a distribution. The records have the variables at the dataset.
void lift_variables(Reading& reading) {
  for (auto& [id, dataset] : reading.records.records) {
    if (dataset.type != "Dataset") continue;
    for (const Term& part : Values(dataset.of("distribution"))) {
      const auto at = reading.records.records.find(part);
      if (at == reading.records.records.end()) continue;
      for (const Term& group : Values(at->second.of("variables"))) {
        dataset.add("variables", group);
        moved(reading.notes, at->second, "variables", group, "healthdcatap:hasVariables of the dataset",
              "since Release 7 the variables stand at the dataset");
        at->second.remove("variables", group);
      }
    }
  }
}

// What some write about the publisher at the dataset itself.
void lift_publisher_facts(Reading& reading) {
  static const std::map<std::string, std::string_view> kFacts = {
      {expand("healthdcatap:publisherNote"), "note"},
      {expand("healthdcatap:publisherType"), "type"},
      {expand("healthdcatap:trustedDataHolder"), "trusted_data_holder"}};
  for (auto& [id, dataset] : reading.records.records) {
    if (dataset.type != "Dataset" || dataset.of("publisher").size() != 1) continue;
    const auto agent = reading.records.records.find(dataset.of("publisher").front());
    if (agent == reading.records.records.end() || agent->second.type != "Agent") continue;
    std::erase_if(dataset.more, [&](const auto& statement) {
      const auto fact = kFacts.find(statement.first);
      if (fact == kFacts.end()) return false;
      agent->second.add(fact->second, statement.second);
      moved(reading.notes, dataset, abbreviate(statement.first), statement.second, "the publisher",
            "it is said of the publisher");
      return true;
    });
  }
}

// dct:rights holds three things in EUCAIM: an access condition, data-use conditions, and words.
void part_rights(const Releases& releases, Reading& reading) {
  for (Origin& origin : reading.origins) {
    if (origin.field != "rights") continue;
    for (const auto& [field, list] : {std::pair{"access_condition", "eucaim-access-condition"},
                                      std::pair{"data_use_conditions", "eucaim-data-use-condition"}})
      if (in_list(releases, list, origin.value)) {
        Record& record = reading.records.records.at(origin.record);
        if (record.type != "Distribution") break;
        record.remove("rights", origin.value);
        record.add(field, origin.value);
        origin.field = field;
        break;
      }
  }
}

// Before Release 7 standards stood among the coding systems.
void part_standards(const Releases& releases, Reading& reading) {
  for (auto& [id, record] : reading.records.records) {
    if (record.type != "Dataset") continue;
    for (const Term& value : Values(record.of("coding_system")))
      if (in_list(releases, "standard", value)) {
        record.remove("coding_system", value);
        record.add("conforms_to", value);
        moved(reading.notes, record, "coding_system", value, "dct:conformsTo",
              "since Release 7 a standard is no coding system");
      }
  }
}

// The statements of a node that has these only, by predicate; nothing when there are others.
std::map<std::string, Term> exactly(const Graph& graph, const Term& node,
                                    std::initializer_list<std::string_view> predicates) {
  std::map<std::string, Term> found;
  for (auto at = graph.triples().lower_bound({node, {}, {}});
       at != graph.triples().end() && at->subject == node; ++at) {
    const std::string name = abbreviate(at->predicate.text);
    if (name == "rdf:type") continue;
    if (std::find(predicates.begin(), predicates.end(), name) == predicates.end()) return {};
    found.emplace(name, at->object);
  }
  return found.size() == predicates.size() ? found : std::map<std::string, Term>();
}

// The condition of a rule that says nothing but a data-use condition: one action, one constraint.
std::optional<Term> data_use_of(const Releases& releases, const RecordSet& records, const Record& rule) {
  if (rule.more.size() != 1 || rule.more.front().first != expand("odrl:constraint")) return std::nullopt;
  const auto parts = exactly(records.loose, rule.more.front().second,
                             {"odrl:leftOperand", "odrl:operator", "odrl:rightOperand"});
  const auto operand = parts.find("odrl:rightOperand");
  if (operand == parts.end() || !in_list(releases, "eucaim-data-use-condition", operand->second))
    return std::nullopt;
  return operand->second;
}

// Takes the data-use conditions out of a policy; `gone` gets the nodes they were made of.
Values strip_policy(const Releases& releases, Reading& reading, Record& policy, std::set<Term>& gone) {
  Values conditions;
  for (const char* field : {"permission", "prohibition", "obligation"})
    for (const Term& rule_id : Values(policy.of(field))) {
      const Record* rule = reading.records.find(rule_id);
      const auto condition = rule ? data_use_of(releases, reading.records, *rule) : std::nullopt;
      if (!condition) continue;
      conditions.push_back(*condition);
      moved(reading.notes, policy, field, rule_id, "a data-use condition",
            "the rule says what the data may be used for");
      policy.remove(field, rule_id);
      gone.insert(rule_id);
      gone.insert(rule->more.front().second);
    }
  return conditions;
}

// The rules of policies that are data-use conditions become such again.
void lift_data_use(const Releases& releases, Reading& reading) {
  std::map<Term, Values> conditions;
  std::set<Term> gone;
  for (auto& [id, policy] : reading.records.records)
    if (policy.type == "Policy")
      if (Values found = strip_policy(releases, reading, policy, gone); !found.empty())
        conditions.emplace(id, std::move(found));
  if (conditions.empty()) return;
  for (auto& [id, record] : reading.records.records)
    for (const Term& policy_id : Values(record.of("policy"))) {
      const auto at = conditions.find(policy_id);
      if (record.type != "Distribution" || at == conditions.end()) continue;
      for (const Term& condition : at->second) record.add("data_use_conditions", condition);
      const Record* policy = reading.records.find(policy_id);
      if (!policy->values.empty() || !policy->more.empty()) continue;
      record.remove("policy", policy_id);
      gone.insert(policy_id);
      moved(reading.notes, record, "policy", policy_id, "data-use conditions",
            "the policy held nothing but data-use conditions");
    }
  std::erase_if(reading.records.records, [&](const auto& entry) { return gone.contains(entry.first); });
  Graph rest;
  for (const Triple& triple : reading.records.loose.triples())
    if (!gone.contains(triple.subject)) rest.add(triple.subject, triple.predicate.text, triple.object);
  reading.records.loose = std::move(rest);
}

// `steps` bounds the walk over all lists together: they may share their cells, and go in circles.
void add_columns(Graph& graph, const Term& table, const Term& columns, std::size_t& steps) {
  const std::string first = expand("rdf:first"), rest = expand("rdf:rest");
  if (graph.objects(columns, first).empty()) {
    graph.add(table, expand("csvw:column"), columns);
    return;
  }
  Term cell = columns;
  for (; steps > 0; --steps) {
    const auto items = graph.objects(cell, first);
    const auto tails = graph.objects(cell, rest);
    for (const Term& item : items) graph.add(table, expand("csvw:column"), item);
    if (tails.size() != 1 || tails.front() == cell) return;
    cell = tails.front();
  }
}

}  // namespace

Graph with_repeated_columns(Graph graph) {
  const std::string schema = expand("csvw:tableSchema"), column = expand("csvw:column");
  std::vector<std::pair<Term, Term>> found;
  for (const Triple& triple : graph.triples())
    if (triple.predicate.text == schema && graph.objects(triple.subject, column).empty())
      for (const Term& columns : graph.objects(triple.object, column))
        found.emplace_back(triple.subject, columns);
  std::size_t steps = graph.size();
  for (const auto& [table, columns] : found) add_columns(graph, table, columns, steps);
  return graph;
}

void settle_read_records(const Releases& releases, Reading& reading) {
  lift_variables(reading);
  lift_publisher_facts(reading);
  part_rights(releases, reading);
  part_standards(releases, reading);
  lift_data_use(releases, reading);
}

}  // namespace mappers::dcat
