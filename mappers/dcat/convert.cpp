#include "mappers/dcat/convert.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::Term;
using gateway::codec::Triple;

constexpr std::string_view kUnexplained = "it did not arrive";

// Finds for each statement of the source what became of it, in the result and in what that reads as.
class Accounts {
 public:
  Accounts(const Release& to, const RecordSet& before, const Graph& result, const Reading& again,
           const std::vector<LossNote>& notes)
      : to_(to), before_(before), result_(result), again_(again) {
    for (const LossNote& note : notes) {
      by_value_.emplace(std::tuple(note.subject, note.property, note.value), &note);
      if (note.fate == Fate::Lost || note.fate == Fate::Moved) by_node_.emplace(note.value, &note);
    }
  }

  // `came` is the statement as it stood in the source, `origin` as it was read.
  void add(const Triple& came, const Origin& origin, LossReport& report) const {
    if (result_.triples().contains(came)) {
      ++(origin.field.empty() && came.predicate.text != expand("rdf:type") ? report.extra : report.kept);
      return;
    }
    report.notes.push_back(explained(came, origin));
  }

 private:
  LossNote explained(const Triple& came, const Origin& origin) const {
    LossNote note{Fate::Lost, shown(came.subject),      abbreviate(came.predicate.text), shown(came.object),
                  {},         std::string(kUnexplained)};
    const Record* record = again_.records.find(origin.record);
    if (origin.field.empty()) return explained_type(std::move(note), came, record);
    const Values* values = record ? &record->of(origin.field) : nullptr;
    if (values && std::find(values->begin(), values->end(), origin.value) != values->end())
      return rewritten(std::move(note), came, *record, origin);
    if (const ReleaseRow* row = written_by(origin)) {
      note.fate = row->property == came.predicate.text ? Fate::Rewritten : Fate::Renamed;
      note.to = row->short_name, note.reason = "the release has this property for it";
      return note;
    }
    const auto at = by_value_.find({shown(origin.record), origin.field, shown(origin.value)});
    const auto node = by_node_.find(shown(origin.record));
    const LossNote* found = at != by_value_.end()               ? at->second
                            : !record && node != by_node_.end() ? node->second
                                                                : nullptr;
    if (found) note.fate = found->fate, note.to = found->to, note.reason = found->reason;
    return note;
  }

  // The row by which the value stands in the result, though that reads as another type of thing now.
  const ReleaseRow* written_by(const Origin& origin) const {
    const Record* record = before_.find(origin.record);
    if (!record) return nullptr;
    const auto at_host = [&](const Term& term) {
      const auto moved = term.kind == Term::Kind::Iri ? rehosted(term.text, to_.host) : std::nullopt;
      return moved ? gateway::codec::iri(*moved) : term;
    };
    for (const ReleaseRow& row : to_.rows())
      if (row.field->type == record->type && row.field->name == origin.field && !row.property.empty() &&
          result_.triples().contains({at_host(record->id), gateway::codec::iri(row.property),
                                      at_host(written_value(origin.value, row.form))}))
        return &row;
    return nullptr;
  }

  LossNote rewritten(LossNote note, const Triple& came, const Record& record, const Origin& origin) const {
    const Term subject = again_.records.find(came.subject) ? came.subject : record.id;
    const ReleaseRow* row = nullptr;
    for (const ReleaseRow& each : to_.rows())
      if (each.field->type == record.type && each.field->name == origin.field && !each.property.empty() &&
          !result_.objects(subject, each.property).empty())
        row = &each;
    note.fate = !row || row->property == came.predicate.text ? Fate::Rewritten : Fate::Renamed;
    note.to = row ? row->short_name : "";
    note.reason = note.fate == Fate::Renamed ? "the release has this property for it"
                                             : "the release writes the value in another form";
    return note;
  }

  // The class of a node, or what no field stands for: gone only together with the node.
  LossNote explained_type(LossNote note, const Triple& came, const Record* record) const {
    const bool typed = came.predicate.text == expand("rdf:type") &&
                       !result_.objects(came.subject, came.predicate.text).empty();
    if (record || typed) {
      note.fate = Fate::Rewritten;
      note.reason = came.predicate.text == expand("rdf:type") ? "the release has another class for it"
                                                              : "the value stands under its present host";
      return note;
    }
    const auto node = by_node_.find(note.subject);
    if (node != by_node_.end())
      note.fate = node->second->fate, note.to = node->second->to, note.reason = node->second->reason;
    return note;
  }

  const Release& to_;
  const RecordSet& before_;
  const Graph& result_;
  const Reading& again_;
  std::map<std::tuple<std::string, std::string, std::string>, const LossNote*> by_value_;
  std::map<std::string, const LossNote*> by_node_;
};

Term hosted(const Term& term) {
  if (term.kind != Term::Kind::Iri) return term;
  const auto moved = rehosted(term.text, kAuthorityHost);
  return moved ? gateway::codec::iri(*moved) : term;
}

