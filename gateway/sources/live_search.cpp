#include "gateway/sources/live_search.h"

#include <algorithm>
#include <unordered_set>

#include "gateway/sources/answers.h"
#include "gateway/sources/json_array.h"
#include "gateway/sources/live_row.h"

namespace gateway::sources {
namespace {

using model::Level;

constexpr std::size_t kMostParents = 500;  // studies (series) below which is searched one by one
constexpr std::size_t kMostFilled = 200;   // studies whose series are asked for what the study did not say

constexpr std::uint32_t kUids[] = {0, 0x0020000D, 0x0020000E, 0x00080018};

// A study or series below which is searched, with what the source says of it (and of what is above it).
struct Parent {
  model::RemoteId id = {};
  std::vector<Value> answers = {};

  Parent below(Level level, std::string uid, const Value& answer) const {
    Parent made = *this;
    (level == Level::Study ? made.id.study_uid : made.id.series_uid) = std::move(uid);
    if (answer.as_map()) made.answers.push_back(answer);
    return made;
  }
};

// PS3.18 sections 10.6.3.3.2 and 10.6.3.3.3: results that are searched for everywhere tell of their study
// (and series), too. Not what tells of the answer itself: level, places, character set.
bool is_of_the_answer(std::string_view tag) {
  return tag == "00080005" || tag == "00080052" || tag == "00080054" || tag == "00080056" ||
         tag == "00081190";
}

void add_absent(Value& answer, const Value& parent) {
  Value::Map& members = *answer.as_map();
  for (const auto& [tag, element] : *parent.as_map()) {
    if (is_of_the_answer(tag)) continue;
    const auto place = std::lower_bound(members.begin(), members.end(), tag,
                                        [](const auto& m, const std::string& t) { return m.first < t; });
    if (place == members.end() || place->first != tag) members.emplace(place, tag, element);
  }
}

class Asker {
 public:
  Asker(const Source& source, const LiveQuery& query, std::uint64_t wanted, const std::atomic<bool>& stop)
      : source_(source), query_(query), wanted_(wanted), stop_(stop) {}

  Result<LiveAnswer> ask() {
    answer_.complete = true;
    if (query_.nothing) return std::move(answer_);
    const bool relational = source_.remote->kind() != "dimse";  // PS3.4 C.4.1.3.2: optional there
    if (query_.level == Level::Study || relational)
      TRY(ask_all());
    else
      TRY(ask_below());
    if (query_.level == Level::Study) TRY(fill_studies());
    return std::move(answer_);
  }

 private:
  bool enough() const { return answer_.rows.size() >= wanted_ || stop_; }

  // One question with the keys of all levels.
  Result<void> ask_all() {
    model::RemoteQuery question;
    question.level = query_.level;
    for (const auto& [level, keys] : query_.keys)
      for (const model::RemoteKey& key : keys)
        if (level == query_.level || !key.value.empty()) question.keys.push_back(key);
    return ask(std::move(question), {});
  }

  // Tests may sift out what the source gave: then it is asked for more, up to all.
  Result<void> ask(model::RemoteQuery question, const Parent& parents) {
    const bool sifted = !query_.tests.empty() || !query_.started_from.empty();
    for (std::uint64_t limit = wanted_;; limit *= 8) {
      question.limit = limit > 50'000 ? 0 : limit;
      const auto report = TRY(find(question, [&](Value answer) { return take(std::move(answer), parents); }));
      answer_.warnings.insert(answer_.warnings.end(), report.warnings.begin(), report.warnings.end());
      if (enough()) answer_.complete = false;
      if (enough() || !report.cut) return {};
      if (!sifted) {
        answer_.complete = false;
        return {};
      }
    }
  }

  Result<model::RemoteQueryReport> find(const model::RemoteQuery& question,
                                        const std::function<Result<bool>(Value)>& use) {
    std::optional<Error> broken;
    auto report = source_.remote->find(question, [&](const std::string& json) {
      auto answer = read_answer(json);
      const auto more = answer.ok() ? use(std::move(*answer)) : Result<bool>(answer.error());
      if (!more.ok()) broken = more.error();
      return more.ok() && *more;
    });
    if (broken)
      return fail(ErrorCode::BadGateway, source_.name() + " sent what cannot be read: " + broken->text());
    return report;
  }

  static void name_parent(Value& answer, std::string_view tag, const std::string& uid) {
    if (uid.empty() || !text_of(answer, tag).empty()) return;
    Value::Map& members = *answer.as_map();
    std::erase_if(members, [&](const auto& member) { return member.first == tag; });
    const auto place = std::lower_bound(members.begin(), members.end(), tag,
                                        [](const auto& m, std::string_view t) { return m.first < t; });
    members.emplace(place, std::string(tag),
                    Value::map().set("vr", "UI").set("Value", Value::list().push(uid)));
  }

