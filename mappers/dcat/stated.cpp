#include "mappers/dcat/stated.h"

#include <algorithm>
#include <array>
#include <map>

#include "gateway/base/text.h"
#include "gateway/codec/rdf.h"
#include "mappers/dcat/builder.h"
#include "mappers/dcat/definition_reader.h"
#include "mappers/dcat/term_rules.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

using gateway::Value;
using gateway::codec::Term;

constexpr std::size_t kDeepest = 8;
constexpr std::string_view kMediaTypes = "http://www.iana.org/assignments/media-types/";

// The class of nodes by type of record, HealthDCAT-AP R8.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kClasses = {{
    {"Agent", "foaf:Agent"},
    {"Contact", "cv:ContactPoint"},
    {"OpeningHours", "time:TemporalEntity"},
    {"Identifier", "adms:Identifier"},
    {"Period", "dct:PeriodOfTime"},
    {"Activity", "prov:Activity"},
    {"LegalBasis", "dpv:LegalBasis"},
    {"Purpose", "dpv:Purpose"},
    {"Attribution", "prov:Attribution"},
    {"Relationship", "dcat:Relationship"},
    {"QualityAnnotation", "dqv:QualityCertificate"},
    {"Checksum", "spdx:Checksum"},
    {"Policy", "odrl:Policy"},
    {"Permission", "odrl:Permission"},
    {"Prohibition", "odrl:Prohibition"},
    {"Duty", "odrl:Duty"},
    {"TableGroup", "csvw:TableGroup"},
    {"Table", "csvw:Table"},
    {"Column", "csvw:Column"},
    {"DatasetSeries", "dcat:DatasetSeries"},
}};

