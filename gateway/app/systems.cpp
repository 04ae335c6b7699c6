#include "gateway/app/systems.h"

#include "gateway/base/text.h"
#include "gateway/dimse/source.h"
#include "gateway/sources/dicomweb_source.h"

namespace gateway::app {
namespace {

dimse::DimsePeer peer_of(const PeerConfig& config) {
  return {config.ae_title, config.host, static_cast<std::uint16_t>(config.port), config.tls};
}

dimse::DimseTls tls_of(const Config& config) {
  dimse::DimseTls tls;
  tls.certificate_file = config.dimse_certificate_file;
  tls.key_file = config.dimse_key_file;
  tls.ca_file = config.dimse_ca_file;
  return tls;
}

dimse::DimseLimits limits_of(const Config& config) {
  dimse::DimseLimits limits;
  limits.spool_folder = config.data_folder;
  return limits;
}

sources::SourceOptions options_of(const SourceConfig& config) {
  using Options = sources::SourceOptions;
  Options options;
  options.mode = config.mode == "live" ? Options::Mode::Live : Options::Mode::Harvest;
  options.take = config.take == "objects" ? Options::Take::Objects : Options::Take::Metadata;
  options.interval_s = config.interval_s;
  options.wait_ms = config.timeout_s * 1000;
  options.store = config.store;
  options.ae_title = config.peer;
  options.identity = {config.issuer_of_patient_id, config.patient_id_prefix,
                      config.issuer_of_accession_number};
  return options;
}

Result<std::unique_ptr<model::RemoteSource>> web_source(const SourceConfig& config, const Config& all) {
  sources::DicomwebOptions options;
  options.client.name = config.name;
  options.client.base_url = config.url;
  options.client.ca_file = config.ca_file;
  options.client.idle_ms = config.timeout_s * 1000;
  options.client.spool_folder = all.data_folder;
  if (!config.token_file.empty()) {
    const std::string token = TRY(read_file(config.token_file, 64 << 10));
    options.client.bearer = trim(token.substr(0, token.find_first_of("\r\n")));  // editors end the line
    if (options.client.bearer.empty())
      return fail(ErrorCode::ConfigInvalid, "the token file of " + config.name + " begins with an empty line",
                  config.token_file);
  }
  return std::unique_ptr<model::RemoteSource>(TRY(sources::DicomwebSource::make(std::move(options))));
}

std::unique_ptr<model::RemoteSource> dimse_source(const SourceConfig& config, const Config& all,
                                                  dimse::MoveInbox& inbox) {
  dimse::DimseSourceOptions options;
  options.name = config.name;
  for (const PeerConfig& peer : all.peers)
    if (peer.ae_title == config.peer) options.peer = peer_of(peer);
  options.our_ae_title = all.dimse_ae_title;
  options.move_destination = all.dimse_ae_title;
  options.retrieve = config.retrieve == "move" ? dimse::DimseSourceOptions::Retrieve::Move
                                               : dimse::DimseSourceOptions::Retrieve::Get;
  options.tls_files = tls_of(all);
  options.limits = limits_of(all);
  options.limits.message = std::chrono::seconds(config.timeout_s);
  return std::make_unique<dimse::DimseSource>(std::move(options), &inbox);
}

}  // namespace

Result<std::unique_ptr<Systems>> Systems::open(Parts& parts, pixel::PixelService& pixels) {
  auto systems = std::unique_ptr<Systems>(new Systems(parts, pixels));
  TRY_VOID(systems->open_sources());
  systems->open_dimse();
  return systems;
}

Result<void> Systems::add_source(const SourceConfig& source) {
  const Config& config = parts_.config();
  auto remote =
      source.kind == "dimse" ? Result(dimse_source(source, config, inbox_)) : web_source(source, config);
  if (!remote) return std::move(remote).error();
  return sources_->add(std::move(*remote), options_of(source));
}

Result<void> Systems::open_sources() {
  sources::SourceGatewayOptions options;
  options.cache_folder = parts_.config().data_folder + "/cache";
  options.cache_bytes = static_cast<std::uint64_t>(parts_.config().cache_mib) << 20;
  store::Store& store = parts_.store();
  sources_ = TRY(sources::SourceGateway::open(options, store.blobs(), Clock::system(), parts_.metrics()));
  for (const SourceConfig& source : parts_.config().sources) TRY_VOID(add_source(source));
  ingestor_ =
      std::make_unique<ingest::Ingestor>(store.index(), sources_->blobs(), parts_.table(), parts_.metrics());
  sources_->connect(store.index(), *ingestor_, store.harvests(),
                    [&table = parts_.table()](std::string_view path) { return table.tag_of(path); });
  return {};
}

void Systems::open_dimse() {
  const Config& config = parts_.config();
  if (config.dimse_listen.empty()) return;
  const Address address = *parse_address(config.dimse_listen);  // checked with the configuration
  dimse::DimseServerOptions options;
  options.host = address.host;
  options.port = address.port;
  options.ae_title = config.dimse_ae_title;
  for (const PeerConfig& peer : config.peers) {
    options.destinations.push_back(peer_of(peer));
    if (!config.dimse_any_caller) options.callers.push_back(peer_of(peer));
  }
  options.max_associations = static_cast<std::size_t>(config.dimse_max_associations);
  options.tls = !config.dimse_certificate_file.empty();
  options.tls_files = tls_of(config);
  options.limits = limits_of(config);
  dimse::DimseServer::Parts parts{ingest(), index(), blobs(), parts_.metrics(), {}, nullptr};
  parts.path_of_tag = [&table = parts_.table()](std::uint32_t tag) { return table.path_of_tag(tag); };
  parts.inbox = &inbox_;
  parts.pixels = &pixels_;
  server_ = std::make_unique<dimse::DimseServer>(std::move(options), parts);
}

Result<void> Systems::start() {
  if (server_) TRY_VOID(server_->start());
  sources_->start();
  return {};
}

// Requests that wait for a source have their answer before the listeners close.
void Systems::stop() {
  sources_->stop();
  if (server_) server_->stop();
}

std::string Systems::dimse_address() const {
  if (!server_) return {};
  const Address address = *parse_address(parts_.config().dimse_listen);
  return "dimse://" + parts_.config().dimse_ae_title + "@" + address.host + ":" +
         std::to_string(server_->port());
}

}  // namespace gateway::app
