#include "mappers/dcat/convert.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::Term;
using gateway::codec::Triple;

constexpr std::string_view kUnexplained = "it did not arrive";
constexpr const char* kRehosted = "the value stands under its present host";

Term hosted(const Term& term) {
  if (term.kind != Term::Kind::Iri) return term;
  const auto moved = rehosted(term.text, kAuthorityHost);
  return moved ? gateway::codec::iri(*moved) : term;
}

// Finds for each statement of the source what became of it, in the result and in what that reads as.
class Accounts {
 public:
  Accounts(const Release& to, const RecordSet& before, const Graph& result, const Reading& again,
           const std::vector<LossNote>& notes)
      : to_(to), before_(before), result_(result), again_(again) {
    for (const Triple& triple : result.triples())
      for (const Term& object : {triple.object, hosted(triple.object)}) arrived_.insert(shown(object));
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

  // A statement about what is no record.
  void add_loose(const Triple& came, LossReport& report) const {
    if (result_.triples().contains(came)) {
      ++report.kept;
      return;
    }
    LossNote note = unexplained(came);
    if (is_rehosted(came))
      note.fate = Fate::Rewritten, note.reason = kRehosted;
    else
      inherit(note);
    report.notes.push_back(std::move(note));
  }

 private:
  static LossNote unexplained(const Triple& came) {
    return {Fate::Lost, shown(came.subject),      abbreviate(came.predicate.text), shown(came.object),
            {},         std::string(kUnexplained)};
  }

  // What moved is moved only when it, or what it became, is found in the result.
  bool is_true(const LossNote& note) const {
    return note.fate != Fate::Moved || arrived_.contains(note.value) || arrived_.contains(note.to);
  }

  // The fate of the node that the statement was about.
  void inherit(LossNote& note) const {
    const auto node = by_node_.find(note.subject);
    if (node != by_node_.end()) take_from(note, *node->second);
  }

  void take_from(LossNote& note, const LossNote& other) const {
    if (!is_true(other)) {
      note.reason = std::string(kUnexplained) + " at " + other.to;
      return;
    }
    note.fate = other.fate, note.to = other.to, note.reason = other.reason;
  }

  Term at_host(const Term& term) const {
    const auto moved = term.kind == Term::Kind::Iri ? rehosted(term.text, to_.host) : std::nullopt;
    return moved ? gateway::codec::iri(*moved) : term;
  }

  bool is_rehosted(const Triple& came) const {
    return result_.triples().contains({at_host(came.subject), came.predicate, at_host(came.object)});
  }

  LossNote explained(const Triple& came, const Origin& origin) const {
    LossNote note = unexplained(came);
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
    if (found) take_from(note, *found);
    return note;
  }

  // The row by which the value stands in the result, though that reads as another type of thing now.
  const ReleaseRow* written_by(const Origin& origin) const {
    const Record* record = before_.find(origin.record);
    if (!record) return nullptr;
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
    const bool of_class = came.predicate.text == expand("rdf:type");
    if (of_class && (record || !result_.objects(came.subject, came.predicate.text).empty()))
      note.fate = Fate::Rewritten, note.reason = "the release has another class for it";
    else if (is_rehosted(came))
      note.fate = Fate::Rewritten, note.reason = kRehosted;
    else if (const auto value = by_value_.find({note.subject, note.property, shown(hosted(came.object))});
             value != by_value_.end())
      take_from(note, *value->second);
    else if (!record)
      inherit(note);
    return note;
  }

  const Release& to_;
  const RecordSet& before_;
  const Graph& result_;
  const Reading& again_;
  std::map<std::tuple<std::string, std::string, std::string>, const LossNote*> by_value_;
  std::map<std::string, const LossNote*> by_node_;
  std::set<std::string> arrived_;  // everything that the result has as a value
};

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
  const Accounts accounts(to, reading.records, conversion.graph, again, notes);
  for (const Triple& came : graph.triples()) {
    const auto origin = origins.find({hosted(came.subject), came.predicate, hosted(came.object)});
    if (origin == origins.end())
      accounts.add_loose(came, report);
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
