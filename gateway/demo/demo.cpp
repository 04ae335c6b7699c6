#include "gateway/demo/demo.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "gateway/demo/studies.h"

namespace gateway::demo {
namespace {

namespace fs = std::filesystem;
using mappers::dicom::Draft;
using mappers::dicom::Encoding;

constexpr unsigned kMostSubjects = 100'000;

Result<void> make_folder(const fs::path& folder) {
  std::error_code fault;
  fs::create_directories(folder, fault);
  if (fault)
    return fail(ErrorCode::Internal, "A folder cannot be made", {}, folder.string() + ": " + fault.message());
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  bool good = fd >= 0;
  while (good && !bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    good = written > 0;
    if (good) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  const int fault = errno;
  if (fd >= 0 && ::close(fd) != 0) good = false;
  if (good) return {};
  return fail(ErrorCode::Internal, "A file cannot be written", {},
              path.string() + ": " + std::strerror(fault));
}

// One run: subjects are drawn by several threads, each subject by one.
class Run {
 public:
  Run(const DemoOptions& options, std::vector<Subject> plan) : options_(options), plan_(std::move(plan)) {
    for (const Subject& subject : plan_) {
      for (const StudyPlan& study : subject.studies) total_ += planned_instances(subject, study);
    }
  }

  Result<DemoSummary> go() {
    std::vector<std::thread> helpers;
    const auto count =
        std::min<std::size_t>(std::max(1u, options_.threads), std::max<std::size_t>(1, plan_.size()));
    for (std::size_t i = 1; i < count; ++i) helpers.emplace_back([this] { work(); });
    work();
    for (std::thread& helper : helpers) helper.join();
    if (fault_) return *fault_;
    summary_.subjects = plan_.size();
    return summary_;
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < plan_.size() && !stop_; i = next_++) {
      const auto done = draw(plan_[i]);
      if (done.ok()) continue;
      const std::lock_guard lock(mutex_);
      if (!fault_) fault_ = done.error();
      stop_ = true;
    }
  }

  Result<void> draw(const Subject& subject) {
    for (const StudyPlan& study : subject.studies) {
      const Encoding encoding = study.implicit_vr ? Encoding::ImplicitLittle : Encoding::ExplicitLittle;
      const fs::path root = fs::path(options_.folder) / "dicom" / facts(subject.cohort).id;
      std::set<std::string> series;
      const auto put = [&](const std::string& place, const Draft& instance) -> Result<void> {
        if (stop_) return fail(ErrorCode::Internal, "Stopped because of another failure");
        const fs::path path = root / place;
        if (series.insert(std::string(instance.text("SeriesInstanceUID"))).second)
          TRY(make_folder(path.parent_path()));
        const std::string bytes = TRY(mappers::dicom::encode_part10(instance, encoding));
        TRY(write_file(path, bytes));
        count(bytes.size());
        return {};
      };
      TRY(draw_study({options_.seed, subject, study, put}));
      const std::lock_guard lock(mutex_);
      ++summary_.studies;
      summary_.series += series.size();
    }
    return {};
  }

  void count(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    summary_.bytes += bytes;
    ++summary_.instances;
    if (options_.progress) options_.progress(summary_.instances, total_);
  }

  const DemoOptions& options_;
  const std::vector<Subject> plan_;
  std::size_t total_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;  // guards what follows
  DemoSummary summary_;
  std::optional<Error> fault_;
};

Result<std::vector<DatasetDefinitionFile>> write_definitions(const std::string& folder) {
  TRY(make_folder(fs::path(folder) / "datasets"));
  auto files = dataset_definitions();
  for (DatasetDefinitionFile& file : files) {
    file.path = (fs::path(folder) / file.path).string();
    TRY(write_file(file.path, file.toml));
  }
  return files;
}

}  // namespace

Result<DemoSummary> generate(const DemoOptions& options) {
  if (options.folder.empty()) return fail(ErrorCode::InvalidParameter, "A folder is needed", "folder");
  if (options.subjects > kMostSubjects) {
    return fail(ErrorCode::InvalidParameter, "At most 100000 subjects can be made", "subjects");
  }
  auto datasets = TRY(write_definitions(options.folder));
  DemoSummary summary = TRY(Run(options, plan_subjects(options.seed, options.subjects)).go());
  summary.datasets = std::move(datasets);
  return summary;
}

}  // namespace gateway::demo
