// Descriptions from any release to any other, by way of the catalogue's own records.
//
// Reading takes every known variant of a property, whatever release the document claims; writing follows one
// release. What the records have no field for is carried along and counted. The report is made by reading the
// result again, so it says what is there, not what was meant. Pure functions, thread-safe; the releases must
// outlive the call only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/codec/rdf.h"
#include "mappers/dcat/loss_report.h"
#include "mappers/dcat/record.h"
#include "mappers/dcat/release.h"

namespace mappers::dcat {

// Where a statement of a graph went when it was read.
struct Origin {
  gateway::codec::Triple statement;
  gateway::codec::Term record;
  std::string field;  // empty: the type of the record, or one of Record::more
  gateway::codec::Term value;
};

struct Reading {
  RecordSet records;
  std::vector<Origin> origins;  // of all statements about records
  std::vector<LossNote> notes;  // what reading moved or rewrote; `property` is the field here
};
Reading read_records(const Releases& releases, const gateway::codec::Graph& graph);

struct Writing {
  gateway::codec::Graph graph;
  std::vector<LossNote> notes;  // what the release has no place for, moved or derived
};
Writing write_records(const Releases& releases, const RecordSet& records, const Release& to);

struct ConvertSettings {
  // dct:identifier of the one dataset in the next catalogue; the old ones move to adms:identifier (R8 section
  // on identifiers). Empty: as it is.
  std::string identifier;
};
struct Conversion {
  gateway::codec::Graph graph;
  LossReport report;
};
Conversion convert(const Releases& releases, const gateway::codec::Graph& graph, const Release& to,
                   const ConvertSettings& settings = {});

// The release that the description looks most like, or nullptr when nothing tells.
const Release* guess_release(const Releases& releases, const gateway::codec::Graph& graph);

// A body that is named only to have one: "To be determined", "N/A". Such a one is never published.
bool is_stand_in(std::string_view name);

}  // namespace mappers::dcat
