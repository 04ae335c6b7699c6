#include "gateway/fhir/search_criteria.h"

#include <algorithm>
#include <map>
#include <set>

#include "gateway/fhir/search_datatypes.h"
#include "gateway/fhir/search_tests.h"
#include "gateway/fhir/search_values.h"
#include "mappers/fhir/systems.h"

namespace gateway::fhir {
namespace {

using definitions::SearchParameter;
using definitions::SearchType;
using model::ResourceCondition;
using model::ValueTest;
using Tests = std::vector<ValueTest>;

constexpr std::string_view kDicomUid = "urn:dicom:uid";
constexpr std::size_t kMaxCodes = 5000;  // of a value set or a branch of a code system
constexpr std::size_t kMaxCombinations = 64;

Error refuse(std::string why, const Criterion& criterion) {
  return fail(ErrorCode::InvalidParameter, std::move(why), criterion.name);
}

// Tests that differ in their texts only are one.
class TestSet {
 public:
  void add(const std::string& parameter, const std::optional<std::string>& system, std::string text) {
    by_system_[{parameter, system}].insert(std::move(text));
  }
  Tests finish() && {
    Tests tests;
    for (auto& [key, texts] : by_system_) {
      ValueTest test;
      test.parameter = key.first;
      test.system = key.second;
      test.how = ValueTest::Text::Equals;
      test.texts.assign(texts.begin(), texts.end());
      tests.push_back(std::move(test));
    }
    return tests;
  }

 private:
  std::map<std::pair<std::string, std::optional<std::string>>, std::set<std::string>> by_system_;
};

// A UID is written bare or as a URN (PS3.20 and FHIR R4 ImagingStudy notes); both are the same.
std::vector<std::string> spellings_of(const std::string& code) {
  constexpr std::string_view kOid = "urn:oid:";
  if (code.starts_with(kOid)) return {code, code.substr(kOid.size())};
  if (code.size() > 4 && mappers::fhir::is_oid(code)) return {code, std::string(kOid) + code};
  return {code};
}

class Builder {
 public:
  Builder(const Criterion& criterion, const CriteriaContext& context)
      : criterion_(criterion), parameter_(*criterion.parameter), code_(parameter_.code), context_(context) {}

  Result<ResourceCondition> condition();
  // The tests of one value, escapes still in it.
  Result<Tests> tests(SearchType type, const std::string& code, std::string_view value);

 private:
  Result<ResourceCondition> missing() const;
  Result<Tests> all_tests();
  Result<Tests> composite(std::string_view value);
  Tests tokens(const std::string& code) const;
  Tests references() const;
  Result<Tests> of_type() const;
  Result<Tests> in_value_sets() const;
  Result<Tests> by_hierarchy() const;
  Result<Tests> text_tests(ValueTest::Text how, const std::string& code, bool folded) const;
  Tests uris() const;

