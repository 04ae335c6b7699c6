#include "gateway/definitions/element_row.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/codes.h"

namespace gateway::definitions {

namespace {

// Reads the fields of one row into an element that holds what it inherits.
class Row {
 public:
  Row(const TableLines& lines, const Rules& rules, bool inherits, Element& element)
      : lines_(lines), rules_(rules), element_(element), inherits_(inherits), counted_(inherits) {}

  Result<void> read(const TableLine& line) {
    for (std::size_t at = 1; at < line.fields.size(); ++at) TRY_VOID(field(line.fields[at]));
    if (!counted_) return lines_.fault("An element needs a cardinality");
    return {};
  }

 private:
  using Reader = Result<void> (Row::*)(std::string_view);

  Result<void> field(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, Reader>, 14> kReaders = {
        {{"type", &Row::types},
         {"ref", &Row::reference},
         {"list", &Row::list},
         {"len", &Row::length},
         {"fixed", &Row::fixed},
         {"pattern", &Row::pattern},
         {"min", &Row::smallest},
         {"max", &Row::greatest},
         {"bind", &Row::binding},
         {"bindmax", &Row::binding_of_last_resort},
         {"rules", &Row::all_rules},
         {"rules+", &Row::more_rules},
         {"slicing", &Row::slicing},
         {"flags", &Row::flags}}};
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return cardinality(text);
    const std::string_view key = text.substr(0, equals);
    const auto found = std::ranges::find(kReaders, key, &std::pair<std::string_view, Reader>::first);
    if (found == kReaders.end()) return lines_.fault("There is no field '" + std::string(key) + "'");
    return (this->*found->second)(text.substr(equals + 1));
  }

  Result<void> fixed(std::string_view text) { return json(text, element_.fixed); }
  Result<void> pattern(std::string_view text) { return json(text, element_.pattern); }
  Result<void> smallest(std::string_view text) { return json(text, element_.min_value); }
  Result<void> greatest(std::string_view text) { return json(text, element_.max_value); }

  Result<void> reference(std::string_view id) {
    element_.content_reference = id;
    return {};
  }

  Result<void> list(std::string_view text) {
    if (text != "0" && text != "1") return lines_.fault("list is 0 or 1");
    element_.list = text == "1";
    return {};
  }

  Result<void> cardinality(std::string_view text) {
    const std::size_t dots = text.find("..");
    const std::string_view high = dots == std::string_view::npos ? text : text.substr(dots + 2);
    const auto low = parse_number<std::uint32_t>(text.substr(0, dots));
    const auto upper = high == "*" ? std::optional(kUnbounded) : parse_number<std::uint32_t>(high);
    if (!low || !upper) return lines_.fault("A cardinality is written 'n..m' or 'n..*'");
    element_.min = *low;
    element_.max = *upper;
    if (!inherits_) element_.list = element_.max > 1;
    counted_ = true;
    return {};
  }

  // "Reference(target,target)<profile,profile> string"
  Result<void> types(std::string_view text) {
    element_.types.clear();
    if (text.empty()) return {};
    for (std::string_view word : split(text, ' ')) {
      TypeRef& type = element_.types.emplace_back();
      const std::size_t end = std::min(word.find_first_of("(<"), word.size());
      type.code = word.substr(0, end);
      word.remove_prefix(end);
      TRY_VOID(urls(word, '(', ')', type.targets));
      TRY_VOID(urls(word, '<', '>', type.profiles));
      if (type.code.empty() || !word.empty())
        return lines_.fault("A type is written 'Code(targets)<profiles>'");
    }
    return {};
  }

  // Takes a list in brackets from the front of `text`, if there is one.
  Result<void> urls(std::string_view& text, char open, char close, std::vector<std::string>& into) {
    if (text.empty() || text.front() != open) return {};
    const std::size_t end = text.find(close);
    if (end == std::string_view::npos) return lines_.fault("A list lacks its closing bracket");
    for (const std::string_view url : split(text.substr(1, end - 1), ',')) into.push_back(lines_.url(url));
    text.remove_prefix(end + 1);
    return {};
  }

  Result<void> binding(std::string_view text) {
    if (text.empty()) {
      element_.binding.reset();
      return {};
    }
    const std::size_t space = text.find(' ');
    const auto strength = strength_of(text.substr(0, space));
    if (!strength) return lines_.fault("A binding needs a strength");
    const std::string_view set =
        space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (!element_.binding) element_.binding.emplace();
    element_.binding->strength = *strength;
    element_.binding->value_set = lines_.url(set);
    return {};
  }

  Result<void> binding_of_last_resort(std::string_view text) {
    if (!element_.binding) return lines_.fault("A largest value set needs a binding");
    element_.binding->max_value_set = lines_.url(text);
    return {};
  }

  Result<void> all_rules(std::string_view keys) {
    element_.constraints.clear();
    return more_rules(keys);
  }

  Result<void> more_rules(std::string_view keys) {
    if (keys.empty()) return {};
    for (const std::string_view key : split(keys, ' ')) {
      const auto found = rules_.find(std::string(key));
      if (found == rules_.end()) return lines_.fault("There is no rule '" + std::string(key) + "' above");
      element_.constraints.push_back(found->second);
    }
    return {};
  }

  // "open ordered value:type.coding"
  Result<void> slicing(std::string_view text) {
    element_.slicing.reset();
    if (text.empty()) return {};
    Slicing made;
    const auto words = split(text, ' ');
    const auto kind = slicing_rules_of(words.front());
    if (!kind) return lines_.fault("A slicing is open, closed or openAtEnd");
    made.rules = *kind;
    for (std::size_t at = 1; at < words.size(); ++at) {
      if (at == 1 && words[at] == "ordered") {
        made.ordered = true;
        continue;
      }
      const std::size_t colon = std::min(words[at].find(':'), words[at].size() - 1);
      const auto by = discriminator_of(words[at].substr(0, colon));
      if (words[at].empty() || !by) return lines_.fault("A discriminator is written 'kind:path'");
      made.discriminators.push_back({*by, std::string(words[at].substr(colon + 1))});
    }
    element_.slicing = std::move(made);
    return {};
  }

  Result<void> flags(std::string_view letters) {
    if (letters.find_first_not_of("MSAU") != std::string_view::npos)
      return lines_.fault("The flags are M, S, A and U");
    const auto has = [&](char letter) { return letters.find(letter) != std::string_view::npos; };
    element_.modifier = has('M');  // U, mustSupport, obliges those who write data: nothing to check
    element_.summary = has('S');
    element_.xml_attribute = has('A');
    return {};
  }

  Result<void> length(std::string_view text) {
    const auto number = text.empty() ? 0 : parse_number<std::uint32_t>(text);
    if (!number) return lines_.fault("A length is a number");
    element_.max_length = *number;
    return {};
  }

  Result<void> json(std::string_view text, Rare<Value>& into) {
    into.reset();
    if (text.empty()) return {};
    auto value = codec::parse_json(text);
    if (!value) return lines_.fault("A value is written as JSON: " + value.error().message);
    into = std::move(*value);
    return {};
  }

  const TableLines& lines_;
  const Rules& rules_;
  Element& element_;
  bool inherits_, counted_;
};

}  // namespace

Result<void> read_row(const TableLines& lines, const TableLine& line, const Rules& rules, bool inherits,
                      Element& element) {
  return Row(lines, rules, inherits, element).read(line);
}

}  // namespace gateway::definitions
