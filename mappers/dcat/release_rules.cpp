// Before writing: what a release wants in other places than the records have it, and what it must not have.
#include <algorithm>
#include <array>
#include <set>

#include "gateway/base/text.h"
#include "mappers/dcat/record_rules.h"
#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Term;

constexpr std::string_view kHealth = "http://publications.europa.eu/resource/authority/data-theme/HEAL";

// A node that belongs to another: a fragment of its IRI, or a blank node of a name made from its.
Term part_of(const Term& whole, const std::string& name) {
  if (whole.kind == Term::Kind::Blank) return gateway::codec::blank(whole.text + "x" + name);
  return gateway::codec::iri(whole.text + (whole.text.find('#') == std::string::npos ? "#" : "-") + name);
}

struct Context {
  const Releases& releases;
  const Release& to;
  RecordSet& records;
  std::vector<LossNote>& notes;

  void note(Fate fate, const Record& record, std::string_view field, const Term& value, std::string where,
            std::string reason) const {
    notes.push_back(
        {fate, shown(record.id), std::string(field), shown(value), std::move(where), std::move(reason)});
  }
};

// EUCAIM v2: an access body may be missing, one made up must not be given; no other release is better served.
void drop_stand_ins(const Context& context, Record& dataset, std::set<Term>& dropped) {
  for (const char* field : {"hdab", "hdab_coordinator"})
    for (const Term& id : Values(dataset.of(field))) {
      const Record* agent = context.records.find(id);
      if (!agent) continue;
      const Values& names = agent->of("name");
      const bool made_up =
          std::any_of(names.begin(), names.end(), [](const Term& name) { return is_stand_in(name.text); });
      if (!made_up) continue;
      const std::string name = names.front().text;
      dataset.remove(field, id);
      context.note(Fate::Lost, dataset, field, id, {}, "'" + name + "' is no access body");
      dropped.insert(id);
    }
}

// Takes away the dropped ones that nothing else refers to.
void erase_unreferenced(RecordSet& records, std::set<Term> dropped) {
  if (dropped.empty()) return;
  for (const auto& [id, record] : records.records)
    for (const auto& [name, values] : record.values)
      for (const Term& value : values) dropped.erase(value);
  for (const Term& id : dropped) records.records.erase(id);
}

// Where one identifier only may be, the others go on as adms:identifier: the chain stays whole.
void chain_identifiers(const Context& context, Record& dataset) {
  const ReleaseRow* row = context.to.row("Dataset", "identifier");
  if (!row || row->many) return;
  Values identifiers = dataset.of("identifier");
  const auto own = std::find_if(identifiers.begin(), identifiers.end(),
                                [&](const Term& value) { return value.text == dataset.id.text; });
  if (own != identifiers.end()) std::rotate(identifiers.begin(), own, own + 1);
  for (std::size_t i = 1; i < identifiers.size(); ++i) {
    const Term id = part_of(dataset.id, "identifier-" + std::to_string(i));
    context.records.make(id, "Identifier").add("notation", identifiers[i]);
    dataset.add("other_identifiers", id);
    dataset.remove("identifier", identifiers[i]);
    context.note(Fate::Moved, dataset, "identifier", identifiers[i], "adms:identifier",
                 "there is one dct:identifier, earlier ones are kept in the chain");
  }
}

// R5 and R6: the variables at the first distribution.
void lower_variables(const Context& context, Record& dataset) {
  if (!context.to.variables_at_distribution || dataset.of("distribution").empty()) return;
  const auto part = context.records.records.find(dataset.of("distribution").front());
  if (part == context.records.records.end()) return;
  for (const Term& group : Values(dataset.of("variables"))) {
    part->second.add("variables", group);
    dataset.remove("variables", group);
    context.note(Fate::Moved, dataset, "variables", group, "csvw:tableGroup of the distribution",
                 "before Release 7 the variables stand at the distribution");
  }
}