  const Criterion& criterion_;
  const SearchParameter& parameter_;
  const std::string& code_;
  const CriteriaContext& context_;
};

// 3.1.1.4.3 :missing. Views of a parameter count: a reference may be by identifier only.
Result<ResourceCondition> Builder::missing() const {
  if (criterion_.value != "true" && criterion_.value != "false")
    return refuse("the value of :missing is true or false", criterion_);
  ResourceCondition condition;
  condition.negated = criterion_.value == "true";
  std::vector<std::string> names = {code_};
  if (parameter_.type == SearchType::Reference) names.push_back(code_ + ":identifier");
  if (parameter_.type == SearchType::Token) names.push_back(code_ + ":text");
  if (parameter_.type == SearchType::Composite) names.push_back(code_ + "$0");
  for (std::string& name : names) {
    ValueTest test;
    test.parameter = std::move(name);
    condition.any.push_back(std::move(test));
  }
  return condition;
}

Tests Builder::tokens(const std::string& code) const {
  TestSet set;
  Tests any_code;
  for (const auto value : alternatives(criterion_.value)) {
    Token token = parse_token(value);
    if (code == "_id") {
      set.add(code, {}, token.code);
      continue;
    }
    if (token.system == kDicomUid && (code == "series" || code == "instance")) token.system.reset();
    if (token.code.empty()) {
      if (!token.system) continue;
      ValueTest test;
      test.parameter = code;
      test.system = token.system;
      any_code.push_back(std::move(test));
      continue;
    }
    for (const std::string& spelling : spellings_of(token.code))
      set.add(code, token.system, token_text(spelling));
  }
  Tests tests = std::move(set).finish();
  for (ValueTest& test : any_code) tests.push_back(std::move(test));
  return tests;
}

// [id], [type]/[id], [url] (3.1.1.4.12)
Tests Builder::references() const {
  TestSet set;
  const bool typed = !criterion_.modifier.empty() && criterion_.modifier != "identifier";
  for (const auto value : alternatives(criterion_.value)) {
    ReferenceTarget target = reference_target(unescape(value), context_.base);
    const bool absolute = target.text.find(':') != std::string::npos;
    std::optional<std::string> system;
    if (!absolute && !target.type.empty()) system = target.type;
    if (typed && (absolute || target.type.empty())) system = criterion_.modifier;
    if (typed && !target.type.empty() && target.type != criterion_.modifier) continue;
    set.add(code_, system, std::move(target.text));
  }
  return std::move(set).finish();
}

// :of-type=system|code|value
Result<Tests> Builder::of_type() const {
  TestSet set;
  for (const auto value : alternatives(criterion_.value)) {
    const auto parts = split_unescaped(value, '|');
    if (parts.size() != 3 || parts[1].empty() || parts[2].empty())
      return refuse("the value of :of-type is system|code|value", criterion_);
    set.add(code_ + ":of-type", token_system(parts[0], parts[1]), token_text(unescape(parts[2])));
  }
  return std::move(set).finish();
}

// :in and :not-in over the value sets of the packs
Result<Tests> Builder::in_value_sets() const {
  TestSet set;
  std::size_t codes = 0;
  for (const auto value : alternatives(criterion_.value)) {
    const auto expansion = context_.value_sets.expansion(unescape(value));
    if (!expansion) return refuse("the value set is not known here in full", criterion_);
    codes += expansion->size();
    if (codes > kMaxCodes) return refuse("the value set has more than 5000 codes", criterion_);
    for (const auto& coding : *expansion) set.add(code_, coding.system, token_text(coding.code));
  }
  return std::move(set).finish();
}

// :above and :below in the code systems of the packs
Result<Tests> Builder::by_hierarchy() const {
  TestSet set;
  std::size_t codes = 0;
  for (const auto value : alternatives(criterion_.value)) {
    const Token token = parse_token(value);
    const auto* system = token.system ? context_.value_sets.code_system(*token.system) : nullptr;
    if (!system || system->content != definitions::CodeSystem::Content::Complete)
      return refuse("the hierarchy of the code system is not known here: system|code", criterion_);
    for (const auto& each : system->concepts) {
      const bool fits = criterion_.modifier == "below" ? system->subsumes(token.code, each.code)
                                                       : system->subsumes(each.code, token.code);
      if (!fits) continue;
      if (++codes > kMaxCodes) return refuse("more than 5000 codes are meant", criterion_);
      set.add(code_, system->url, token_text(each.code));
    }
  }
  return std::move(set).finish();
}

Result<Tests> Builder::text_tests(ValueTest::Text how, const std::string& code, bool folded) const {
  ValueTest test;
  test.parameter = code;
  test.how = how;
  for (const auto value : alternatives(criterion_.value)) {
    std::string text = folded ? string_text(unescape(value)) : unescape(value);
    if (!text.empty()) test.texts.push_back(std::move(text));
  }
  return Tests{std::move(test)};
}

// 3.1.1.4.14 and the modifiers of 3.1.1.4.3: the path of a URL is its hierarchy
Tests Builder::uris() const {
  Tests tests;
  for (const auto value : alternatives(criterion_.value)) {
    const std::string uri = unescape(value);
    ValueTest test;
    test.parameter = code_;
    test.how = ValueTest::Text::Equals;
    test.texts = {uri};
    if (criterion_.modifier == "above")
      for (auto slash = uri.rfind('/'); slash != std::string::npos && slash > 0;
           slash = uri.rfind('/', slash - 1))
        if (uri[slash - 1] != '/' && uri[slash - 1] != ':') {
          test.texts.push_back(uri.substr(0, slash));
          test.texts.push_back(uri.substr(0, slash + 1));
        }
    tests.push_back(test);
    if (criterion_.modifier != "below") continue;
    test.how = ValueTest::Text::Begins;
    test.texts = {uri.ends_with('/') ? uri : uri + "/"};
    tests.push_back(std::move(test));
  }
  return tests;
}

Result<Tests> Builder::tests(SearchType type, const std::string& code, std::string_view value) {
  if (type == SearchType::Date)
    return date_tests(code, TRY(parse_date_value(value, criterion_.name, context_.zone, context_.now_us)));
  if (type == SearchType::Number) return number_tests(code, TRY(parse_number_value(value, criterion_.name)));
  return quantity_tests(code, value, criterion_.name);
}

// 3.1.1.4.15: each part has the form of its own type; the parts must hold for one and the same value
Result<Tests> Builder::composite(std::string_view value) {
  const auto parts = split_unescaped(value, '$');
  if (parts.size() != parameter_.components.size())
    return refuse("the value has not the " + std::to_string(parameter_.components.size()) +
                      " parts of the parameter, separated by $",
                  criterion_);
  Tests combined = {ValueTest{}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const SearchParameter* part = context_.parameters.by_url(parameter_.components[i].definition);
    if (!part) return refuse("a part of the parameter has no definition", criterion_);
    SearchParameter named = *part;
    named.code = code_ + "$" + std::to_string(i);
    const Criterion one{&named, criterion_.name, "", "", std::string(parts[i])};
    const Tests tests = TRY(Builder(one, context_).all_tests());
    Tests next;
    for (const ValueTest& before : combined)
      for (const ValueTest& test : tests) {
        next.push_back(before);
        next.back().parts.push_back(test);
      }
    if (next.size() > kMaxCombinations) return refuse("too many alternatives", criterion_);
    combined = std::move(next);
  }
  return combined;
}

Result<Tests> Builder::all_tests() {
  const std::string& modifier = criterion_.modifier;
  switch (parameter_.type) {
    case SearchType::Token:
      if (modifier == "text") return text_tests(ValueTest::Text::Begins, code_ + ":text", true);
      if (modifier == "of-type") return of_type();
      if (modifier == "in" || modifier == "not-in") return in_value_sets();
      if (modifier == "above" || modifier == "below") return by_hierarchy();
      return tokens(code_);
    case SearchType::Reference:
      return modifier == "identifier" ? tokens(code_ + ":identifier") : references();
    case SearchType::String:
      if (modifier == "exact") return exact_tests(code_, criterion_.value);
      return text_tests(modifier == "contains" ? ValueTest::Text::Contains : ValueTest::Text::Begins, code_,
                        true);
    case SearchType::Uri:
      return uris();
    default:
      break;
  }
  Tests all;
  for (const auto value : alternatives(criterion_.value)) {
    Tests each = parameter_.type == SearchType::Composite ? TRY(composite(value))
                                                          : TRY(tests(parameter_.type, code_, value));
    for (ValueTest& test : each) all.push_back(std::move(test));
  }
  return all;
}

Result<ResourceCondition> Builder::condition() {
  if (criterion_.modifier == "missing") return missing();
  ResourceCondition condition;
  condition.any = TRY(all_tests());
  condition.negated = criterion_.modifier == "not" || criterion_.modifier == "not-in";
  return condition;
}

}  // namespace

Result<ResourceCondition> condition_of(const Criterion& criterion, const CriteriaContext& context) {
  return Builder(criterion, context).condition();
}

}  // namespace gateway::fhir
