#include "mappers/dcat/repair.h"

#include <algorithm>
#include <map>
#include <set>

#include "mappers/dcat/convert.h"
#include "mappers/dcat/reading_names.h"
#include "mappers/dcat/repair_rules.h"
#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::Term;
using gateway::codec::Triple;

// A term so that the kinds are told apart: <IRI>, "words"@en, "1"^^xsd:integer, _:b1.
std::string described(const Term& term) {
  if (term.kind == Term::Kind::Iri) return "<" + term.text + ">";
  if (term.kind == Term::Kind::Blank) return "_:" + term.text;
  const std::string quoted = '"' + term.text + '"';
  if (!term.language.empty()) return quoted + "@" + term.language;
  return term.datatype == expand("xsd:string") ? quoted : quoted + "^^" + abbreviate(term.datatype);
}

class Repairer {
 public:
  Repairer(const Releases& releases, const Release& release) : releases_(releases), release_(release) {
    for (const ReleaseRow& row : release.rows())
      if (!row.property.empty()) rows_.emplace(std::pair(row.field->type, row.property), &row);
  }

  Repair run(const Graph& graph) {
    repair_.graph = renamed(graph);
    repair_.graph = revalued(repair_.graph);
    add_contacts();
    add_classes();
    return std::move(repair_);
  }

 private:
  void note(std::string_view rule, const Term& subject, std::string_view property, std::string from,
            std::string to) {
    repair_.changes.push_back(
        {std::string(rule), shown(subject), abbreviate(property), std::move(from), std::move(to)});
  }

  // Names and IRIs, wherever they stand.
  Graph renamed(const Graph& graph) {
    Graph result;
    for (const Triple& triple : graph.triples()) {
      Triple right = triple;
      if (auto name = repaired_name(releases_, triple.predicate.text)) {
        right.predicate = gateway::codec::iri(name->first);
        note(name->second, triple.subject, right.predicate.text, triple.predicate.text, name->first);
      }
      if (auto subject = repaired_term(triple.subject)) {
        right.subject = subject->first;
        note(subject->second, right.subject, triple.predicate.text, described(triple.subject),
             described(right.subject));
      }
      if (right.predicate.text == expand("rdf:type"))
        if (auto name = repaired_name(releases_, triple.object.text)) {
          right.object = gateway::codec::iri(name->first);
          note(name->second, triple.subject, "rdf:type", triple.object.text, name->first);
        }
      if (auto object = repaired_term(triple.object)) {
        right.object = object->first;
        note(object->second, triple.subject, right.predicate.text, described(triple.object),
             described(right.object));
      }
      result.add(right.subject, right.predicate.text, right.object);
    }
    return result;
  }

  // Values in the form that the release writes their field in.
  Graph revalued(const Graph& graph) {
    std::map<Triple, Term> replaced;
    const Reading reading = read_records(releases_, graph);
    for (const Origin& origin : reading.origins) {
      const Record* record = reading.records.find(origin.record);
      if (!record || origin.field.empty()) continue;
      const auto row = rows_.find({record->type, origin.statement.predicate.text});
      if (row == rows_.end()) continue;
      auto value = repaired_value(origin.statement.object, row->second->form, row->second->of);
      if (!value || !graph.triples().contains(origin.statement)) continue;
      note(value->second, origin.statement.subject, row->second->property, described(origin.statement.object),
           described(value->first));
      replaced.emplace(origin.statement, value->first);
    }
    Graph result;
    for (const Triple& triple : graph.triples()) {
      const auto right = replaced.find(triple);
      result.add(triple.subject, triple.predicate.text,
                 right == replaced.end() ? triple.object : right->second);
    }
    return result;
  }

  // An agent with a mail box and without a contact point: the box is what its contact point says.
  void add_contacts() {
    const ReleaseRow* contact = release_.row("Agent", "contact");
    const ReleaseRow* email = contact ? release_.row(contact->of, "email") : nullptr;
    if (!email || contact->property.empty()) return;
    const RecordSet records = read_records(releases_, repair_.graph).records;
    for (const Record* dataset : records.all("Dataset"))
      for (const char* role : {"publisher", "custodian", "hdab", "hdab_coordinator"})
        for (const Term& id : dataset->of(role)) {
          const Record* agent = records.find(id);
          if (agent && agent->type == "Agent" && agent->of("contact").empty())
            add_contact(*agent, *contact, *email);
        }
  }

