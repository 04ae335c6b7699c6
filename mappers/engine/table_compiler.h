// TableCompiler: checks a mapping table and turns it into the program of a Table. Internal to mappers/engine.
//
// One object per table, used once.
#pragma once

#include "gateway/codec/csv.h"
#include "mappers/engine/table.h"

namespace mappers::engine {

class TableCompiler {
 public:
  explicit TableCompiler(TableText text);
  gateway::Result<Table> compile();

 private:
  gateway::Result<void> add(const gateway::codec::CsvRow& row, std::string where);
  void number_tags();
  gateway::Result<void> check_share_of_functions(const std::string& name) const;

  TableText text_;
  std::shared_ptr<Table::Body> body_;
  gateway::fhirpath::CompileOptions options_;
};

}  // namespace mappers::engine
