// StudyList: the studies of a source, the latest ones first, in answers that the source can give.
//
// One answer when they are few, else windows of study dates going back, as wide as the source fills them. A
// plain walk: one thread. Dates are DA.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/sources/sources.h"

namespace gateway::sources {

class StudyList {
 public:
  // `cursor` is that of an earlier walk, or empty. `now_us` gives the date of today.
  StudyList(const Source& source, std::string cursor, std::int64_t now_us)
      : source_(source), cursor_(std::move(cursor)), now_us_(now_us) {}

  // The next studies as answers of the source; nothing at the end. Error: of the source; asking again is
  // fine.
  Result<std::optional<std::vector<Value>>> next();
  // Where to begin when everything that next() gave is done; empty: with the whole list.
  const std::string& cursor() const { return cursor_; }

 private:
  struct Answer {
    std::vector<Value> studies;
    bool cut = false;
  };
  Result<Answer> ask(const std::string& dates, std::uint64_t limit) const;
  Result<std::optional<std::vector<Value>>> next_window();

  const Source& source_;
  std::string cursor_;
  const std::int64_t now_us_;
  int days_ = 32;  // of the next window
  bool listed_ = false, ended_ = false;
};

// "20240131" and days from it.
std::string days_before(const std::string& date, int days);

}  // namespace gateway::sources