void add_loose(const Triple& came, const std::map<std::string, const LossNote*>& nodes, const Graph& result,
               LossReport& report) {
  if (result.triples().contains(came)) {
    ++report.kept;
    return;
  }
  LossNote note{Fate::Rewritten,
                shown(came.subject),
                abbreviate(came.predicate.text),
                shown(came.object),
                {},
                "the value stands under its present host"};
  if (const auto node = nodes.find(shown(came.subject)); node != nodes.end())
    note.fate = node->second->fate, note.to = node->second->to, note.reason = node->second->reason;
  report.notes.push_back(std::move(note));
}

// R8, identifiers: the next catalogue overwrites dct:identifier, the old one moves to adms:identifier.
void identify_anew(RecordSet& records, const std::string& identifier, std::vector<LossNote>& notes) {
  const auto datasets = records.all("Dataset");
  if (identifier.empty() || datasets.size() != 1) return;
  const Term id = datasets.front()->id;
  const Values old = records.find(id)->of("identifier");
  const Term fresh = gateway::codec::literal(identifier);
  int number = 0;
  for (const Term& value : old) {
    if (value == fresh) continue;
    const std::string name = "#earlier-identifier-" + std::to_string(++number);
    const Term node = id.kind == Term::Kind::Blank ? gateway::codec::blank(id.text + name)
                                                   : gateway::codec::iri(id.text + name);
    records.make(node, "Identifier").add("notation", value);
    Record& dataset = records.records.at(id);
    dataset.add("other_identifiers", node);
    dataset.remove("identifier", value);
    notes.push_back({Fate::Moved, shown(id), "identifier", shown(value), "adms:identifier",
                     "the next catalogue gives the dataset an identifier of its own"});
  }
  records.records.at(id).add("identifier", fresh);
}

}  // namespace

Conversion convert(const Releases& releases, const Graph& graph, const Release& to,
                   const ConvertSettings& settings) {
  Reading reading = read_records(releases, graph);
  std::vector<LossNote> notes = reading.notes;
  identify_anew(reading.records, settings.identifier, notes);
  Writing writing = write_records(releases, reading.records, to);
  notes.insert(notes.end(), writing.notes.begin(), writing.notes.end());
  const Reading again = read_records(releases, writing.graph);

  Conversion conversion{.graph = std::move(writing.graph), .report = {}};
  LossReport& report = conversion.report;
  if (const Release* from = guess_release(releases, graph)) report.from = from->id;
  report.to = to.id;
  report.statements = graph.size();
  std::map<Triple, const Origin*> origins;
  for (const Origin& origin : reading.origins) origins.emplace(origin.statement, &origin);
  std::map<std::string, const LossNote*> nodes;
  for (const LossNote& note : notes)
    if (note.fate == Fate::Moved || note.fate == Fate::Lost) nodes.emplace(note.value, &note);
  const Accounts accounts(to, reading.records, conversion.graph, again, notes);
  for (const Triple& came : graph.triples()) {
    const auto origin = origins.find({hosted(came.subject), came.predicate, hosted(came.object)});
    if (origin == origins.end())
      add_loose(came, nodes, conversion.graph, report);
    else
      accounts.add(came, *origin->second, report);
  }
  for (const LossNote& note : notes)
    if (note.fate == Fate::Derived) report.notes.push_back(note);
  return conversion;
}

// Each release is told by something that no other has; the newest that fits is named.
const Release* guess_release(const Releases& releases, const Graph& graph) {
  bool health = false, eucaim = false, r7 = false, r8 = false, vcard_agents = false, tables = false;
  const auto in = [](const std::string& text, std::string_view space) { return text.starts_with(space); };
  const std::string healthdcatap = expand("healthdcatap:"), own = expand("eucaim:");
  for (const Triple& triple : graph.triples()) {
    const std::string& property = triple.predicate.text;
    health |= in(property, healthdcatap);
    eucaim |= in(property, own);
    r8 |= property == healthdcatap + "hdabCoordinator";
    r7 |= property == healthdcatap + "hasStructuredData" || property == healthdcatap + "hasVariables";
    tables |= property == expand("csvw:tableGroup");
    vcard_agents |= property == healthdcatap + "trustedDataHolder" ||
                    property == healthdcatap + "publisherType" || property == healthdcatap + "publisherNote";
  }
  if (!health && !eucaim) return releases.find("dcat-ap-3.0.1");
  if (eucaim && !r8) return releases.find("eucaim-dcat-ap-v2");
  if (r8) return releases.find("healthdcat-ap-r8");
  if (r7) return releases.find("healthdcat-ap-r7");
  return releases.find(tables && !vcard_agents ? "healthdcat-ap-r6" : "healthdcat-ap-r5");
}

}  // namespace mappers::dcat
