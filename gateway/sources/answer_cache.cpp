#include "gateway/sources/answer_cache.h"

namespace gateway::sources {

std::shared_ptr<const LiveAnswer> AnswerCache::find(const std::string& question, std::uint64_t wanted) {
  const std::lock_guard lock(mutex_);
  while (!order_.empty() && order_.front().until_us <= clock_.steady_us()) drop(order_.begin());
  const auto found = kept_.find(question);
  if (found == kept_.end()) return nullptr;
  const auto& answer = found->second->answer;
  return answer->complete || answer->rows.size() >= wanted ? answer : nullptr;
}

void AnswerCache::put(const std::string& question, std::shared_ptr<const LiveAnswer> answer) {
  const std::lock_guard lock(mutex_);
  if (const auto found = kept_.find(question); found != kept_.end()) drop(found->second);
  rows_ += answer->rows.size() + 1;
  kept_[question] =
      order_.insert(order_.end(), Kept{question, std::move(answer), clock_.steady_us() + keep_us_});
  while (rows_ > most_rows_ && order_.size() > 1) drop(order_.begin());
}

void AnswerCache::drop(std::list<Kept>::iterator kept) {
  rows_ -= kept->answer->rows.size() + 1;
  kept_.erase(kept->question);
  order_.erase(kept);
}

}  // namespace gateway::sources
