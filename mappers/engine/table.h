// Table: the mapping rules of one profile, compiled to a flat program (design.md section 2, rule 4).
//
// `profiles/<profile>/*.map.csv` has one rule a line: to,from,as,when,codes,spec. Everything is checked when
// a table is loaded: unknown fields, paths, transforms, code tables and constants, type clashes, faulty
// conditions and double targets stop the start with file and line. A table is immutable and may be run from
// several threads at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/fhirpath/expression.h"
#include "gateway/model/fields.h"
#include "mappers/engine/code_table.h"
#include "mappers/engine/report.h"
#include "mappers/engine/source.h"
#include "mappers/engine/tag_path.h"
#include "mappers/engine/transform.h"

namespace mappers::engine {

class Coverage;

// A rule as it is written.
struct RuleInfo {
  std::string to, from, as, when, codes, spec;
  std::string where;  // "dicom.map.csv:12"
};

// What profile.toml says.
struct ProfileInfo {
  std::string name;  // the folder below profiles/, "dicom/core-2025"
  std::string title;
  std::string standard;
  std::string release;
  std::string source;
  std::string licence;
  std::map<std::string, std::string> constants;  // for conditions: %name
};

// The texts a table is made of. Code tables by name.
struct TableText {
  ProfileInfo profile;
  std::string map_name;  // of the file, for messages
  std::string map;
  std::map<std::string, CodeTable> codes;
};

class Table {
 public:
  // Reads `profiles_dir/<profile>/profile.toml`, its mapping table and the code tables it names.
  // Error: ProfileInvalid with "file:line" in `where`.
  static gateway::Result<Table> load(const std::string& profiles_dir, const std::string& profile);
  static gateway::Result<Table> compile(TableText text);

  // Fills the fields that the rules name; the others stay as they are. Notes are appended to `report`.
  void run(const Source& source, gateway::model::ImagingObject& object, MappingReport& report,
           Coverage* coverage = nullptr) const;

  const ProfileInfo& profile() const { return body_->profile; }
  std::span<const RuleInfo> rules() const { return body_->rules; }
  const RuleInfo* rule_for(std::string_view to) const;
  // Between the fields of records and the tags of the outermost level, both ways: "study.date" and
  // 0x00080020. Packed fields, which no query can name, have no path.
  std::optional<std::string> path_of_tag(std::uint32_t tag) const;
  std::optional<std::uint32_t> tag_of(std::string_view path) const;

 private:
  friend class TableCompiler;
  struct Instruction {
    gateway::model::FieldRef to;
    TagPath from;
    const Transform* transform = nullptr;
    std::optional<gateway::fhirpath::Expression> when;
    const CodeTable* codes = nullptr;
    std::size_t tag_index = 0;  // of from.first() in Body::tags
  };
  // Behind a pointer, so that a Table can move while notes and instructions point into it.
  struct Body {
    ProfileInfo profile;
    std::vector<RuleInfo> rules;
    std::vector<Instruction> program;  // one for each rule
    std::vector<Source::Tag> tags;     // of the outermost level that rules read, ascending
    std::map<std::string, CodeTable> codes;
    gateway::fhirpath::Environment environment;
  };
  class Run;
  explicit Table(std::shared_ptr<const Body> body) : body_(std::move(body)) {}

  std::shared_ptr<const Body> body_;
};

}  // namespace mappers::engine