// Since R7 a dataset says whether there are variables, which is seen from their being there.
void derive_structured(const Context& context, Record& dataset) {
  const ReleaseRow* row = context.to.row("Dataset", "has_structured_data");
  if (!row || row->property.empty() || !dataset.of("has_structured_data").empty() ||
      dataset.of("variables").empty())
    return;
  const Term yes = gateway::codec::literal("true", expand("xsd:boolean"));
  dataset.add("has_structured_data", yes);
  context.note(Fate::Derived, dataset, "has_structured_data", yes, row->short_name,
               "the dataset has variables");
}

// What a concept of code values comes down to as a literal.
Term code_of(const Context& context, const Term& value) {
  for (const char* property : {"skos:notation", "dct:identifier"})
    for (const Term& code : context.records.loose.objects(value, expand(property)))
      if (code.kind == Term::Kind::Literal) return gateway::codec::literal(code.text);
  return gateway::codec::literal(value.text);
}

// healthdcatap:hasCodeValues: nodes in R5, literals since.
void write_code_values(const Context& context, Record& dataset) {
  int number = 0;
  for (const Term& value : Values(dataset.of("code_values"))) {
    const bool literal = value.kind == Term::Kind::Literal;
    if (literal != context.to.code_values_are_concepts) continue;
    Term written;
    if (literal) {
      written = part_of(dataset.id, "code-value-" + std::to_string(++number));
      context.records.loose.add(written, expand("rdf:type"), gateway::codec::iri(expand("skos:Concept")));
      context.records.loose.add(written, expand("skos:notation"), value);
      context.records.loose.add(written, expand("skos:prefLabel"), value);
    } else {
      if (value.kind == Term::Kind::Blank && code_of(context, value) == gateway::codec::literal(value.text)) {
        context.note(Fate::Lost, dataset, "code_values", value, {}, "the concept has neither code nor IRI");
        dataset.remove("code_values", value);
        continue;
      }
      written = code_of(context, value);
    }
    dataset.remove("code_values", value);
    dataset.add("code_values", written);
    context.note(literal ? Fate::Rewritten : Fate::Narrowed, dataset, "code_values", value, shown(written),
                 literal ? "the release writes code values as concepts"
                         : "the release writes code values as literals; the concept itself is kept unlinked");
  }
}

// EUCAIM fixes the theme: HEAL has to be the one that stays.
void prefer_health_theme(Record& dataset) {
  const auto at = dataset.values.find("theme");
  if (at == dataset.values.end()) return;
  std::stable_partition(at->second.begin(), at->second.end(),
                        [](const Term& theme) { return theme.text == kHealth; });
}

std::string code_in(const Term& condition) {
  return condition.text.substr(condition.text.find_last_of("#/") + 1);
}

// Whether nothing is called so, but for a rule that says just this.
bool is_free(const RecordSet& records, const Term& rule_id, const Term& constraint, const RuleKind& kind) {
  const Record* rule = records.find(rule_id);
  if (!rule) {
    const auto at = records.loose.triples().lower_bound({constraint, {}, {}});
    return at == records.loose.triples().end() || at->subject != constraint;
  }
  const auto more = std::pair{expand("odrl:constraint"), constraint};
  return rule->type == kind.type && rule->values.size() == 1 &&
         rule->of("action") == Values{gateway::codec::iri(expand(kind.action))} && rule->more.size() == 1 &&
         rule->more.front() == more;
}

// One ODRL rule whose only constraint is the condition (ODRL 2.2 information model, section 2.5).
void add_data_use_rule(const Context& context, Record& policy, const Term& condition) {
  const RuleKind kind = rule_kind(context.releases, condition);
  std::string name = code_in(condition);
  for (int number = 2;
       !is_free(context.records, part_of(policy.id, name), part_of(policy.id, name + "-constraint"), kind);
       ++number)
    name = code_in(condition) + "-" + std::to_string(number);
  const Term rule_id = part_of(policy.id, name), constraint = part_of(policy.id, name + "-constraint");
  Record& rule = context.records.make(rule_id, kind.type);
  rule.add("action", gateway::codec::iri(expand(kind.action)));
  if (rule.more.empty()) rule.more.emplace_back(expand("odrl:constraint"), constraint);
  policy.add(kind.field, rule_id);
  auto& loose = context.records.loose;
  loose.add(constraint, expand("rdf:type"), gateway::codec::iri(expand("odrl:Constraint")));
  loose.add(constraint, expand("odrl:leftOperand"), gateway::codec::iri(expand("odrl:purpose")));
  loose.add(constraint, expand("odrl:operator"), gateway::codec::iri(expand("odrl:isA")));
  loose.add(constraint, expand("odrl:rightOperand"), condition);
}

