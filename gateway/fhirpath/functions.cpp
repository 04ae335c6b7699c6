#include "gateway/fhirpath/functions.h"

#include <algorithm>
#include <array>

#include "gateway/fhirpath/evaluator.h"

namespace gateway::fhirpath {
namespace {

bool answer(const Call& call, Scalar value) {
  call.out.emplace_back(std::move(value));
  return true;
}

bool keep_where(const Call& call, Collection& out) {
  for (const Item& item : call.input) {
    Truth truth;
    if (!call.evaluator.run_truth(call.node.arguments[0], {item}, truth)) return false;
    if (truth == true) out.push_back(item);
  }
  return true;
}

// N1 section 5.1.1
bool run_empty(const Call& call) { return answer(call, call.input.empty()); }

// N1 section 5.1.2
bool run_exists(const Call& call) {
  if (call.node.arguments.empty()) return answer(call, !call.input.empty());
  Collection kept;
  return keep_where(call, kept) && answer(call, !kept.empty());
}

// N1 section 5.1.9
bool run_count(const Call& call) { return answer(call, static_cast<std::int64_t>(call.input.size())); }

// N1 section 5.2.1
bool run_where(const Call& call) { return keep_where(call, call.out); }

// N1 section 5.3.2
bool run_first(const Call& call) {
  if (!call.input.empty()) call.out.push_back(call.input.front());
  return true;
}

// N1 section 5.5.1: only the branch that is taken is evaluated.
bool run_iif(const Call& call) {
  const auto& arguments = call.node.arguments;
  Truth truth;
  if (!call.evaluator.run_truth(arguments[0], call.input, truth)) return false;
  if (truth == true) return call.evaluator.run(arguments[1], call.input, call.out);
  return arguments.size() < 3 || call.evaluator.run(arguments[2], call.input, call.out);
}

// N1 section 5.6.3
bool run_starts_with(const Call& call) {
  Collection argument;
  std::optional<std::string> text, prefix;
  if (!call.evaluator.run(call.node.arguments[0], call.focus, argument) ||
      !call.evaluator.text_of(call.input, call.node.position, text) ||
      !call.evaluator.text_of(argument, call.node.position, prefix))
    return false;
  return !text || !prefix || answer(call, text->starts_with(*prefix));
}

// N1 section 5.6.11: characters, not bytes.
bool run_length(const Call& call) {
  std::optional<std::string> text;
  if (!call.evaluator.text_of(call.input, call.node.position, text)) return false;
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return !text ||
         answer(call, static_cast<std::int64_t>(std::count_if(text->begin(), text->end(), is_first_byte)));
}

// N1 section 6.5.3
bool run_not(const Call& call) {
  Truth truth;
  if (!call.evaluator.truth_of(call.input, call.node.position, truth)) return false;
  return !truth || answer(call, !*truth);
}

constexpr std::array kFunctions = {
    Function{"count", 0, 0, run_count},   Function{"empty", 0, 0, run_empty},
    Function{"exists", 0, 1, run_exists}, Function{"first", 0, 0, run_first},
    Function{"iif", 2, 3, run_iif},       Function{"length", 0, 0, run_length},
    Function{"not", 0, 0, run_not},       Function{"startsWith", 1, 1, run_starts_with},
    Function{"where", 1, 1, run_where},
};

}  // namespace

const Function* find_function(std::string_view name) {
  for (const Function& function : kFunctions)
    if (function.name == name) return &function;
  return nullptr;
}

}  // namespace gateway::fhirpath
