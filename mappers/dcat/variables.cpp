// The variable dictionary: the DICOM attributes that the images really have, as CSVW (HealthDCAT-AP R8:
// TableGroup, Table and repeated csvw:column instead of an RDF list).
#include <array>
#include <cstdio>

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

std::string hex4(std::uint32_t value) {
  std::array<char, 5> text{};
  std::snprintf(text.data(), text.size(), "%04X", value & 0xFFFF);
  return text.data();
}

std::string replaced(std::string text, std::string_view mark, std::string_view value) {
  if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), value);
  return text;
}

void add_column(Builder& builder, const std::string& table, const gateway::model::CountedAttribute& attribute,
                const AttributeName& name, const DatasetView& view) {
  const std::string group = hex4(attribute.tag >> 16), element = hex4(attribute.tag);
  const std::string column = table + "-" + group + element;
  builder.link(table, "csvw:column", column, "csvw:Column");
  builder.text(column, "csvw:name", name.keyword);
  builder.texts(column, "csvw:title", {{"en", name.name}});
  builder.text(column, "csvw:datatype", datatype_of(attribute.vr));
  builder.texts(column, "dct:description",
                {{"en", "DICOM attribute (" + group + "," + element + "), value representation " +
                            attribute.vr + "; present in " + std::to_string(attribute.instances) + " of " +
                            std::to_string(view.statistics.instances) + " instances."}});
  const std::string& pattern = builder.context().profile.attribute_iri;
  builder.link(column, "csvw:propertyUrl",
               replaced(replaced(pattern, "{group}", group), "{element}", element));
}

}  // namespace

bool add_variables(Builder& builder, const std::string& iri, const DatasetView& view) {
  const std::string table = iri + "-instances";
  bool any = false;
  for (const auto& attribute : view.statistics.attributes) {
    const auto name = builder.context().describe(attribute.tag);
    if (!name || name->keyword.empty()) continue;
    add_column(builder, table, attribute, *name, view);
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
