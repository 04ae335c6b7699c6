#include "gateway/demo/demo.h"
#include "gateway/demo/plan.h"

namespace gateway::demo {
namespace {

// What the three datasets say alike. Parties are made up and say so; .example never resolves (RFC 2606).
constexpr std::string_view kCommonHead = R"toml(version = "1.0.0"
access = "NON_PUBLIC"
health_categories = ["EHRS"]
health_themes = ["CANCER_DISEASE"]
themes = ["HEAL"]
types = ["SYNTHETIC_DATA"]
languages = ["ENG"]
spatial = ["BEL", "DEU", "ESP", "GRC", "POL"]
purposes = [
  "Scientific research related to health or care sectors",
  "Development of algorithms for diagnosis and their testing, including in medical devices",
  "Education and teaching in health or care sectors",
]
legal_bases = [
  "Regulation (EU) 2025/327, Article 53: secondary use under a data permit",
  "Regulation (EU) 2016/679, Article 9(2)(j)",
]
personal_data = ["MedicalHealth", "Age", "Gender", "Identifying"]
retention = { start = "2025-01-01", end = "2035-12-31" }
frequency = "ANNUAL"
conforms_to = ["DICOM"]
coding_systems = ["SNOMED-CT", "DICOM-CT"]
interoperability_level = "SPEC1000011"
collection_methods = ["SPEC1000007"]
eucaim_types = ["SPEC1000018"]
)toml";

constexpr std::string_view kParties = R"toml(
[publisher]
name = "Demonstration Cancer Imaging Consortium"
email = "catalogue@demo.example"
url = "https://demo.example/consortium"
type = "healthcare-providers"
note = """
A made-up consortium of four made-up hospitals. It publishes synthetic data that shows what a data \
holder's catalogue looks like."""

[custodian]
name = "Demonstration Hospital North"
email = "data@demo.example"
url = "https://demo.example/hospital-north"

[hdab]
name = "Demonstration Health Data Access Body (not an authority)"
email = "hdab@demo.example"
url = "https://demo.example/hdab"

[contact]
name = "Data access desk of the Demonstration Hospital North"
email = "access@demo.example"
url = "https://demo.example/access"
)toml";

struct Definition {
  Cohort cohort;
  std::string_view texts;  // what differs
};

constexpr Definition kDefinitions[] = {
    {Cohort::Lung, R"toml(
condition = "CLIN1000065"
title.en = "Lung cancer: CT and FDG PET/CT of the thorax (synthetic)"
title.fr = "Cancer du poumon : TDM et TEP/TDM au FDG du thorax (synthétique)"
title.de = "Lungenkrebs: CT und FDG-PET/CT des Thorax (synthetisch)"
description.en = """
CT and FDG PET/CT studies of the thorax of people under investigation for lung cancer, with \
segmentations of the nodule and follow-up CT of one subject in three. All images are computed \
phantoms: no person stands behind them."""
description.fr = """
Examens TDM et TEP/TDM au FDG du thorax avec segmentation du nodule. Toutes les images sont des \
fantômes calculés : aucune personne réelle."""
description.de = """
CT und FDG-PET/CT des Thorax mit Segmentierung des Rundherds. Alle Bilder sind berechnete Phantome: \
keine wirklichen Personen."""
keywords.en = ["lung cancer", "pulmonary nodule", "computed tomography", "PET/CT", "FDG", "synthetic data"]
keywords.fr = ["cancer du poumon", "TEP/TDM", "données synthétiques"]
provenance.en = """
Computed by the gateway's demonstration generator from mathematical phantoms of the thorax; \
segmentations are exact, they come from the same model."""
population_coverage.en = "Synthetic adults of 45 to 85 years with a pulmonary nodule, 2018 to 2025."
)toml"},
    {Cohort::Prostate, R"toml(
condition = "CLIN1000075"
title.en = "Prostate cancer: multiparametric MR (synthetic)"
title.fr = "Cancer de la prostate : IRM multiparamétrique (synthétique)"
title.es = "Cáncer de próstata: RM multiparamétrica (sintético)"
description.en = """
MR studies of the prostate at 3 tesla: T2-weighted images in two planes, diffusion-weighted images \
with two b-values, ADC maps, and segmentations of peripheral zone, transition zone and lesion. All \
images are computed phantoms: no person stands behind them."""
description.fr = """
IRM de la prostate à 3 teslas : T2, diffusion, cartes ADC et segmentations. Toutes les images sont \
des fantômes calculés : aucune personne réelle."""
keywords.en = ["prostate cancer", "multiparametric MRI", "diffusion-weighted imaging", "synthetic data"]
provenance.en = """
Computed by the gateway's demonstration generator from mathematical phantoms of the male pelvis; \
segmentations are exact, they come from the same model."""
population_coverage.en = "Synthetic men of 50 to 80 years with a lesion of the prostate, 2018 to 2025."
)toml"},
    {Cohort::Breast, R"toml(
condition = "CLIN1000060"
title.en = "Breast cancer screening: digital mammography (synthetic)"
title.fr = "Dépistage du cancer du sein : mammographie numérique (synthétique)"
title.el = "Έλεγχος για καρκίνο του μαστού: ψηφιακή μαστογραφία (συνθετικά δεδομένα)"
description.en = """
Screening mammograms in four views (R CC, L CC, R MLO, L MLO) of women of screening age, some with a \
second round two years later; two in five subjects have a mass or a cluster of calcifications in the \
last round. All images are computed phantoms: no person stands behind them."""
description.fr = """
Mammographies de dépistage en quatre incidences. Toutes les images sont des fantômes calculés : \
aucune personne réelle."""
keywords.en = ["breast cancer", "screening", "mammography", "calcifications", "synthetic data"]
provenance.en = """
Computed by the gateway's demonstration generator from mathematical phantoms of the compressed \
breast."""
population_coverage.en = "Synthetic women of 50 to 72 years invited to screening, 2018 to 2025."
)toml"},
};

DatasetDefinitionFile compose(const Definition& definition) {
  const CohortFacts& cohort = facts(definition.cohort);
  const std::string id = cohort.id;
  std::string toml =
      "# Made by the demonstration generator. Numbers are computed from the index, not written here.\n";
  toml += "id = \"" + id + "\"";
  toml += definition.texts;
  toml += kCommonHead;
  toml += "landing_page = \"https://demo.example/datasets/" + id + "\"\n";
  toml += "\n[selection]\nClinicalTrialProtocolID = [\"" + std::string(cohort.protocol) + "\"]\n";
  toml += kParties;
  toml += "\n[[distribution]]\ntitle = \"DICOM images over DICOMweb\"\n";
  toml +=
      "description = \"The instances, retrievable in a secure processing environment under a data permit\"\n";
  toml += "access_url = \"https://demo.example/dicomweb/" + id + "\"\n";
  // The EU table of file types has no DICOM; the media type says it.
  toml += "format = \"OCTET\"\nmedia_type = \"application/dicom\"\n";
  toml += "license = \"https://creativecommons.org/publicdomain/zero/1.0/\"\n";
  toml += "access_condition = \"IN_SITU_PROCESSING\"\n";
  return {id, "datasets/" + id + ".toml", toml};
}

}  // namespace

std::vector<DatasetDefinitionFile> dataset_definitions() {
  std::vector<DatasetDefinitionFile> files;
  for (const Definition& definition : kDefinitions) files.push_back(compose(definition));
  return files;
}

}  // namespace gateway::demo
