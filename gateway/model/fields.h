// Descriptors: one table of fields per record, so that paths such as "series.body_part" can be looked up,
// mapping tables be checked at start, rows be bound and records be dumped without naming every field again.
//
// The tables are constants; everything here is thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/model/records.h"

namespace gateway::model {

enum class FieldType : std::uint8_t { Text, Integer, Name, Codes, Names, Identifiers, Requests, Specimens };

template <class Record>
struct Field {
  std::string_view name;  // as in records.h
  std::variant<std::string Record::*, std::optional<std::int64_t> Record::*, PersonName Record::*,
               std::vector<Code> Record::*, std::vector<PersonName> Record::*,
               std::vector<Identifier> Record::*, std::vector<Request> Record::*,
               std::vector<Specimen> Record::*>
      member;
  bool packed = false;  // shares one column of the index with the others of its record: no query can name it
  FieldType type() const { return static_cast<FieldType>(member.index()); }
};

// In the order of records.h. Defined for Subject, Study, Series and Instance.
template <class Record>
std::span<const Field<Record>> fields();

enum class Level : std::uint8_t { Subject, Study, Series, Instance };
std::string_view name_of(Level level);  // "subject", ...

// A field of an ImagingObject by its path, e.g. "series.number".
class FieldRef {
 public:
  static std::optional<FieldRef> find(std::string_view path);
  static std::vector<FieldRef> all();
  std::string path() const;
  Level level() const { return level_; }
  FieldType type() const;
  bool packed() const;
  // The member, of the alternative that type() tells.
  using Pointer = std::variant<std::string*, std::optional<std::int64_t>*, PersonName*, std::vector<Code>*,
                               std::vector<PersonName>*, std::vector<Identifier>*, std::vector<Request>*,
                               std::vector<Specimen>*>;
  Pointer of(ImagingObject& object) const;
  bool operator==(const FieldRef&) const = default;

 private:
  FieldRef(Level level, std::size_t index) : level_(level), index_(index) {}
  Level level_;
  std::size_t index_;
};

// The record as a tree, empty fields left out: for goldens, the command line and debugging.
template <class Record>
Value to_value(const Record& record);

}  // namespace gateway::model
