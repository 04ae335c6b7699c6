// From a graph to records: what each node is, and which field each of its statements fills.
#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "mappers/dcat/convert.h"
#include "mappers/dcat/reading_names.h"
#include "mappers/dcat/record_rules.h"
#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::Term;
using gateway::codec::Triple;

class Reader {
 public:
  Reader(const ReadingNames& names, const Graph& graph) : names_(names) {
    const Term* last = nullptr;
    for (const Triple& triple : graph.triples()) {
      if (!last || *last != triple.subject) statements_.emplace(triple.subject, Statements());
      last = &triple.subject;
      statements_.rbegin()->second.push_back(&triple);
    }
  }

  Reading read() {
    find_roots({"Catalog", "Dataset", "DatasetSeries", "Distribution", "DataService"});
    find_parts();
    find_roots({});
    find_parts();
    for (const auto& [subject, statements] : statements_) {
      const auto type = types_.find(subject);
      seen_.clear();
      for (const Triple* triple : statements)
        if (type == types_.end())
          reading_.records.loose.add(triple->subject, triple->predicate.text, triple->object);
        else
          take(reading_.records.make(subject, type->second), *triple);
    }
    return std::move(reading_);
  }

 private:
  using Statements = std::vector<const Triple*>;

  // Things whose class says what they are; without `wanted` of any class that belongs to one type only.
  void find_roots(std::initializer_list<std::string_view> wanted) {
    static const std::string kType = expand("rdf:type");
    for (const auto& [subject, statements] : statements_)
      for (const Triple* triple : statements) {
        if (triple->predicate.text != kType) continue;
        const std::string_view type = names_.type_of(triple->object.text);
        if (!type.empty() &&
            (wanted.size() == 0 || std::find(wanted.begin(), wanted.end(), type) != wanted.end()))
          assign(subject, type);
      }
  }

  // Things that a field of a known thing says what they are. Breadth first: each is visited once.
  void find_parts() {
    while (!open_.empty()) {
      const Term subject = open_.front();
      open_.pop_front();
      const std::string& type = types_.find(subject)->second;
      for (const Triple* triple : statements_.find(subject)->second) {
        const Field* field = names_.field(type, triple->predicate.text);
        if (field && field->form == Form::Node && triple->object.kind != Term::Kind::Literal)
          assign(triple->object, field->of);
      }
    }
  }

  void assign(const Term& subject, std::string_view type) {
    if (statements_.contains(subject) && types_.emplace(subject, type).second) open_.push_back(subject);
  }

  void take(Record& record, const Triple& triple) {
    const std::string& property = triple.predicate.text;
    if (property == expand("rdf:type") && names_.states(record.type, triple.object.text)) {
      reading_.origins.push_back({triple, record.id, {}, triple.object});
      return;
    }
    const Field* field = names_.field(record.type, property);
    if (!field) {
      record.more.emplace_back(property, triple.object);
      reading_.origins.push_back({triple, record.id, {}, triple.object});
      return;
    }
    const Term value = canonical_value(triple.object, field->form);
    // As Record::add, which looks at all values before it adds one.
    if (seen_[field->name].insert(value).second) record.values[std::string(field->name)].push_back(value);
    reading_.origins.push_back({triple, record.id, std::string(field->name), value});
  }

  const ReadingNames& names_;
  std::map<Term, Statements> statements_;
  std::map<Term, std::string> types_;
  std::deque<Term> open_;
  std::map<std::string_view, std::set<Term>> seen_;  // of the record that is being read, by field
  Reading reading_;
};

}  // namespace

Reading read_records(const Releases& releases, const Graph& graph) {
  const Graph hosted = with_repeated_columns(rehosted(graph, kAuthorityHost));
  Reading reading = Reader(*releases.names_read, hosted).read();
  settle_read_records(releases, reading);
  return reading;
}

}  // namespace mappers::dcat
