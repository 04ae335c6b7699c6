#include "gateway/disclosure/policy.h"

#include <algorithm>
#include <set>

#include "gateway/codec/toml.h"

namespace gateway::disclosure {
namespace {

constexpr std::size_t kMaxPolicies = 256, kMaxRules = 4096, kMaxBytes = 1u << 20;
constexpr std::int64_t kMaxCount = 1'000'000;
constexpr int kMaxAge = 130;

Policy make_policy(std::string id, std::uint64_t k, std::uint64_t step, int age_band, int age_top) {
  Policy policy;
  policy.id = std::move(id);
  policy.k = k;
  policy.step = step;
  policy.age_band = age_band;
  policy.age_top = age_top;
  return policy;
}

std::vector<Policy> make_built_in() {
  Policy open = make_policy("open", 1, 1, 1, 0);
  open.tell_zero = true;
  Policy strict = make_policy("strict", 20, 10, 10, 85);
  strict.noise_epsilon = 0.28;
  return {std::move(open), Policy{}, std::move(strict)};
}

std::optional<double> number_of(const Value& value) {
  if (const auto* whole = value.as_int()) return static_cast<double>(*whole);
  if (const auto* decimal = value.as_decimal()) return std::strtod(decimal->text.c_str(), nullptr);
  return std::nullopt;
}

}  // namespace

const std::vector<Policy>& built_in_policies() {
  static const std::vector<Policy> policies = make_built_in();
  return policies;
}

// Reads one file. Keys are taken from tables; what nobody took is a fault.
class PolicyReader {
 public:
  PolicyReader(const codec::TomlDocument& document, PolicyBook& book) : document_(document), book_(book) {}

  Result<void> read() {
    TRY_VOID(refuse_unknown(document_.root, "", {"policy", "rule", "default"}));
    if (const Value* policies = document_.root.find("policy")) TRY_VOID(read_policies(*policies));
    if (const Value* rules = document_.root.find("rule")) TRY_VOID(read_rules(*rules));
    if (const Value* chosen = document_.root.find("default")) book_.default_ = TRY(find(*chosen, "default"));
    return {};
  }

 private:
  Error fault(const std::string& key, std::string what) const {
    return fail(ErrorCode::ConfigInvalid, "\"" + key + "\": " + std::move(what), document_.where(key));
  }

  Result<void> refuse_unknown(const Value& table, const std::string& path,
                              const std::set<std::string_view>& known) const {
    if (!table.as_map()) return fault(path, "a table is expected");
    for (const auto& [key, value] : *table.as_map())
      if (!known.contains(key)) return fault(path.empty() ? key : path + "." + key, "there is no such key");
    return {};
  }

  Result<std::size_t> find(const Value& value, const std::string& key) const {
    const std::string* name = value.as_string();
    if (!name) return fault(key, "the name of a policy is expected");
    const auto at = std::ranges::find(book_.policies_, *name, &Policy::id);
    if (at == book_.policies_.end()) return fault(key, "there is no policy \"" + *name + "\"");
    return static_cast<std::size_t>(at - book_.policies_.begin());
  }

  Result<void> read_policies(const Value& tables) {
    if (!tables.as_map()) return fault("policy", "tables are expected");
    for (const auto& [id, table] : *tables.as_map()) {
      if (book_.policies_.size() >= kMaxPolicies) return fault("policy", "too many policies");
      TRY_VOID(read_policy(id, table));
    }
    return {};
  }

  Result<void> read_policy(const std::string& id, const Value& table) {
    const std::string path = "policy." + id;
    TRY_VOID(refuse_unknown(table, path,
                            {"based_on", "k", "step", "age_band", "age_top", "noise_epsilon", "tell_zero",
                             "max_queries", "window_seconds"}));
    if (std::ranges::find(book_.policies_, id, &Policy::id) != book_.policies_.end())
      return fault(path, "this policy is there already");
    Policy policy;
    if (const Value* base = table.find("based_on"))
      policy = book_.policies_[TRY(find(*base, path + ".based_on"))];
    policy.id = id;
    TRY_VOID(read_counts(table, path, policy));
    if (const Value* zero = table.find("tell_zero")) {
      if (!zero->as_bool()) return fault(path + ".tell_zero", "true or false is expected");
      policy.tell_zero = *zero->as_bool();
    }
    if (const Value* noise = table.find("noise_epsilon")) {
      const auto epsilon = number_of(*noise);
      if (!epsilon || !(*epsilon == 0 || (*epsilon >= 0.01 && *epsilon <= 100)))
        return fault(path + ".noise_epsilon", "0, or a number from 0.01 to 100, is expected");
      policy.noise_epsilon = *epsilon;
    }
    book_.policies_.push_back(std::move(policy));
    return {};
  }