// DCAT-AP 3.0.1: a distribution has one dct:rights. The access condition is it; data-use conditions become
// rules of the policy.
void place_rights(const Context& context, const Term& id) {
  if (context.to.data_use == DataUse::Rights) return;
  const Values conditions = context.records.find(id)->of("data_use_conditions");
  if (!conditions.empty()) {
    Record* distribution = &context.records.records.at(id);
    if (distribution->of("policy").empty()) distribution->add("policy", part_of(id, "data-use"));
    const Term policy_id = distribution->of("policy").front();
    context.records.make(policy_id, "Policy");
    for (const Term& condition : conditions) {
      add_data_use_rule(context, context.records.records.at(policy_id), condition);
      context.note(Fate::Moved, *distribution, "data_use_conditions", condition, "a rule of odrl:hasPolicy",
                   "a distribution has one dct:rights");
      distribution->remove("data_use_conditions", condition);
    }
  }
  Record& distribution = context.records.records.at(id);
  if (distribution.of("access_condition").empty()) return;
  for (const Term& words : Values(distribution.of("rights"))) {
    distribution.remove("rights", words);
    context.note(Fate::Lost, distribution, "rights", words, {},
                 "a distribution has one dct:rights, and that is the access condition");
  }
}

std::vector<Term> ids_of(const RecordSet& records, std::string_view type) {
  std::vector<Term> ids;
  for (const Record* record : records.all(type)) ids.push_back(record->id);
  return ids;
}

}  // namespace

RuleKind rule_kind(const Releases& releases, const Term& condition) {
  const Concept* entry = releases.profile.list("eucaim-data-use-condition").find(code_in(condition));
  const std::string rule = entry ? entry->rule : std::string();
  if (rule == "prohibition") return {"prohibition", "Prohibition", "odrl:use"};
  if (rule == "obligation") return {"obligation", "Duty", "odrl:reviewPolicy"};
  return {"permission", "Permission", "odrl:use"};
}

bool is_stand_in(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kWhole = {
      "tbd",     "tba",   "tbc", "n/a", "na",   "none",
      "unknown", "dummy", "-",   "?",   "hdab", "health data access body"};
  static constexpr std::array<std::string_view, 9> kBeginnings = {
      "to be ",        "not yet",        "not known",    "not designated", "not defined",
      "not available", "not applicable", "not assigned", "not established"};
  const std::string plain = gateway::lower(gateway::trim(name));
  return plain.empty() || std::find(kWhole.begin(), kWhole.end(), plain) != kWhole.end() ||
         std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view start) { return plain.starts_with(start); }) ||
         plain.find("placeholder") != std::string::npos;
}

void settle_for_release(const Releases& releases, const Release& to, RecordSet& records,
                        std::vector<LossNote>& notes) {
  const Context context{releases, to, records, notes};
  std::set<Term> dropped;
  for (const Term& id : ids_of(records, "Dataset")) {
    Record& dataset = records.records.at(id);
    drop_stand_ins(context, dataset, dropped);
    chain_identifiers(context, dataset);
    lower_variables(context, dataset);
    derive_structured(context, dataset);
    write_code_values(context, dataset);
    prefer_health_theme(dataset);
  }
  erase_unreferenced(records, std::move(dropped));
  for (const Term& id : ids_of(records, "Distribution")) place_rights(context, id);
}

}  // namespace mappers::dcat