  void add_contact(const Record& agent, const ReleaseRow& contact, const ReleaseRow& email) {
    for (const auto& [property, box] : agent.more) {
      if (property != expand("foaf:mbox") && property != expand("foaf:email")) continue;
      const auto address = repaired_value(box, email.form, {});
      const Term node = agent.id.kind == Term::Kind::Blank ? gateway::codec::blank(agent.id.text + "xcontact")
                                                           : gateway::codec::iri(agent.id.text + "#contact");
      if (!repair_.graph.objects(node, email.property).empty()) return;
      repair_.graph.add(agent.id, contact.property, node);
      for (const std::string& name : release_.shape(contact.of)->classes)
        repair_.graph.add(node, expand("rdf:type"), gateway::codec::iri(name));
      repair_.graph.add(node, email.property, address ? address->first : box);
      note("contact-point", agent.id, contact.property, described(box), described(node));
      return;
    }
  }

  // Whether a record says already which of the forms of its type it is in: a cv:ContactPoint is no
  // vcard:Kind.
  bool has_class(const RecordSet& records, const Term& subject) const {
    const Record* record = records.find(subject);
    if (!record) return false;
    const auto classes = repair_.graph.objects(subject, expand("rdf:type"));
    return std::any_of(classes.begin(), classes.end(), [&](const Term& name) {
      return releases_.names_read->states(record->type, name.text);
    });
  }

  // Classes and labels that the shapes ask for of values: what writing by the release would state.
  void add_classes() {
    const std::string type = expand("rdf:type");
    const Graph& before = repair_.graph;
    std::set<Term> known;
    for (const Triple& triple : before.triples()) known.insert({triple.subject, triple.object});
    std::set<std::string> schemes;
    for (const auto& [name, list] : releases_.profile.lists) schemes.insert(list.scheme);
    const RecordSet records = read_records(releases_, before).records;
    const Graph written = write_records(releases_, records, release_).graph;
    std::vector<Triple> fresh;
    for (const Triple& triple : written.triples()) {
      const std::string& property = triple.predicate.text;
      const bool scheme = schemes.contains(triple.subject.text);
      const bool says =
          property == type || property == expand("skos:prefLabel") || property == expand("skos:inScheme");
      if (before.triples().contains(triple) || !(scheme || (says && known.contains(triple.subject))) ||
          (property == type && has_class(records, triple.subject)))
        continue;
      fresh.push_back(triple);
    }
    for (const Triple& triple : fresh) {
      repair_.graph.add(triple.subject, triple.predicate.text, triple.object);
      note(triple.predicate.text == type ? "class" : "label", triple.subject, triple.predicate.text, {},
           described(triple.object));
    }
  }

  const Releases& releases_;
  const Release& release_;
  std::map<std::pair<std::string_view, std::string>, const ReleaseRow*> rows_;
  Repair repair_;
};

}  // namespace

std::size_t Repair::count(std::string_view rule) const {
  return static_cast<std::size_t>(std::count_if(changes.begin(), changes.end(),
                                                [&](const Change& change) { return change.rule == rule; }));
}

std::string Repair::text() const {
  std::string text;
  for (const Change& change : changes)
    text += change.rule + ": " + change.subject + " " + change.property + ": " +
            (change.from.empty() ? "added " : change.from + " -> ") + change.to + "\n";
  return text;
}

gateway::Value Repair::json() const {
  gateway::Value list = gateway::Value::list();
  for (const Change& change : changes) {
    gateway::Value entry = gateway::Value::map();
    entry.set("rule", change.rule).set("subject", change.subject).set("property", change.property);
    entry.set("from", change.from).set("to", change.to);
    list.push(std::move(entry));
  }
  return list;
}

Repair repair(const Releases& releases, const Graph& graph, const Release& release) {
  return Repairer(releases, release).run(graph);
}

}  // namespace mappers::dcat
