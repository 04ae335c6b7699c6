#include "gateway/dimse/secure_layer.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmtls/tlslayer.h>

namespace gateway::dimse {
namespace {

Error unusable(const char* what, const std::string& file) {
  return fail(ErrorCode::ConfigInvalid, std::string("the ") + what + " of DICOM TLS cannot be used", file);
}

}  // namespace

SecureLayer::SecureLayer(std::unique_ptr<DcmTransportLayer> layer) : layer_(std::move(layer)) {}
SecureLayer::~SecureLayer() = default;

Result<std::unique_ptr<SecureLayer>> SecureLayer::load(const DimseTls& files, Side side) {
  const auto role = side == Side::Server ? NET_ACCEPTOR : NET_REQUESTOR;
  auto layer = std::make_unique<DcmTLSTransportLayer>(role, nullptr, OFFalse);
  if (!files.key_file.empty()) {
    if (layer->setPrivateKeyFile(files.key_file.c_str(), DCF_Filetype_PEM).bad())
      return unusable("key", files.key_file);
    if (layer->setCertificateFile(files.certificate_file.c_str(), DCF_Filetype_PEM).bad())
      return unusable("certificate", files.certificate_file);
    if (!layer->checkPrivateKeyMatchesCertificate())
      return unusable("key for this certificate", files.key_file);
  } else if (side == Side::Server) {
    return fail(ErrorCode::ConfigInvalid, "DICOM TLS needs a certificate and a key");
  }
  if (!files.ca_file.empty()) {
    if (layer->addTrustedCertificateFile(files.ca_file.c_str(), DCF_Filetype_PEM).bad())
      return unusable("CA certificate", files.ca_file);
    if (side == Side::Server) layer->addTrustedClientCertificateFile(files.ca_file.c_str());
  }
  if (layer->setTLSProfile(TSP_Profile_BCP195).bad() || layer->activateCipherSuites().bad())
    return fail(ErrorCode::ConfigInvalid, "no cipher suite of DICOM TLS can be used");
  layer->setCertificateVerification(files.check_peer ? DCV_requireCertificate : DCV_ignoreCertificate);
  return std::unique_ptr<SecureLayer>(new SecureLayer(std::move(layer)));
}

}  // namespace gateway::dimse
