// Internal to mappers/dcat: reading typed members of one TOML table, collecting faults and unknown keys.
//
// A reader refers to the document and to the list of faults; both outlive it. One thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/codec/toml.h"
#include "mappers/dcat/definition.h"

namespace mappers::dcat {

struct Fault {
  int line = 0;
  std::string text;
};

class TableReader {
 public:
  // `path` is that of the table: "" for the root, "publisher", "distribution[0]".
  TableReader(const gateway::codec::TomlDocument& document, const gateway::Value& table, std::string path,
              std::vector<Fault>& faults)
      : document_(document), table_(table), path_(std::move(path)), faults_(faults) {}

  std::string text(std::string_view key, bool required = false);
  std::string iri(std::string_view key);
  std::string date(std::string_view key);
  std::vector<std::string> list(std::string_view key);
  // A text, or a table of language to text (or to list of texts); or a list of such.
  Texts texts(std::string_view key, bool required = false);
  std::vector<Concept> codes(std::string_view key, const CodeList& list);
  std::optional<Concept> code(std::string_view key, const CodeList& list);
  // The value itself, for readers of other shapes; and whether a key has been asked for.
  const gateway::Value* value(std::string_view key) { return find(key); }
  bool knows(std::string_view key) const { return known_.contains(key); }
  // A reader of a table below `key`, with this one's document and faults.
  TableReader below(std::string_view key, const gateway::Value& table);

  // The table under this key, or nullptr; `each` for a list of tables.
  const gateway::Value* table(std::string_view key);
  std::vector<const gateway::Value*> tables(std::string_view key);

  void fault(std::string_view key, std::string text);
  std::string path_of(std::string_view key) const;
  // Names the keys that nobody asked for.
  void finish();

 private:
  const gateway::Value* find(std::string_view key);
  void add_texts(Texts& into, const gateway::Value& value, const std::string& language, std::string_view key);

  const gateway::codec::TomlDocument& document_;
  const gateway::Value& table_;
  std::string path_;
  std::vector<Fault>& faults_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace mappers::dcat
