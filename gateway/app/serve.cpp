// `serve`: everything wired, from the configuration to the listeners. A request then goes the way that
// gateway/http/server.h describes: accept, parse, limits, route, handler of a face, response, log.
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/parts.h"
#include "gateway/app/service.h"
#include "gateway/app/tour.h"
#include "gateway/app/version.h"
#include "gateway/base/log.h"
#include "gateway/catalogue/face.h"
#include "gateway/dicomweb/face.h"
#include "gateway/fhir/face.h"
#include "gateway/http/server.h"

namespace gateway::app {
namespace {

void override_text(std::string& value, const std::string& given) {
  if (!given.empty()) value = given;
}

Result<Config> serve_config(const ServeOptions& options) {
  Config config = TRY(configure(options.common));
  override_text(config.listen, options.listen);
  override_text(config.https_listen, options.https_listen);
  override_text(config.certificate_file, options.certificate);
  override_text(config.key_file, options.key);
  if (!options.log_level.empty()) TRY_VOID(set_log_level(options.log_level));
  TRY_VOID(check_listeners(config));
  return config;
}

Result<http::ListenerConfig> listener(const std::string& text, std::unique_ptr<http::Tls> tls) {
  const Address address = TRY(parse_address(text));
  http::ListenerConfig config;
  config.host = address.host;
  config.port = address.port;
  config.tls = std::move(tls);
  return config;
}

Result<http::ServerConfig> server_config(const Config& config) {
  http::ServerConfig server;
  server.listeners.push_back(TRY(listener(config.listen, nullptr)));
  if (!config.https_listen.empty())
    server.listeners.push_back(
        TRY(listener(config.https_listen,
                     std::make_unique<http::Tls>(http::Tls{config.certificate_file, config.key_file}))));
  server.threads = static_cast<unsigned>(config.threads);
  server.limits.connections = static_cast<std::uint32_t>(config.max_connections);
  server.limits.idle_timeout_ms = static_cast<std::uint32_t>(config.idle_timeout_s * 1000);
  server.spool_dir = config.data_folder;
  server.public_url = config.public_url;
  server.trust_forwarded = config.trust_forwarded;
  return server;
}

// Ten thousand connections need as many descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Blocks the signals that end the program, for all threads to come, so that sigwait() gets them.
sigset_t block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// Ctrl-C of a terminal and `kill` end it alike.
void wait_for_end(const sigset_t& signals) {
  int signal = 0;
  ::sigwait(&signals, &signal);
  log::info("ending", {{"signal", signal}});
}

std::vector<ReadyCheck> ready_checks(Parts& parts) {
  return {{"index",
           [&parts]() -> Result<void> {
             auto version = parts.store().index().version();
             if (!version) return std::move(version).error();
             return {};
           }},
          {"data folder", [&parts]() -> Result<void> {
             constexpr std::uintmax_t kEnough = 256u << 20;
             std::error_code fault;
             const auto space = std::filesystem::space(parts.config().data_folder, fault);
             if (fault)
               return fail(ErrorCode::StoreFailed, "the data folder cannot be read", {}, fault.message());
             if (space.available < kEnough) return fail(ErrorCode::StoreFailed, "less than 256 MiB are free");
             return {};
           }}};
}

dicomweb::DicomwebFace dicomweb_face(Parts& parts) {
  dicomweb::DicomwebConfig config;
  config.max_results = static_cast<std::uint32_t>(parts.config().max_results);
  config.spool_folder = parts.config().data_folder;
  config.max_store_bytes = static_cast<std::uint64_t>(parts.config().max_store_mib) << 20;
  const auto path_of_tag = [&table = parts.table()](std::uint32_t tag) { return table.path_of_tag(tag); };
  return {parts.store().index(), parts.store().blobs(), parts.ingestor(), path_of_tag, config};
}

Result<fhir::FhirConfig> fhir_config(const Parts& parts) {
  fhir::FhirConfig config;
  config.render = TRY(fhir_options(parts.config(), parts.profiles()));
  config.software_version = kVersion;
  return config;
}

std::vector<std::string> published(const catalogue::DatasetService& datasets) {
  std::vector<std::string> ids;
  if (const auto rows = datasets.list())
    for (const auto& row : *rows)
      if (row.published_us) ids.push_back(row.id);
  return ids;
}

// The first line is part of the interface: scripts read the address from it.
void announce(const std::vector<std::string>& addresses, const Config& config, const std::string& tour_text) {
  for (const std::string& address : addresses) std::printf("listening on %s\n", address.c_str());
  std::fputs(tour_text.c_str(), stdout);
  std::fflush(stdout);
  std::fprintf(stderr, "There is no access control: whoever reaches %s sees everything.\n",
               config.allow_open ? "these addresses" : "these loopback addresses");
}

Result<void> serve_until_signal(const ServeOptions& options, const sigset_t& signals) {
  const Config config = TRY(serve_config(options));
  const auto parts = TRY(Parts::open(config));
  const auto datasets = TRY(Datasets::open(config, parts->profiles(), parts->store().datasets()));

  const dicomweb::DicomwebFace dicomweb = dicomweb_face(*parts);
  const fhir::FhirFace fhir(parts->store().index(), TRY(fhir_config(*parts)));
  const catalogue::Catalogue catalogue(datasets->service(), parts->store().index());
  http::Router router;
  dicomweb::add_routes(router, dicomweb);
  fhir::add_routes(router, fhir);
  catalogue::add_routes(router, catalogue);
  add_service_routes(router, parts->metrics(), ready_checks(*parts));

  http::ServerConfig listeners = TRY(server_config(config));
  const auto server = TRY(http::Server::create(std::move(listeners), router, parts->metrics()));
  server->start();
  const auto addresses = server->addresses();
  announce(addresses, config, options.tour ? tour(addresses, published(datasets->service())) : std::string());
  wait_for_end(signals);
  server->stop();
  return {};
}

}  // namespace

int serve(const ServeOptions& options) {
  raise_descriptor_limit();
  const sigset_t signals = block_end_signals();  // before any thread is there
  const auto served = serve_until_signal(options, signals);
  log::flush();
  return served ? kOk : report(served.error());
}

}  // namespace gateway::app