std::string_view class_of(std::string_view type) {
  const auto at =
      std::find_if(kClasses.begin(), kClasses.end(), [&](const auto& c) { return c.first == type; });
  return at == kClasses.end() ? std::string_view() : at->second;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class StatedReader {
 public:
  StatedReader(TableReader& reader, const Profile& profile, std::size_t depth)
      : reader_(reader), profile_(profile), depth_(depth) {}

  Statements read(std::string_view type, std::initializer_list<std::string_view> without) {
    for (const Field& field : fields_of(type)) {
      const bool skipped = std::find(without.begin(), without.end(), field.name) != without.end();
      if (!field.stated || skipped || reader_.knows(field.name)) continue;
      if (const Value* value = reader_.value(field.name)) read_field(field, *value);
    }
    return std::move(statements_);
  }

 private:
  void add(const Field& field, Term value) { statements_.push_back({&field, std::move(value), {}}); }
  void fault(const Field& field, std::string text) { reader_.fault(field.name, std::move(text)); }

  void read_field(const Field& field, const Value& value) {
    switch (field.form) {
      case Form::Text:
        for (const LanguageText& text : reader_.texts(field.name))
          add(field, gateway::codec::text_in(text.text, text.language));
        return;
      case Form::Code:
        return read_codes(field);
      case Form::Node:
        return read_nodes(field, value);
      case Form::Boolean:
        if (const bool* yes = value.as_bool())
          return add(field, gateway::codec::literal(*yes ? "true" : "false", expand("xsd:boolean")));
        return fault(field, "must be true or false");
      case Form::Count:
        if (const auto* number = value.as_int(); number && *number >= 0)
          return add(field,
                     gateway::codec::literal(std::to_string(*number), expand("xsd:nonNegativeInteger")));
        return fault(field, "must be a whole number, not below 0");
      case Form::Decimal:
        return read_decimal(field, value);
      default:
        return read_words(field);
    }
  }

  void read_decimal(const Field& field, const Value& value) {
    const auto* number = value.as_int();
    const auto* decimal = value.as_decimal();
    if (!number && !decimal) return fault(field, "must be a number");
    const std::string text = number ? std::to_string(*number) : decimal->text;
    if (text.find_first_not_of("0123456789.") != std::string::npos)
      return fault(field, "'" + text + "' is no plain decimal number above 0");
    add(field, gateway::codec::literal(text, expand("xsd:decimal")));
  }

  void read_words(const Field& field) {
    const auto words = reader_.list(field.name);
    if (!field.many && words.size() > 1) return fault(field, "takes one value");
    for (const std::string& word : words) read_word(field, std::string(gateway::trim(word)));
  }

  void read_word(const Field& field, const std::string& word) {
    if (field.form == Form::Iri) return read_iri(field, word);
    if (field.form == Form::Date) {
      const auto type = date_type(word);
      if (type.empty()) return fault(field, "'" + word + "' is no date, year or time of ISO 8601");
      return add(field, gateway::codec::literal(word, expand(type)));
    }
    if (field.form == Form::Duration) {
      if (!is_duration(word)) return fault(field, "'" + word + "' is no duration such as P1M");
      return add(field, gateway::codec::literal(word, expand("xsd:duration")));
    }
    if (field.form == Form::Hex) {
      const std::string digits = gateway::lower(word);
      if (digits.empty() || digits.size() % 2 || digits.find_first_not_of("0123456789abcdef") != digits.npos)
        return fault(field, "'" + word + "' are no hexadecimal digits");
      return add(field, gateway::codec::literal(digits, expand("xsd:hexBinary")));
    }
    if (field.form == Form::Email && word.find('@') == word.npos)
      return fault(field, "'" + word + "' is no address");
    add(field, gateway::codec::literal(word));
  }

  void read_iri(const Field& field, const std::string& word) {
    std::string iri = word;
    if (field.of == "dct:MediaType" && word.find(':') == word.npos && word.find('/') != word.npos)
      iri = std::string(kMediaTypes) + word;
    else if (is_known_name(word))
      iri = expand(word);
    if (!gateway::codec::is_absolute_iri(iri)) return fault(field, "'" + word + "' is no absolute IRI");
    add(field, gateway::codec::iri(iri));
  }

  // A code of a list, or of a branch of EUCAIM's hyper-ontology: letters and digits.
  void read_codes(const Field& field) {
    const auto colon = field.of.find(':');
    if (colon == std::string_view::npos) {
      const auto codes = reader_.codes(field.name, profile_.list(field.of));
      if (!field.many && codes.size() > 1) return fault(field, "takes one value");
      for (const Concept& code : codes) add(field, gateway::codec::iri(code.iri));
      return;
    }
    const std::string_view letters = field.of.substr(colon + 1);
    const auto codes = reader_.list(field.name);
    if (!field.many && codes.size() > 1) return fault(field, "takes one value");
    for (const std::string& code : codes) {
      const std::string_view text = code;
      const auto digits = text.find_first_of("0123456789");
      const auto name = text.substr(0, digits);
      if (digits == text.npos || !is_digits(text.substr(digits)) || (!letters.empty() && name != letters) ||
          name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != name.npos)
        fault(field, "'" + code + "' is no code of the hyper-ontology such as " +
                         std::string(letters.empty() ? "IMG" : letters) + "1000001");
      else
        add(field, gateway::codec::iri(expand("eucaim:" + code)));
    }
  }

  void read_nodes(const Field& field, const Value& value) {
    const auto* list = value.as_list();
    if (list && !field.many && list->size() > 1) return fault(field, "takes one value");
    if (!list) return read_node(field, value, std::string(field.name));
    for (std::size_t i = 0; i < list->size(); ++i)
      read_node(field, (*list)[i], std::string(field.name) + "[" + std::to_string(i) + "]");
  }

  void read_node(const Field& field, const Value& value, const std::string& key) {
    if (depth_ >= kDeepest) return fault(field, "is nested too deep");
    if (const auto* text = value.as_string()) return read_short(field, *text);
    if (!value.as_map()) return fault(field, "must be a table, or a text for its first key");
    TableReader below = reader_.below(key, value);
    Stated node{&field, {}, {}};
    if (const std::string iri = below.iri("iri"); !iri.empty()) node.value = gateway::codec::iri(iri);
    node.parts = StatedReader(below, profile_, depth_ + 1).read(field.of, {});
    below.finish();
    if (node.parts.empty() && node.value.text.empty()) return fault(field, "must not be empty");
    statements_.push_back(std::move(node));
  }

  // A text instead of a table: the IRI of the node, or the words of its first field.
  void read_short(const Field& field, const std::string& text) {
    if (gateway::codec::is_absolute_iri(text) && field.of != "Identifier")
      return add(field, gateway::codec::iri(text));
    const auto members = fields_of(field.of);
    if (members.empty() || (members.front().form != Form::Text && members.front().form != Form::Word) ||
        gateway::trim(text).empty())
      return fault(field, "must be a table");
    statements_.push_back(
        {&field, {}, {{&members.front(), gateway::codec::literal(gateway::trim(text)), {}}}});
  }

  TableReader& reader_;
  const Profile& profile_;
  std::size_t depth_;
  Statements statements_;
};

std::string fragment(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

}  // namespace

Statements read_stated(TableReader& reader, std::string_view type, const Profile& profile,
                       std::initializer_list<std::string_view> without) {
  return StatedReader(reader, profile, 0).read(type, without);
}

void add_stated(Builder& builder, const std::string& subject, const Statements& statements) {
  std::map<std::string_view, int> numbers;
  for (const Stated& stated : statements) {
    const Field& field = *stated.field;
    if (field.form != Form::Node) {
      builder.value(subject, field, stated.value);
      continue;
    }
    const std::string mark = subject.find('#') == std::string::npos ? "#" : "-";
    const std::string iri = stated.value.text.empty() ? subject + mark + fragment(field.name) + "-" +
                                                            std::to_string(++numbers[field.name])
                                                      : stated.value.text;
    builder.link(subject, field.property, iri);
    if (stated.parts.empty()) continue;
    if (const auto name = class_of(field.of); !name.empty()) builder.type(iri, name);
    if (field.of == "DatasetSeries") builder.legislation(iri);
    add_stated(builder, iri, stated.parts);
  }
}

void add_data_use(Builder& builder, const std::string& distribution, const std::vector<Concept>& conditions) {
  for (const Concept& condition : conditions) {
    const std::string policy = distribution + "#data-use", rule = policy + "-" + condition.code;
    const bool duty = condition.rule == "obligation", forbidden = condition.rule == "prohibition";
    builder.link(distribution, "odrl:hasPolicy", policy, "odrl:Policy");
    builder.link(policy,
                 duty        ? "odrl:obligation"
                 : forbidden ? "odrl:prohibition"
                             : "odrl:permission",
                 rule,
                 duty        ? "odrl:Duty"
                 : forbidden ? "odrl:Prohibition"
                             : "odrl:Permission");
    builder.link(rule, "odrl:action", expand(duty ? "odrl:reviewPolicy" : "odrl:use"));
    builder.link(rule, "odrl:constraint", rule + "-constraint", "odrl:Constraint");
    builder.link(rule + "-constraint", "odrl:leftOperand", expand("odrl:purpose"));
    builder.link(rule + "-constraint", "odrl:operator", expand("odrl:isA"));
    builder.link(rule + "-constraint", "odrl:rightOperand", condition.iri);
  }
}

}  // namespace mappers::dcat
