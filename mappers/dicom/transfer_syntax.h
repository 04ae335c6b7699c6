// Transfer syntaxes (PS3.5 annexes A and 10): what their UIDs say about the encoding of a data set, and which
// one a file that was read is really in. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mappers::dicom {

struct File;

namespace transfer_syntax {
inline constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
inline constexpr std::string_view kExplicitLittle = "1.2.840.10008.1.2.1";
inline constexpr std::string_view kDeflated = "1.2.840.10008.1.2.1.99";
inline constexpr std::string_view kExplicitBig = "1.2.840.10008.1.2.2";
inline constexpr std::string_view kPrivateGe = "1.2.840.113619.5.2";  // implicit; its pixels are big endian
}  // namespace transfer_syntax

struct TransferSyntaxTraits {
  bool implicit_vr = false;
  bool big_endian = false;
  bool deflated = false;
  bool encapsulated = false;  // has compressed pixel data
};

struct NamedSyntax {
  std::string_view uid, name;
};
// The transfer syntaxes of PS3.6 table A-1 that objects are stored and sent in. Others are kept as they are.
std::span<const NamedSyntax> known_transfer_syntaxes();

// An unknown UID is taken for explicit little endian, like all that were registered since 1993.
TransferSyntaxTraits traits_of_syntax(std::string_view uid);
// True for Explicit VR Little Endian data sets, compressed pixel data included: what the web may see as it is
// (PS3.18 section 8.7.3).
bool is_web_syntax(std::string_view uid);
// The syntax of the bytes as they were found, which a wrong declaration does not change: implicit VR and big
// endian have one UID each, which counts even where compressed pixels lie in such a data set (no syntax has
// that; web_transfer_syntax() names the code streams); native pixel data are never under a compressed syntax.
std::string effective_transfer_syntax(const File& file);
// The syntax that the file has as Explicit VR Little Endian: the effective one where it is that already.
std::string web_transfer_syntax(const File& file);

}  // namespace mappers::dicom
