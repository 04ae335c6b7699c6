// Code systems and value sets of the packs (FHIR R4 4.8, 4.9): is a code in a set, and which codes are.
//
// A set over a code system that is not here in full (SNOMED CT, LOINC, UCUM, media types) answers Unknown
// for what it cannot decide. Immutable after loading and thread-safe; pointers live as long as the object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gateway::definitions {

struct CodeConcept {
  static constexpr std::uint32_t kNoParent = 0xFFFFFFFF;
  std::string code;
  std::string display;
  std::uint32_t parent = kNoParent;  // index in the code system
  bool abstract = false;             // a heading, not for use in data
};

// Concepts by code, as numbers in the order of their codes: a map would take more memory than the codes.
class CodeIndex {
 public:
  // `folded`: codes differ by more than case. Of equal codes the first is found.
  void build(const std::vector<CodeConcept>& concepts, bool folded = false);
  // Its place, or CodeConcept::kNoParent; `concepts` as they were indexed.
  std::uint32_t find(const std::vector<CodeConcept>& concepts, std::string_view code) const;

 private:
  std::vector<std::uint32_t> order_;
  bool folded_ = false;
};

struct CodeSystem {
  enum class Content : std::uint8_t { Complete, Partial, NotPresent };  // Partial: example or fragment
  std::string url, version, name, pack;
  Content content = Content::Complete;
  bool case_sensitive = true;
  std::vector<CodeConcept> concepts;  // a child follows its parent

  const CodeConcept* find(std::string_view code) const;
  // Whether `code` is `ancestor` or below it.
  bool subsumes(std::string_view ancestor, std::string_view code) const;
  std::uint32_t index_of(std::string_view code) const;  // kNoParent if there is none
  void index();                                         // after a change of `concepts`

  CodeIndex by_code;
};

// One include or exclude of a compose (FHIR R4 4.9.2.1).
struct Selection {
  struct Filter {
    std::string property, op, value;  // "concept", "is-a", "_ActMoodIntent"
  };
  std::string system, version;
  std::vector<CodeConcept> concepts;    // the codes listed; empty with no filter: the whole system
  std::vector<Filter> filters;          // all must hold
  std::vector<std::string> value_sets;  // the intersection with these
  CodeIndex by_code;
};

struct ValueSet {
  std::string url, version, name, pack;
  std::deque<Selection> includes, excludes;
};

enum class Membership : std::uint8_t { Yes, No, Unknown };

struct Coding {
  std::string system, code, display;
  bool abstract = false;
};

class ValueSets {
 public:
  // By canonical URL, nullptr if unknown. With "|version" that version, else the current one all the same:
  // published bindings state versions that their value sets never had. Whoever minds compares `version`.
  const ValueSet* value_set(std::string_view canonical) const;
  const CodeSystem* code_system(std::string_view canonical) const;
  const std::deque<ValueSet>& all_value_sets() const { return sets_; }
  const std::deque<CodeSystem>& all_code_systems() const { return systems_; }

  // An empty system matches the code in any system of the set, as elements of type code do (FHIR R4 4.1.5).
  // A set that is not known is Unknown, as is what too many nested sets would have to be asked for.
  Membership contains(std::string_view canonical, std::string_view system, std::string_view code) const;
  // Every code of the set in order, or nothing when a part of it cannot be enumerated.
  std::optional<std::vector<Coding>> expansion(std::string_view canonical) const;
  // The display by the code system, else by the first value set that states one; empty if none does.
  std::string_view display(std::string_view system, std::string_view code) const;

  // For loaders. A later definition of the same URL becomes the current one.
  void add(CodeSystem system);
  void add(ValueSet set);

 private:
  // How far an answer may still go: the sets below each other, and the selections in all.
  struct Reach {
    unsigned depth;
    std::size_t& selections;
    Reach below() const { return {depth - 1, selections}; }
  };
  Membership contains(const ValueSet& set, std::string_view system, std::string_view code, Reach reach) const;
  Membership selects(const Selection& part, std::string_view system, std::string_view code,
                     Reach reach) const;
  Membership of_system(const Selection& part, std::string_view code) const;
  bool collect(const ValueSet& set, std::vector<Coding>& into, Reach reach) const;
  bool collect(const Selection& part, std::vector<Coding>& into, Reach reach) const;
  Coding coding(std::string_view system, const CodeConcept& listed) const;

  std::deque<CodeSystem> systems_;
  std::deque<ValueSet> sets_;
  std::unordered_map<std::string_view, const CodeSystem*> system_by_url_;
  std::unordered_map<std::string_view, const ValueSet*> set_by_url_;
};

}  // namespace gateway::definitions
