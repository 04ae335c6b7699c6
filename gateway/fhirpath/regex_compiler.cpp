#include <algorithm>

#include "gateway/fhirpath/regex.h"

namespace gateway::fhirpath {
namespace {

constexpr std::size_t kLargestProgram = 50'000;
constexpr std::size_t kMostVisits = 1'000'000;  // of parts, which may write nothing

Error fault(std::string why) {
  return fail(ErrorCode::Unprocessable, "the regular expression cannot be used: " + std::move(why));
}

// Writes the tree of a pattern as a program.
class ProgramWriter {
 public:
  explicit ProgramWriter(RegexProgram& program) : program_(program) {}

  Result<void> run(const RegexPart& part) {
    emit(Op::Save, 0);
    if (!write(part)) return fault("it is too large");
    emit(Op::Save, 1);
    emit(Op::Match);
    for (const RegexInstruction& instruction : program_.instructions)
      if (instruction.op == Op::BackReference && instruction.value >= program_.groups)
        return fault("a back reference has no group");
    return {};
  }

 private:
  using Op = RegexOp;

  std::uint32_t emit(Op op, char32_t value = 0) {
    const auto at = static_cast<std::uint32_t>(program_.instructions.size());
    program_.instructions.push_back({op, value, at + 1, 0});
    return at;
  }
  std::uint32_t here() const { return static_cast<std::uint32_t>(program_.instructions.size()); }
  auto& at(std::uint32_t index) { return program_.instructions[index]; }

  bool write(const RegexPart& part) {
    if (program_.instructions.size() > kLargestProgram || ++visits_ > kMostVisits) return false;
    switch (part.kind) {
      case RegexPart::Kind::Empty:
        return true;
      case RegexPart::Kind::One:
        emit(part.op, part.value);
        return true;
      case RegexPart::Kind::Sequence:
        return std::all_of(part.parts.begin(), part.parts.end(),
                           [&](const RegexPart& each) { return write(each); });
      case RegexPart::Kind::Choice:
        return write_choice(part);
      case RegexPart::Kind::Repeat:
        return write_repeat(part);
      case RegexPart::Kind::Group: {
        emit(Op::Save, part.value * 2);
        const bool good = write(part.parts[0]);
        emit(Op::Save, part.value * 2 + 1);
        return good;
      }
      case RegexPart::Kind::Look: {
        const std::uint32_t look = emit(part.op);
        const bool good = write(part.parts[0]);
        emit(Op::Match);
        at(look).otherwise = here();
        return good;
      }
    }
    return true;
  }

  bool write_choice(const RegexPart& part) {
    std::vector<std::uint32_t> ends;
    for (std::size_t i = 0; i < part.parts.size(); ++i) {
      const bool last = i + 1 == part.parts.size();
      const std::uint32_t split = last ? 0 : emit(Op::Split);
      if (!write(part.parts[i])) return false;
      if (last) break;
      ends.push_back(emit(Op::Jump));
      at(split).otherwise = here();
    }
    for (const std::uint32_t end : ends) at(end).next = here();
    return true;
  }

  // A greedy split tries the part first, a lazy one what follows it.
  void branch(std::uint32_t split, bool greedy) {
    at(split).otherwise = here();
    if (!greedy) std::swap(at(split).next, at(split).otherwise);
  }

  static bool is_consuming(Op op) { return op == Op::Char || op == Op::Any || op == Op::Class; }

  bool write_repeat(const RegexPart& part) {
    for (std::uint32_t i = 0; i < part.least; ++i) {
      const std::uint32_t before = here();
      if (!write(part.parts[0])) return false;
      if (here() == before) return true;  // nothing, however often
    }
    if (part.most == kManyTimes && part.parts[0].kind == RegexPart::Kind::One &&
        is_consuming(part.parts[0].op)) {
      const std::uint32_t split = emit(Op::Split);
      emit(part.parts[0].op, part.parts[0].value);
      at(emit(Op::Jump)).next = split;
      branch(split, part.greedy);
      return true;
    }
    if (part.most == kManyTimes) {
      const auto mark = static_cast<char32_t>(program_.marks++);
      const std::uint32_t split = emit(Op::Split);
      emit(Op::Mark, mark);
      if (!write(part.parts[0])) return false;
      emit(Op::Advanced, mark);  // an empty round ends the loop
      at(emit(Op::Jump)).next = split;
      branch(split, part.greedy);
      return true;
    }
    std::vector<std::uint32_t> splits;
    for (std::uint32_t i = part.least; i < part.most; ++i) {
      splits.push_back(emit(Op::Split));
      if (!write(part.parts[0])) return false;
    }
    for (const std::uint32_t split : splits) branch(split, part.greedy);
    return true;
  }

  RegexProgram& program_;
  std::size_t visits_ = 0;
};

}  // namespace

Result<void> write_program(const RegexPart& part, RegexProgram& program) {
  return ProgramWriter(program).run(part);
}

Result<Regex> Regex::compile(std::string_view pattern, Flags flags) {
  Regex regex;
  regex.flags_ = flags;
  const RegexPart part = TRY(read_pattern(pattern, regex.program_));
  TRY(write_program(part, regex.program_));
  return regex;
}

}  // namespace gateway::fhirpath
