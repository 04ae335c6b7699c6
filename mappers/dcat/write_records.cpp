// From records to a graph, by the table of one release.
#include <algorithm>
#include <map>
#include <set>

#include "mappers/dcat/convert.h"
#include "mappers/dcat/record_rules.h"
#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::Term;

class Writer {
 public:
  Writer(const Releases& releases, const RecordSet& records, const Release& to)
      : releases_(releases), records_(records), to_(to) {}

  Writing write() {
    writing_.graph = records_.loose;
    find_shapes();
    for (const auto& [id, record] : records_.records)
      for (const std::string& shape : shapes_of(record)) add_record(record, *to_.shape(shape));
    writing_.graph = rehosted(writing_.graph, to_.host);
    return std::move(writing_);
  }

 private:
  // A contact is written as vcard:Kind or as cv:ContactPoint, by who refers to it.
  void find_shapes() {
    for (const auto& [id, record] : records_.records)
      for (const auto& [name, values] : record.values) {
        const ReleaseShape* shape = to_.shape_of(record.type);
        const ReleaseRow* row = shape ? to_.row(shape->name, name) : nullptr;
        if (!row || row->form != Form::Node || !to_.shape(row->of)) continue;
        for (const Term& value : values)
          if (const Record* part = records_.find(value); part && part->type == to_.shape(row->of)->record)
            shapes_[value].insert(row->of);
      }
  }

  std::set<std::string> shapes_of(const Record& record) const {
    if (const auto at = shapes_.find(record.id); at != shapes_.end()) return at->second;
    const ReleaseShape* shape = to_.shape_of(record.type);
    return shape ? std::set<std::string>{shape->name} : std::set<std::string>();
  }

  void add_record(const Record& record, const ReleaseShape& shape) {
    if (!is_mere_annotation(record))
      for (const std::string& name : shape.classes)
        writing_.graph.add(record.id, expand("rdf:type"), gateway::codec::iri(name));
    for (const auto& [property, value] : record.more) writing_.graph.add(record.id, property, value);
    for (const auto& [name, values] : record.values) {
      const ReleaseRow* row = to_.row(shape.name, name);
      if (!row)
        add_as_known(record, name, values);
      else if (row->property.empty())
        for (const Term& value : values) lose(record, name, value, row->lost);
      else
        add_values(record, *row, values);
    }
  }

  // A note on quality is no certificate: to call it one would say more than its author did.
  static bool is_mere_annotation(const Record& record) {
    return std::any_of(record.more.begin(), record.more.end(), [](const auto& statement) {
      return statement.first == expand("rdf:type") &&
             statement.second.text == expand("dqv:QualityAnnotation");
    });
  }

  // A field that the table leaves out: where it usually stands.
  void add_as_known(const Record& record, std::string_view name, const Values& values) {
    if (const Field* field = find_field(record.type, name))
      for (const Term& value : values) writing_.graph.add(record.id, expand(field->property), value);
  }

  void add_values(const Record& record, const ReleaseRow& row, const Values& values) {
    const std::size_t taken = row.many ? values.size() : preferred(values);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (row.many || i == taken)
        add_value(record, row, values[i]);
      else
        lose(record, row.field->name, values[i], "the release takes one value");
  }

  // Which of several values stays where one may be: words in English, else the first.
  static std::size_t preferred(const Values& values) {
    const auto english = std::find_if(values.begin(), values.end(),
                                      [](const Term& value) { return value.language.starts_with("en"); });
    return english == values.end() ? 0 : static_cast<std::size_t>(english - values.begin());
  }

  void add_value(const Record& record, const ReleaseRow& row, const Term& value) {
    const Term written = written_value(value, row.form);
    if (row.form == Form::Tel && canonical_value(written, Form::Phone) != value)
      writing_.notes.push_back({Fate::Rewritten, shown(record.id), std::string(row.field->name), value.text,
                                written.text, "a telephone number as an IRI has no blanks"});
    writing_.graph.add(record.id, row.property, written);
    if (written.kind == Term::Kind::Literal) return;
    if (row.form == Form::Code)
      describe_code(row.of, written);
    else if (row.form == Form::Iri && !row.of.empty() && !records_.find(written))
      writing_.graph.add(written, expand("rdf:type"), gateway::codec::iri(expand(row.of)));
  }

  // The shapes ask for classes and labels of values from outside; a known code brings them along.
  void describe_code(std::string_view wanted, const Term& value) {
    const auto [codes, entry] = releases_.code(value.text);
    if (!codes) return describe_unknown(wanted, value);
    for (const std::string& name : codes->classes)
      writing_.graph.add(value, expand("rdf:type"), gateway::codec::iri(expand(name)));
    if (std::find(codes->classes.begin(), codes->classes.end(), "skos:Concept") == codes->classes.end())
      return;
    if (writing_.graph.objects(value, expand("skos:prefLabel")).empty())
      writing_.graph.add(value, expand("skos:prefLabel"), gateway::codec::text_in(entry->label, "en"));
    const Term scheme = gateway::codec::iri(codes->scheme);
    writing_.graph.add(value, expand("skos:inScheme"), scheme);
    writing_.graph.add(scheme, expand("rdf:type"), gateway::codec::iri(expand("skos:ConceptScheme")));
    if (writing_.graph.objects(scheme, expand("dct:title")).empty())
      writing_.graph.add(scheme, expand("dct:title"), gateway::codec::text_in(codes->name, "en"));
  }

  // A value that we have no label for: its classes, but for skos:Concept, which would need one.
  void describe_unknown(std::string_view wanted, const Term& value) {
    const auto list = releases_.profile.lists.find(wanted);
    if (list == releases_.profile.lists.end() || records_.find(value)) return;
    for (const std::string& name : list->second.classes)
      if (name != "skos:Concept")
        writing_.graph.add(value, expand("rdf:type"), gateway::codec::iri(expand(name)));
  }

  void lose(const Record& record, std::string_view field, const Term& value, const std::string& reason) {
    writing_.notes.push_back({Fate::Lost, shown(record.id), std::string(field), shown(value), {}, reason});
  }

  const Releases& releases_;
  const RecordSet& records_;
  const Release& to_;
  std::map<Term, std::set<std::string>> shapes_;
  Writing writing_;
};

}  // namespace

Writing write_records(const Releases& releases, const RecordSet& records, const Release& to) {
  RecordSet settled = records;
  std::vector<LossNote> notes;
  settle_for_release(releases, to, settled, notes);
  Writing writing = Writer(releases, settled, to).write();
  writing.notes.insert(writing.notes.begin(), notes.begin(), notes.end());
  return writing;
}

}  // namespace mappers::dcat