  Result<void> read_counts(const Value& table, const std::string& path, Policy& policy) {
    const auto number = [&](std::string_view key, std::int64_t least, std::int64_t most,
                            auto& into) -> Result<void> {
      const Value* value = table.find(key);
      if (!value) return {};
      const std::int64_t* whole = value->as_int();
      if (!whole || *whole < least || *whole > most)
        return fault(path + "." + std::string(key), "a whole number from " + std::to_string(least) + " to " +
                                                        std::to_string(most) + " is expected");
      into = static_cast<std::remove_reference_t<decltype(into)>>(*whole);
      return {};
    };
    TRY_VOID(number("k", 1, kMaxCount, policy.k));
    TRY_VOID(number("step", 1, kMaxCount, policy.step));
    TRY_VOID(number("age_band", 1, kMaxAge, policy.age_band));
    TRY_VOID(number("age_top", 0, kMaxAge, policy.age_top));
    TRY_VOID(number("max_queries", 1, kMaxCount, policy.max_queries));
    return number("window_seconds", 0, 10LL * 365 * 86'400, policy.window_seconds);
  }

  Result<void> read_rules(const Value& rules) {
    if (!rules.as_list()) return fault("rule", "a list of tables is expected: [[rule]]");
    if (rules.as_list()->size() > kMaxRules) return fault("rule", "too many rules");
    for (std::size_t i = 0; i < rules.as_list()->size(); ++i)
      TRY_VOID(read_rule((*rules.as_list())[i], "rule[" + std::to_string(i) + "]"));
    return {};
  }

  Result<void> read_rule(const Value& table, const std::string& path) {
    TRY_VOID(refuse_unknown(table, path, {"dataset", "requester", "policy"}));
    PolicyBook::Rule rule;
    for (auto [key, into] : {std::pair("dataset", &rule.dataset), std::pair("requester", &rule.requester)}) {
      const Value* value = table.find(key);
      if (!value) continue;
      if (!value->as_string() || value->as_string()->empty())
        return fault(path + "." + key, "a name or \"*\" is expected");
      *into = *value->as_string();
    }
    const Value* policy = table.find("policy");
    if (!policy) return fault(path, "a rule needs a policy");
    rule.policy = TRY(find(*policy, path + ".policy"));
    book_.rules_.push_back(std::move(rule));
    return {};
  }

  const codec::TomlDocument& document_;
  PolicyBook& book_;
};

PolicyBook::PolicyBook() : policies_(built_in_policies()), default_(1) {}

Result<PolicyBook> PolicyBook::parse(std::string_view toml, std::string_view name) {
  if (toml.size() > kMaxBytes)
    return fail(ErrorCode::ConfigInvalid, "the file of policies is too large", std::string(name));
  const auto document = TRY(codec::parse_toml(toml, name));
  PolicyBook book;
  TRY_VOID(PolicyReader(document, book).read());
  return book;
}

bool PolicyBook::uses_noise() const {
  return policies_[default_].noise_epsilon > 0 || std::ranges::any_of(rules_, [&](const Rule& rule) {
           return policies_[rule.policy].noise_epsilon > 0;
         });
}

const Policy& PolicyBook::policy_for(std::string_view dataset, std::string_view requester) const {
  for (const Rule& rule : rules_)
    if ((rule.dataset == "*" || rule.dataset == dataset) &&
        (rule.requester == "*" || rule.requester == requester))
      return policies_[rule.policy];
  return policies_[default_];
}

}  // namespace gateway::disclosure
