// The variable dictionary: the DICOM attributes that the images really have, as CSVW (HealthDCAT-AP R8:
// TableGroup, Table and repeated csvw:column instead of an RDF list).
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "mappers/dcat/builder.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

// PS3.5 table 6.2-1 to the datatypes of CSVW (Metadata Vocabulary for Tabular Data, section 5.11.1).
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kDatatypes = {{
    {"DA", "date"},         {"TM", "time"},         {"DT", "datetime"},     {"IS", "integer"},
    {"DS", "decimal"},      {"FL", "float"},        {"FD", "double"},       {"US", "unsignedShort"},
    {"UL", "unsignedInt"},  {"SS", "short"},        {"SL", "int"},          {"SV", "long"},
    {"UV", "unsignedLong"}, {"UR", "anyURI"},       {"SQ", "json"},         {"OB", "base64Binary"},
    {"OW", "base64Binary"}, {"OD", "base64Binary"}, {"OF", "base64Binary"}, {"UN", "base64Binary"},
}};

std::string_view datatype_of(std::string_view vr) {
  for (const auto& [name, datatype] : kDatatypes)
    if (name == vr) return datatype;
  return "string";
}

bool is_integer(std::string_view datatype) {
  static constexpr std::array<std::string_view, 8> kIntegers = {
      "integer", "unsignedShort", "unsignedInt", "unsignedLong", "short", "int", "long", "byte"};
  return std::find(kIntegers.begin(), kIntegers.end(), datatype) != kIntegers.end();
}

bool is_number(std::string_view datatype) {
  return is_integer(datatype) || datatype == "decimal" || datatype == "float" || datatype == "double" ||
         datatype == "number";
}

// The datatype that holds the values of both.
std::string_view widened(std::string_view one, std::string_view other) {
  if (one == other) return one;
  if (is_integer(one) && is_integer(other)) return "integer";
  if (!is_number(one) || !is_number(other)) return "string";
  const auto exact = [](std::string_view datatype) { return is_integer(datatype) || datatype == "decimal"; };
  return exact(one) && exact(other) ? "decimal" : "number";
}

// A variable is an attribute, whatever VRs it has: Smallest Image Pixel Value is US here and SS there
// (PS3.6), and a column has exactly one datatype.
struct Variable {
  std::string vrs;  // "SS or US"
  std::string_view datatype;
  std::uint64_t instances = 0, empty = 0;
};

std::map<std::uint32_t, Variable> variables_of(const DatasetView& view) {
  std::map<std::uint32_t, Variable> variables;
  for (const auto& attribute : view.statistics.attributes) {
    const auto [at, fresh] = variables.try_emplace(attribute.tag);
    Variable& variable = at->second;
    const std::string_view datatype = datatype_of(attribute.vr);
    variable.datatype = fresh ? datatype : widened(variable.datatype, datatype);
    variable.vrs += (fresh ? "" : " or ") + attribute.vr;
    variable.instances += attribute.instances;
    variable.empty += attribute.empty;
  }
  return variables;
}

std::string hex4(std::uint32_t value) {
  std::array<char, 5> text{};
  std::snprintf(text.data(), text.size(), "%04X", value & 0xFFFF);
  return text.data();
}

std::string replaced(std::string text, std::string_view mark, std::string_view value) {
  if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), value);
  return text;
}

// How many instances have it, and how many of these with a value.
std::string presence_text(const Variable& variable, const gateway::model::SelectionStatistics& figures) {
  if (figures.withheld) return ".";
  std::string text = "; present in " + std::to_string(variable.instances) + " of " +
                     std::to_string(figures.instances) + " instances";
  if (variable.empty > 0) text += ", in " + std::to_string(variable.empty) + " of these without a value";
  return text + ".";
}

void add_column(Builder& builder, const std::string& table, std::uint32_t tag, const Variable& variable,
                const AttributeName& name, const DatasetView& view) {
  const std::string group = hex4(tag >> 16), element = hex4(tag);
  const std::string column = table + "-" + group + element;
  builder.link(table, "csvw:column", column, "csvw:Column");
  builder.text(column, "csvw:name", name.keyword);
  builder.texts(column, "csvw:title", {{"en", name.name}});
  builder.text(column, "csvw:datatype", variable.datatype);
  builder.texts(column, "dct:description",
                {{"en", "DICOM attribute (" + group + "," + element + "), value representation " +
                            variable.vrs + presence_text(variable, view.statistics)}});
  const std::string& pattern = builder.context().profile.attribute_iri;
  builder.link(column, "csvw:propertyUrl",
               replaced(replaced(pattern, "{group}", group), "{element}", element));
}

}  // namespace

bool add_variables(Builder& builder, const std::string& iri, const DatasetView& view) {
  const std::string table = iri + "-instances";
  bool any = false;
  for (const auto& [tag, variable] : variables_of(view)) {
    const auto name = builder.context().describe(tag);
    if (!name || name->keyword.empty()) continue;
    add_column(builder, table, tag, variable, *name, view);
    any = true;
  }
  if (!any) return false;
  builder.type(iri, "csvw:TableGroup");
  builder.texts(iri, "dct:title", {{"en", "Variables of the images"}});
  builder.link(iri, "csvw:table", table, "csvw:Table");
  builder.texts(table, "dct:title", {{"en", "DICOM attributes of the instances"}});
  builder.texts(table, "dcat:keyword", {{"en", "DICOM"}});
  return true;
}

}  // namespace mappers::dcat