  Result<bool> take(Value answer, const Parent& parents) {
    name_parent(answer, key::kStudyUid, parents.id.study_uid);
    name_parent(answer, key::kSeriesUid, parents.id.series_uid);
    for (const Value& parent : parents.answers) add_absent(answer, parent);
    apply_identity(source_.options.identity, answer);
    if (!passes(answer, query_)) return !stop_;
    const bool counted = query_.level != Level::Study ||
                         (answer.find(key::kModalities) && count_of(answer, key::kStudySeries) &&
                          count_of(answer, key::kStudyInstances));
    model::SearchRow row = TRY(make_row(query_.level, std::move(answer), source_.ae_title()));
    if (!seen_.insert(uid_of(row, query_.level)).second) return !enough();
    if (!counted) unfilled_.push_back(answer_.rows.size());
    answer_.rows.push_back(std::move(row));
    return !enough();
  }

  bool has_conditions(Level level) const {
    const auto keys = query_.keys.find(level);
    return keys != query_.keys.end() &&
           std::any_of(keys->second.begin(), keys->second.end(), [&](const auto& key) {
             return !key.value.empty() && key.tag != kUids[static_cast<std::size_t>(level)];
           });
  }

  // What is at a level, of which one question of the baseline needs the UIDs above (PS3.4 C.4.1.2.1). One
  // that the query names is not asked for.
  Result<std::vector<Parent>> parents_at(Level level, const Parent& above) {
    const std::uint32_t uid_tag = kUids[static_cast<std::size_t>(level)];
    const std::string_view uid_key = level == Level::Study ? key::kStudyUid : key::kSeriesUid;
    model::RemoteQuery question = question_at(level, above.id);
    for (const model::RemoteKey& key : question.keys)
      if (key.tag == uid_tag && !key.value.empty() && key.value.find('\\') == std::string::npos &&
          !has_conditions(level))
        return std::vector{above.below(level, key.value, {})};
    question.limit = kMostParents + 1;
    std::vector<Parent> found;
    TRY(find(question, [&](const Value& answer) -> Result<bool> {
      found.push_back(above.below(level, text_of(answer, uid_key), answer));
      return !stop_;
    }));
    if (found.size() > kMostParents) {
      found.resize(kMostParents);
      answer_.complete = false;
      answer_.warnings.push_back("only " + std::to_string(kMostParents) +
                                 (level == Level::Study ? " studies" : " series") + " of " + source_.name() +
                                 " were searched; name the parent to search all below it");
    }
    return found;
  }

  model::RemoteQuery question_at(Level level, const model::RemoteId& parents) const {
    model::RemoteQuery question;
    question.level = level;
    if (const auto keys = query_.keys.find(level); keys != query_.keys.end()) question.keys = keys->second;
    if (level > Level::Study) question.keys.push_back({kUids[1], parents.study_uid});
    if (level > Level::Series) question.keys.push_back({kUids[2], parents.series_uid});
    return question;
  }

  Result<void> ask_below() {
    bool complete = true;
    for (const Parent& study : TRY(parents_at(Level::Study, {}))) {
      if (query_.level == Level::Series) {
        if (!enough()) TRY(ask(question_at(Level::Series, study.id), study));
        complete = complete && answer_.complete && !enough();
        continue;
      }
      for (const Parent& series : TRY(parents_at(Level::Series, study))) {
        if (!enough()) TRY(ask(question_at(Level::Instance, series.id), series));
        complete = complete && answer_.complete && !enough();
      }
    }
    answer_.complete = complete;
    return {};
  }

  // Modalities and counts are optional in C-FIND (PS3.4 C.6.2.1.2); the series of a study tell them.
  Result<void> fill_studies() {
    for (std::size_t i = 0; i < std::min(unfilled_.size(), kMostFilled) && !stop_; ++i) {
      model::SearchRow& row = answer_.rows[unfilled_[i]];
      model::RemoteQuery question;
      question.level = Level::Series;
      question.keys = {{kUids[1], row.study_uid}, {kUids[2], ""}, {0x00080060, ""}, {0x00201209, ""}};
      model::SearchRow parts;
      TRY(find(question, [&](const Value& series) -> Result<bool> {
        ++parts.series_count;
        parts.instance_count += count_of(series, key::kSeriesInstances).value_or(0);
        model::SearchRow one;
        one.modalities = texts_of(series, key::kModality);
        merge_counts(parts, one);
        return !stop_;
      }));
      merge_counts(row, parts);
    }
    if (unfilled_.size() > kMostFilled)
      answer_.warnings.push_back(source_.name() +
                                 " does not tell modalities and counts; they were asked for the first " +
                                 std::to_string(kMostFilled) + " studies only");
    return {};
  }

  const Source& source_;
  const LiveQuery& query_;
  const std::uint64_t wanted_;
  const std::atomic<bool>& stop_;
  LiveAnswer answer_;
  std::unordered_set<std::string> seen_;
  std::vector<std::size_t> unfilled_;
};

}  // namespace

Result<LiveAnswer> ask_source(const Source& source, const LiveQuery& query, std::uint64_t wanted,
                              const std::atomic<bool>& stop) {
  return Asker(source, query, std::max<std::uint64_t>(wanted, 1), stop).ask();
}

}  // namespace gateway::sources
