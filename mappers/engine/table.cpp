#include "mappers/engine/table.h"

#include "mappers/engine/coverage.h"
#include "mappers/engine/source_tree.h"

namespace mappers::engine {

using gateway::model::FieldRef;
using gateway::model::ImagingObject;

// One run of the program over one source.
class Table::Run {
 public:
  Run(const Body& body, const Source& source, ImagingObject& object, MappingReport& report,
      Coverage* coverage)
      : body_(body),
        source_(source),
        object_(object),
        report_(report),
        coverage_(coverage),
        tree_(source),
        present_(new bool[body.tags.size()]()) {}

  void all() {
    source_.look_up(body_.tags, std::span(present_.get(), body_.tags.size()));
    for (std::size_t i = 0; i < body_.program.size(); ++i) step(i);
  }

 private:
  void step(std::size_t index) {
    const Instruction& instruction = body_.program[index];
    if (!present_[instruction.tag_index]) return;  // most attributes of a table are not there
    if (instruction.when && !holds(index, *instruction.when)) return;
    const FieldRef::Pointer to = instruction.to.of(object_);
    const Verdict verdict = fill(index, instruction, to);
    if (verdict != Verdict::Applied) return;
    if (instruction.codes && !translate(index, *instruction.codes, **std::get_if<std::string*>(&to))) return;
    ++report_.applied;
    if (coverage_) ++coverage_->at(index).applied;
  }

  bool holds(std::size_t index, const gateway::fhirpath::Expression& when) {
    if (context_.empty()) context_ = tree_.root();
    const auto answer = when.test(context_, body_.environment);
    if (!answer.ok()) note(report_.dropped, index, "the condition cannot be evaluated");
    const bool holds = answer.ok() && *answer;
    if (coverage_ && !holds) ++coverage_->at(index).condition_false;
    return holds;
  }

  // Goes over the places that the path names. Applied when at least one of them filled the field.
  Verdict fill(std::size_t index, const Instruction& instruction, const FieldRef::Pointer& to) {
    const Transform& transform = *instruction.transform;
    bool applied = false;
    auto use = [&](Source::Level level) {
      std::string_view reason;
      const Verdict verdict = transform.run({source_, level, instruction.from.leaf}, to, reason);
      if (verdict == Verdict::Dropped) note(report_.dropped, index, reason);
      if (verdict == Verdict::Failed) note(report_.failed, index, reason);
      applied |= verdict == Verdict::Applied;
      return applied && !transform.collects;
    };
    walk(source_, source_.root(), std::span(instruction.from.sequences.data(), instruction.from.depth), use);
    return applied ? Verdict::Applied : Verdict::Absent;
  }

  bool translate(std::size_t index, const CodeTable& codes, std::string& field) {
    const std::string* code = codes.find(field);
    if (coverage_) ++(code ? coverage_->at(index).code_hit : coverage_->at(index).code_miss);
    if (code) {
      field = *code;
      return true;
    }
    if (codes.miss() == CodeTable::Miss::Keep) {
      ++report_.defaulted;
      return true;
    }
    field.clear();
    note(codes.miss() == CodeTable::Miss::Error ? report_.failed : report_.dropped, index,
         "not in the code table");
    return false;
  }

  void note(std::vector<RuleNote>& notes, std::size_t index, std::string_view reason) {
    notes.push_back({&body_.rules[index], reason});
    if (coverage_) ++coverage_->at(index).rejected;
  }

  const Body& body_;
  const Source& source_;
  ImagingObject& object_;
  MappingReport& report_;
  Coverage* coverage_;
  SourceTree tree_;
  gateway::fhirpath::Collection context_;
  std::unique_ptr<bool[]> present_;  // for each of Body::tags
};

void Table::run(const Source& source, ImagingObject& object, MappingReport& report,
                Coverage* coverage) const {
  Run(*body_, source, object, report, coverage).all();
}

const RuleInfo* Table::rule_for(std::string_view to) const {
  for (const RuleInfo& rule : body_->rules)
    if (rule.to == to) return &rule;
  return nullptr;
}

std::optional<std::string> Table::path_of_tag(std::uint32_t tag) const {
  for (const Instruction& instruction : body_->program)
    if (instruction.from.first() == tag && !instruction.to.packed()) return instruction.to.path();
  return std::nullopt;
}

std::optional<std::uint32_t> Table::tag_of(std::string_view path) const {
  for (std::size_t i = 0; i < body_->rules.size(); ++i)
    if (body_->rules[i].to == path) return body_->program[i].from.first();
  return std::nullopt;
}

std::string RuleNote::text() const {
  return rule->to + " from " + rule->from + ": " + std::string(reason) + " (" + rule->where + ")";
}

}  // namespace mappers::engine
