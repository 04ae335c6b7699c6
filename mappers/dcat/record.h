// The catalogue's own records: what is known about a dataset, a distribution, an agent ..., whatever release
// it came in or goes out by. One descriptor table (record_fields.cpp) says which fields each type of record
// has; a release says where and how it writes them.
//
// A record points to others by their names, so a set of records is a graph of typed things; what no field
// stands for is kept beside them and never dropped. Plain values, as thread-safe as any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/codec/rdf.h"

namespace mappers::dcat {

// How a value is written. A release may write a field in another form than the record holds it.
enum class Form : std::uint8_t {
  Text,      // words, in languages
  Word,      // a literal without language
  Iri,       // `of`: the class to state of the value
  Code,      // an IRI of a code list; `of`: the list
  Boolean,   // xsd:boolean
  Count,     // xsd:nonNegativeInteger
  Decimal,   // xsd:decimal
  Duration,  // xsd:duration
  Date,      // xsd:date, dateTime, gYear or gYearMonth
  Hex,       // xsd:hexBinary
  Email,     // a literal; Mailto: the same as an IRI
  Mailto,
  Phone,  // a literal; Tel: the same as an IRI
  Tel,
  Node,    // another record; `of`: its type
  Concept  // a code as a skos:Concept of its own
};

struct Field {
  std::string_view type;      // of the record: "Dataset"
  std::string_view name;      // "min_typical_age"
  std::string_view property;  // where it usually stands: "healthdcatap:minTypicalAge"
  Form form = Form::Text;
  std::string_view of = {};
  bool many = false;
  bool stated = false;  // read by that name from a dataset definition
};

// All fields, those of one type in a row.
std::span<const Field> fields();
std::span<const Field> fields_of(std::string_view type);
const Field* find_field(std::string_view type, std::string_view name);

using Values = std::vector<gateway::codec::Term>;

struct Record {
  gateway::codec::Term id;
  std::string type;
  std::map<std::string, Values, std::less<>> values;               // by field name; never an empty list
  std::vector<std::pair<std::string, gateway::codec::Term>> more;  // predicate IRI and value: no field's

  const Values& of(std::string_view name) const;
  void add(std::string_view name, const gateway::codec::Term& value);  // once
  // The same without the value; whether it was there.
  bool remove(std::string_view name, const gateway::codec::Term& value);
};

struct RecordSet {
  std::map<gateway::codec::Term, Record> records;
  gateway::codec::Graph loose;  // statements about things that are no records

  const Record* find(const gateway::codec::Term& id) const;
  std::vector<const Record*> all(std::string_view type) const;
  // The record, made when there is none.
  Record& make(const gateway::codec::Term& id, std::string_view type);
};

}  // namespace mappers::dcat
