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

// The statements of a node that has these only, one each, by predicate; else nothing.
std::map<std::string, Term> exactly(const Graph& graph, const Term& node,
                                    std::initializer_list<std::string_view> predicates) {
  std::map<std::string, Term> found;
  for (auto at = graph.triples().lower_bound({node, {}, {}});
       at != graph.triples().end() && at->subject == node; ++at) {
    const std::string name = abbreviate(at->predicate.text);
    if (name == "rdf:type" && at->object.text == expand("odrl:Constraint")) continue;
    if (std::find(predicates.begin(), predicates.end(), name) == predicates.end()) return {};
    if (!found.emplace(name, at->object).second) return {};
  }
  return found.size() == predicates.size() ? found : std::map<std::string, Term>();
}

// The condition of a rule that says nothing but a data-use condition, and says it as that condition is meant:
// one action, one constraint, both those of its kind. Anything else may permit what the rule forbids.
std::optional<Term> data_use_of(const Releases& releases, const RecordSet& records, const Record& rule,
                                std::string_view field) {
  if (rule.more.size() != 1 || rule.more.front().first != expand("odrl:constraint")) return std::nullopt;
  const auto parts = exactly(records.loose, rule.more.front().second,
                             {"odrl:leftOperand", "odrl:operator", "odrl:rightOperand"});
  if (parts.empty()) return std::nullopt;
  const Term& condition = parts.at("odrl:rightOperand");
  if (parts.at("odrl:leftOperand") != gateway::codec::iri(expand("odrl:purpose")) ||
      parts.at("odrl:operator") != gateway::codec::iri(expand("odrl:isA")) ||
      !in_list(releases, "eucaim-data-use-condition", condition))
    return std::nullopt;
  const RuleKind kind = rule_kind(releases, condition);
  const bool meant = field == kind.field && rule.type == kind.type && rule.values.size() == 1 &&
                     rule.of("action") == Values{gateway::codec::iri(expand(kind.action))};
  return meant ? std::optional(condition) : std::nullopt;
}

// How often each thing is pointed at.
std::map<Term, std::size_t> references(const RecordSet& records) {
  std::map<Term, std::size_t> count;
  for (const auto& [id, record] : records.records) {
    for (const auto& [field, values] : record.values)
      for (const Term& value : values) ++count[value];
    for (const auto& [predicate, value] : record.more) ++count[value];
  }
  for (const Triple& triple : records.loose.triples()) ++count[triple.object];
  return count;
}

// Takes the data-use conditions out of a policy; `gone` gets the nodes they were made of.
Values strip_policy(const Releases& releases, Reading& reading, Record& policy,
                    std::map<Term, std::size_t>& pointed_at, std::set<Term>& gone) {
  Values conditions;
  for (const char* field : {"permission", "prohibition", "obligation"})
    for (const Term& rule_id : Values(policy.of(field))) {
      const Record* rule = reading.records.find(rule_id);
      const auto condition = rule ? data_use_of(releases, reading.records, *rule, field) : std::nullopt;
      if (!condition) continue;
      const Term constraint = rule->more.front().second;
      if (pointed_at[rule_id] != 1 || pointed_at[constraint] != 1) continue;  // something else needs them
      conditions.push_back(*condition);
      for (const Term& node : {rule_id, constraint}) {
        moved(reading.notes, policy, field, node, condition->text,
              "the rule says what the data may be used for");
        gone.insert(node);
      }
      policy.remove(field, rule_id);
    }
  return conditions;
}

// The distributions of each policy that nothing else has.
std::map<Term, std::vector<Term>> policies_of_distributions(const RecordSet& records,
                                                            std::map<Term, std::size_t>& pointed_at) {
  std::map<Term, std::vector<Term>> owners;
  for (const Record* record : records.all("Distribution"))
    for (const Term& policy : record->of("policy")) owners[policy].push_back(record->id);
  std::erase_if(owners, [&](const auto& entry) {
    const Record* policy = records.find(entry.first);
    return !policy || policy->type != "Policy" || pointed_at[entry.first] != entry.second.size();
  });
  return owners;
}

// The rules of policies that are data-use conditions become such again.
void lift_data_use(const Releases& releases, Reading& reading) {
  auto pointed_at = references(reading.records);
  std::set<Term> gone;
  for (const auto& [policy_id, owners] : policies_of_distributions(reading.records, pointed_at)) {
    Record& policy = reading.records.records.at(policy_id);
    const Values conditions = strip_policy(releases, reading, policy, pointed_at, gone);
    if (conditions.empty()) continue;
    const bool empty = policy.values.empty() && policy.more.empty();
    if (empty) gone.insert(policy_id);
    for (const Term& owner : owners) {
      Record& record = reading.records.records.at(owner);
      for (const Term& condition : conditions) record.add("data_use_conditions", condition);
      if (!empty) continue;
      record.remove("policy", policy_id);
      moved(reading.notes, record, "policy", policy_id, conditions.front().text,
            "the policy held nothing but data-use conditions");
    }
  }
  if (gone.empty()) return;
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
