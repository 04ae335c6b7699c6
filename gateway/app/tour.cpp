#include "gateway/app/tour.h"

namespace gateway::app {

std::string tour(const std::vector<std::string>& addresses,
                 const std::vector<std::string>& published_datasets) {
  const std::string& base = addresses.front();
  const std::string dataset = published_datasets.empty() ? "" : "dataset/" + published_datasets.front();
  std::string text = "\nOpen in a browser:\n";
  for (const std::string& address : addresses) text += "  " + address + "/\n";
  text += "  " + base + "/catalogue/" + dataset + "\n";
  text += "\nTry in another terminal:\n";
  text += "  curl '" + base + "/dicomweb/studies?ModalitiesInStudy=PT&limit=2'\n";
  text += "  curl '" + base + "/fhir/ImagingStudy?modality=MR&_count=1&_pretty=true'\n";
  text += "  curl -H 'Accept: text/turtle' '" + base + "/catalogue/" + dataset + "'\n";
  text += "\nCtrl-C stops it.\n";
  return text;
}

}  // namespace gateway::app
