// Internal to mappers/dcat: what the tables cannot say, one named function each (record_rules.cpp). They
// change the records and note what they moved.
#pragma once

#include "mappers/dcat/convert.h"

namespace mappers::dcat {

// R8 looks at csvw:column of the table only: the columns of a csvw:tableSchema, listed or repeated, are said
// of the table too.
gateway::codec::Graph with_repeated_columns(gateway::codec::Graph graph);
// What a data-use condition of EUCAIM is in a policy: by the column `rule` of its list.
struct RuleKind {
  const char* field;
  const char* type;
  const char* action;
};
RuleKind rule_kind(const Releases& releases, const gateway::codec::Term& condition);
// After reading: everything to the place where the records have it.
void settle_read_records(const Releases& releases, Reading& reading);
// Before writing: to the places where the release has it.
void settle_for_release(const Releases& releases, const Release& to, RecordSet& records,
                        std::vector<LossNote>& notes);

}  // namespace mappers::dcat
