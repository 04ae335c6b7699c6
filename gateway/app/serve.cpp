// `serve`: everything wired, from the configuration to the listeners. A request then goes the way that
// gateway/http/server.h describes: accept, parse, limits, route, handler of a face, response, log.
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/faces.h"
#include "gateway/app/tour.h"
#include "gateway/base/log.h"
#include "gateway/http/server.h"

namespace gateway::app {
namespace {

constexpr std::uint32_t kReadersWaiting = 4096;

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

http::TrustForwarded trust_forwarded(const Config& config) {
  if (config.trust_forwarded == "always") return http::TrustForwarded::Always;
  return config.trust_forwarded == "never" ? http::TrustForwarded::Never : http::TrustForwarded::Loopback;
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
  // With sources, reading an object is heavy, too: many viewers wait for their turn, and none is turned away.
  if (!config.sources.empty()) server.limits.heavy_queue = kReadersWaiting;
  server.spool_dir = config.data_folder;
  server.public_url = config.public_url;
  server.trust_forwarded = trust_forwarded(config);
  server.cors = cors_policy(config);
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

// The first line is part of the interface: scripts read the address from it.
void announce(const std::vector<std::string>& addresses, const std::string& dimse, const Config& config,
              const std::string& tour_text) {
  for (const std::string& address : addresses) std::printf("listening on %s\n", address.c_str());
  if (!dimse.empty()) std::printf("listening on %s\n", dimse.c_str());
  std::fputs(tour_text.c_str(), stdout);
  std::fflush(stdout);
  std::fprintf(stderr, "There is no access control: whoever reaches %s sees everything.\n",
               config.allow_open ? "these addresses" : "these loopback addresses");
}

Result<void> serve_until_signal(const ServeOptions& options, const sigset_t& signals) {
  const Config config = TRY(serve_config(options));
  const auto parts = TRY(Parts::open(config));
  const auto faces = TRY(Faces::open(*parts));
  http::Router router;
  faces->add_routes(router);

  http::ServerConfig listeners = TRY(server_config(config));
  const auto server = TRY(http::Server::create(std::move(listeners), router, parts->metrics()));
  TRY_VOID(faces->start());
  server->start();
  const auto addresses = server->addresses();
  announce(addresses, faces->dimse_address(), config,
           options.tour ? tour(addresses, faces->published()) : std::string());
  wait_for_end(signals);
  faces->stop();
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
