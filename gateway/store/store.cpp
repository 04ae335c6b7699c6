#include "gateway/store/store.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "gateway/store/blob_folder.h"
#include "gateway/store/commitment_store.h"
#include "gateway/store/connections.h"
#include "gateway/store/dataset_store.h"
#include "gateway/store/disclosure_store.h"
#include "gateway/store/harvest_store.h"
#include "gateway/store/image_index.h"
#include "gateway/store/resource_store.h"
#include "gateway/store/workitem_store.h"

namespace gateway::store {

struct Store::Parts {
  std::unique_ptr<BlobFolder> blobs;
  std::unique_ptr<Connections> connections;
  std::unique_ptr<ImageIndex> index;
  std::unique_ptr<DatasetStore> datasets;
  std::unique_ptr<WorkitemStore> workitems;
  std::unique_ptr<HarvestStore> harvests;
  std::unique_ptr<CommitmentStore> commitments;
  std::unique_ptr<DisclosureStore> disclosures;
  std::unique_ptr<ResourceStore> resources;
};

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options, const Clock& clock) {
  const Disk& disk = options.disk ? *options.disk : options.fsync ? Disk::real() : Disk::without_sync();
  TRY(make_folders_durably(options.folder, disk));
  // Processes that open the same folder at once do so one after the other: only the first makes the schema.
  const std::string lock_path = options.folder + "/open.lock";
  const FileHandle lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.fd() < 0 || ::flock(lock.fd(), LOCK_EX) != 0)
    return fail(ErrorCode::StoreFailed, "the folder of the store cannot be written", {},
                lock_path + ": " + std::strerror(errno));
  auto parts = std::make_unique<Parts>();
  BlobLimits limits;
  if (!options.fsync) limits.log_bytes = 0;
  parts->blobs = TRY(BlobFolder::open(options.folder + "/blobs", disk, clock, limits));
  parts->connections = TRY(Connections::open(options.folder + "/index.sqlite", options.fsync));
  {
    auto writer = parts->connections->writer();
    TRY(replay_log(*writer, options.folder + "/blobs/segments", disk));
  }
  TRY(disk.sync_folder(options.folder));
  parts->index = std::make_unique<ImageIndex>(*parts->connections, *parts->blobs, clock);
  parts->datasets = std::make_unique<DatasetStore>(*parts->connections, clock);
  parts->workitems = std::make_unique<WorkitemStore>(*parts->connections, clock);
  parts->harvests = std::make_unique<HarvestStore>(*parts->connections, clock);
  parts->commitments = std::make_unique<CommitmentStore>(*parts->connections, clock);
  parts->disclosures = std::make_unique<DisclosureStore>(*parts->connections);
  parts->resources = std::make_unique<ResourceStore>(*parts->connections, clock);
  return std::unique_ptr<Store>(new Store(std::move(parts)));
}

model::ImageIndex& Store::index() { return *parts_->index; }
model::BlobStore& Store::blobs() { return *parts_->blobs; }
model::DatasetStore& Store::datasets() { return *parts_->datasets; }
model::WorkitemStore& Store::workitems() { return *parts_->workitems; }
model::HarvestStore& Store::harvests() { return *parts_->harvests; }
model::CommitmentStore& Store::commitments() { return *parts_->commitments; }
model::DisclosureLog& Store::disclosures() { return *parts_->disclosures; }
model::ResourceStore& Store::resources() { return *parts_->resources; }

}  // namespace gateway::store
