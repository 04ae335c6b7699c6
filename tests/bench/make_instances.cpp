// Deterministic DICOM objects for benchmarks: the same options give the same bytes and UIDs, so that two
// servers can be fed alike. CT, MR, MG and PT; 60 to 75 elements, sequences, a private block, six character
// sets, every fifth series in Implicit VR Little Endian, and a manifest.tsv: study, series, instance, patient
// id, study date, file.
//
//   make_instances --out DIR [--studies 400] [--series 2] [--instances 25] [--side 16] [--seed 1]
#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace {

struct Options {
  std::string out;
  unsigned studies = 400, series = 2, instances = 25, side = 16, seed = 1;
};

std::uint64_t mix(std::uint64_t x) {  // splitmix64
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

std::string format(const char* pattern, unsigned a, unsigned b = 0, unsigned c = 0) {
  char text[96];
  std::snprintf(text, sizeof text, pattern, a, b, c);
  return text;
}

// "2.25." and a number of at most 38 digits that depends on seed and position only.
std::string uid(unsigned seed, unsigned study, unsigned series, unsigned instance) {
  const std::uint64_t high = mix(mix(seed) ^ mix(study + 1)),
                      low = mix(mix(high ^ series) ^ mix(instance + 7));
  return "2.25." + std::to_string(high >> 2 | 1ull << 61) +
         format("%09u", static_cast<unsigned>(low % 1'000'000'000)) +
         format("%09u", static_cast<unsigned>((low >> 32) % 1'000'000'000));
}

// Elements in Explicit or Implicit VR Little Endian (PS3.5 sections 7.1.2 and 7.1.3).
class Encoder {
 public:
  explicit Encoder(bool implicit) : implicit_(implicit) {}
  void put(std::uint32_t tag, std::string_view vr, std::string value) {
    if (value.size() % 2) value += vr == "UI" || vr == "OB" ? '\0' : ' ';
    begin(tag, vr, static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
  }
  void put_us(std::uint32_t tag, unsigned value) {
    put(tag, "US", {static_cast<char>(value & 0xFF), static_cast<char>(value >> 8)});
  }
  // A sequence of one item, both of undefined length.
  template <class Fill>
  void put_item(std::uint32_t tag, Fill fill) {
    begin(tag, "SQ", 0xFFFFFFFFu);
    mark(0xFFFEE000u, 0xFFFFFFFFu);
    fill();
    mark(0xFFFEE00Du, 0);
    mark(0xFFFEE0DDu, 0);
  }
  void put_code(std::uint32_t tag, const char* value, const char* meaning) {
    put_item(tag, [&] {
      put(0x00080100, "SH", value);
      put(0x00080102, "SH", "SCT");
      put(0x00080104, "LO", meaning);
    });
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void u16(std::uint32_t value) {
    bytes_ += {static_cast<char>(value & 0xFF), static_cast<char>(value >> 8 & 0xFF)};
  }
  void u32(std::uint32_t value) {
    u16(value & 0xFFFF);
    u16(value >> 16);
  }
  void mark(std::uint32_t tag, std::uint32_t length) {
    u16(tag >> 16);
    u16(tag & 0xFFFF);
    u32(length);
  }
  void begin(std::uint32_t tag, std::string_view vr, std::uint32_t length) {
    u16(tag >> 16);
    u16(tag & 0xFFFF);
    if (implicit_) return u32(length);
    bytes_ += vr;
    if (vr != "OB" && vr != "OW" && vr != "SQ" && vr != "UN") return u16(length);
    u16(0);
    u32(length);
  }

  bool implicit_;
  std::string bytes_;
};

// Names as they are written in each character set (PS3.3 C.12.1.1.2).
struct Letters {
  const char* charset;
  const char* names[2];
  const char* institution;
};
constexpr std::array kLetters = {
    Letters{"", {"SMITH^JOHN^A", "JONES^MARY"}, "General Hospital"},
    Letters{"ISO_IR 100", {"M\xFCller^J\xFCrgen", "Lef\xE8vre^Zo\xE9"}, "Universit\xE4tsklinik"},
    Letters{"ISO_IR 192", {"Παπαδόπουλος^Νίκος", "Kowalski^Łukasz"}, "Νοσοκομείο"},
    Letters{"ISO_IR 101",
            {"Kowalska^Ma\xB3gorzata",
             "Nov\xE1k^Ond\xF8"
             "ej"},
            "Nemocnice"},
    Letters{"ISO_IR 126",
            {"\xC3\xE5\xF9\xF1\xE3\xDF\xEF\xF5^\xCC\xE1\xF1\xDF\xE1", "\xC9\xF9\xDC\xED\xED\xEF\xF5"},
            "Athens"},
    Letters{"ISO_IR 144",
            {"\xB8\xD2\xD0\xDD\xDE\xD2\xD0^\xBC\xD0\xE0\xD8\xEF", "\xBF\xD5\xE2\xE0\xDE\xD2"},
            "Sofia"},
};

struct Kind {
  const char* modality;
  const char* sop_class;
  const char* body_part;
};
constexpr std::array kKinds = {
    Kind{"CT", "1.2.840.10008.5.1.4.1.1.2", "CHEST"},
    Kind{"MR", "1.2.840.10008.5.1.4.1.1.4", "HEAD"},
    Kind{"MG", "1.2.840.10008.5.1.4.1.1.1.2", "BREAST"},
    Kind{"PT", "1.2.840.10008.5.1.4.1.1.128", "WHOLEBODY"},
};

struct Position {
  const Options& options;
  unsigned study, series, instance;
  unsigned patient() const { return study / 2; }
  const Letters& letters() const { return kLetters[patient() % kLetters.size()]; }
  const Kind& kind() const { return kKinds[study % kKinds.size()]; }
  std::uint64_t noise() const { return mix(options.seed * 1'000'003ull + study); }
  std::string date() const {
    const auto n = static_cast<unsigned>(noise() >> 8);
    return format("%04u%02u%02u", 2019 + n % 7, 1 + n / 7 % 12, 1 + n / 84 % 28);
  }
  std::string patient_id() const { return format("PID%06u", patient()); }
  bool implicit() const { return (study * options.series + series) % 5 == 4; }
};

void put_study(Encoder& out, const Position& at, const std::string& sop_uid) {
  const Letters& letters = at.letters();
  if (*letters.charset) out.put(0x00080005, "CS", letters.charset);
  out.put(0x00080008, "CS", at.instance % 10 ? "ORIGINAL\\PRIMARY\\AXIAL" : "ORIGINAL\\PRIMARY\\LOCALIZER");
  out.put(0x00080012, "DA", at.date());
  out.put(0x00080016, "UI", at.kind().sop_class);
  out.put(0x00080018, "UI", sop_uid);
  for (const std::uint32_t tag : {0x00080020u, 0x00080021u, 0x00080022u, 0x00080023u})
    out.put(tag, "DA", at.date());
  for (const std::uint32_t tag : {0x00080030u, 0x00080031u, 0x00080032u, 0x00080033u})
    out.put(tag, "TM", format("%02u%02u%02u.125000", 7 + at.study % 12, at.study % 60, at.series % 60));
  out.put(0x00080050, "SH", format("ACC%07u", at.study));
  out.put(0x00080060, "CS", at.kind().modality);
  out.put(0x00080070, "LO", "SYNTHETIC GmbH");
  out.put(0x00080080, "LO", letters.institution);
  out.put(0x00080090, "PN", letters.names[1]);
  out.put(0x00081010, "SH", format("ST%02u", at.study % 12));
  out.put(0x00081030, "LO", format("Routine study %u", at.study % 9));
  out.put_code(0x00081032, "77477000", "Computed tomography");
  out.put(0x0008103E, "LO", std::string(at.kind().modality) + format(" series %u", at.series + 1));
  out.put(0x00081090, "LO", "Phantom 3000");
  out.put_item(0x00081110, [&] {
    out.put(0x00081150, "UI", "1.2.840.10008.3.1.2.3.1");
    out.put(0x00081155, "UI", uid(at.options.seed, at.study, 0, 0));
  });
  out.put_code(0x00082218, "51185008", "Thoracic structure");
}

void put_patient(Encoder& out, const Position& at) {
  const unsigned p = at.patient();
  out.put(0x00100010, "PN", at.letters().names[p / kLetters.size() % 2]);
  out.put(0x00100020, "LO", at.patient_id());
  out.put(0x00100021, "LO", "SYN");
  out.put(0x00100030, "DA", format("%04u%02u%02u", 1930 + p % 70, 1 + p % 12, 1 + p % 28));
  out.put(0x00100040, "CS", p % 2 ? "F" : "M");
  out.put(0x00101010, "AS", format("%03uY", 20 + p % 70));
  out.put(0x00101030, "DS", format("%u.5", 50 + p % 50));
}

void put_acquisition(Encoder& out, const Position& at) {
  out.put(0x00180015, "CS", at.kind().body_part);
  out.put(0x00180022, "CS", "NONE");
  out.put(0x00180050, "DS", "1.25");
  out.put(0x00180060, "DS", "120");
  out.put(0x00180080, "DS", "550.2");
  out.put(0x00180081, "DS", "12.8");
  out.put(0x00180087, "DS", "1.5");
  out.put(0x00181000, "LO", "123456");
  out.put(0x00181020, "LO", "v1.2\\b7");
  out.put(0x00181030, "LO", "Routine");
  out.put(0x00181100, "DS", "350");
  out.put(0x00181150, "IS", "800");
  out.put(0x00181151, "IS", "210");
  out.put(0x00181210, "SH", "B30f");
  out.put(0x00185100, "CS", "HFS");
}

void put_series(Encoder& out, const Position& at) {
  const unsigned seed = at.options.seed;
  out.put(0x0020000D, "UI", uid(seed, at.study, 0, 0));
  out.put(0x0020000E, "UI", uid(seed, at.study, at.series + 1, 0));
  out.put(0x00200010, "SH", format("%u", 1000 + at.study % 9000));
  out.put(0x00200011, "IS", format("%u", at.series + 1));
  out.put(0x00200012, "IS", "1");
  out.put(0x00200013, "IS", format("%u", at.instance + 1));
  out.put(0x00200032, "DS", format("-175\\-175\\%u.25", at.instance));
  out.put(0x00200037, "DS", "1\\0\\0\\0\\1\\0");
  out.put(0x00200052, "UI", uid(seed, at.study, at.series + 1, 900'000));
  out.put(0x00201040, "LO", "");
  out.put(0x00201041, "DS", format("%u.25", at.instance));
}

void put_image(Encoder& out, const Position& at, const std::string& pixels) {
  out.put_us(0x00280002, 1);
  out.put(0x00280004, "CS", "MONOCHROME2");
  out.put_us(0x00280010, at.options.side);
  out.put_us(0x00280011, at.options.side);
  out.put(0x00280030, "DS", "0.683594\\0.683594");
  out.put_us(0x00280100, 16);
  out.put_us(0x00280101, 12);
  out.put_us(0x00280102, 11);
  out.put_us(0x00280103, 0);
  out.put(0x00281050, "DS", "2048\\1000");
  out.put(0x00281051, "DS", "4096\\400");
  out.put(0x00281052, "DS", "-1024");
  out.put(0x00281053, "DS", "1");
  out.put(0x00281054, "LO", "HU");
  out.put(0x00290010, "LO", "SYNTHETIC HEADER 1");
  out.put(0x00291010, "LO", "private text");
  out.put(0x00291011, "OB", std::string(64, '\1'));
  out.put_item(0x00400275, [&] {
    out.put(0x00400009, "SH", format("SPS%u", at.study));
    out.put(0x00401001, "SH", format("RP%u", at.study));
  });
  out.put(0x7FE00010, "OW", pixels);
}

std::string file_bytes(const Position& at, const std::string& pixels) {
  const std::string sop_uid = uid(at.options.seed, at.study, at.series + 1, at.instance + 1);
  Encoder meta(false);
  meta.put(0x00020001, "OB", std::string("\0\1", 2));
  meta.put(0x00020002, "UI", at.kind().sop_class);
  meta.put(0x00020003, "UI", sop_uid);
  meta.put(0x00020010, "UI", at.implicit() ? "1.2.840.10008.1.2" : "1.2.840.10008.1.2.1");
  meta.put(0x00020012, "UI", "2.25.210735871");
  Encoder length(false);
  const auto n = static_cast<std::uint32_t>(meta.bytes().size());
  length.put(0x00020000, "UL", {static_cast<char>(n & 0xFF), static_cast<char>(n >> 8), 0, 0});
  Encoder data(at.implicit());
  put_study(data, at, sop_uid);
  put_patient(data, at);
  put_acquisition(data, at);
  put_series(data, at);
  put_image(data, at, pixels);
  return std::string(128, '\0') + "DICM" + length.bytes() + meta.bytes() + data.bytes();
}

std::string make_pixels(unsigned side, std::uint64_t noise) {
  std::string pixels(std::size_t{side} * side * 2, '\0');
  for (std::size_t i = 0; i < pixels.size() / 2; ++i) {
    if (i % 8 == 0) noise = mix(noise);
    const unsigned value =
        static_cast<unsigned>((i % side * 4095 / side + (noise >> i % 8 * 8 & 63)) & 0xFFF);
    pixels[2 * i] = static_cast<char>(value & 0xFF);
    pixels[2 * i + 1] = static_cast<char>(value >> 8);
  }
  return pixels;
}

bool write_all(const Options& options) {
  ::mkdir(options.out.c_str(), 0755);
  std::ofstream manifest(options.out + "/manifest.tsv");
  for (unsigned study = 0; study < options.studies; ++study) {
    const std::string folder = format("s%05u", study);
    ::mkdir((options.out + "/" + folder).c_str(), 0755);
    for (unsigned i = 0; i < options.series * options.instances; ++i) {
      const Position at{options, study, i / options.instances, i % options.instances};
      const std::string file = folder + "/" + format("%u-%04u.dcm", at.series, at.instance);
      std::ofstream out(options.out + "/" + file, std::ios::binary);
      out << file_bytes(at, make_pixels(options.side, at.noise() + i));
      manifest << uid(options.seed, study, 0, 0) << '\t' << uid(options.seed, study, at.series + 1, 0) << '\t'
               << uid(options.seed, study, at.series + 1, at.instance + 1) << '\t' << at.patient_id() << '\t'
               << at.date() << '\t' << file << '\n';
      if (!out || !manifest) return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const auto number = static_cast<unsigned>(std::strtoul(argv[i + 1], nullptr, 10));
    if (name == "--out")
      options.out = argv[i + 1];
    else if (name == "--studies")
      options.studies = number;
    else if (name == "--series")
      options.series = number;
    else if (name == "--instances")
      options.instances = number;
    else if (name == "--side")
      options.side = number;
    else if (name == "--seed")
      options.seed = number;
    else
      options.out.clear(), i = argc;
  }
  if (options.out.empty() || options.side == 0 || options.instances == 0) {
    std::cerr << "usage: make_instances --out DIR [--studies N] [--series N] [--instances N] [--side N] "
                 "[--seed N]\n";
    return 2;
  }
  return write_all(options) ? 0 : 1;
}
