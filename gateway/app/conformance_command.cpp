// `conformance-statement`: the statement of what this program, so configured, does.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "gateway/app/commands.h"
#include "gateway/app/conformance_statement.h"
#include "gateway/app/console.h"
#include "gateway/app/faces.h"

namespace gateway::app {
namespace {

// The routes need their faces, and these a store: an empty one for the moment, whatever data there are.
class EmptyFolder {
 public:
  EmptyFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "ehds-gateway-XXXXXX").string();
    if (::mkdtemp(name.data())) path_ = name;
  }
  ~EmptyFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<std::string> make_statement(const CommonOptions& options) {
  const Config config = TRY(configure(options));
  const EmptyFolder folder;
  if (folder.path().empty()) return fail(ErrorCode::StoreFailed, "no temporary folder can be made");
  Config scratch = config;
  scratch.data_folder = folder.path();
  const auto parts = TRY(Parts::open(scratch));
  const auto faces = TRY(Faces::open(*parts));
  http::Router router;
  faces->add_routes(router);
  return conformance_statement(config, router, parts->table());
}

}  // namespace

int conformance_statement_command(const CommonOptions& options) {
  const auto text = make_statement(options);
  if (!text) return report(text.error());
  std::fputs(text->c_str(), stdout);
  return kOk;
}

}  // namespace gateway::app
