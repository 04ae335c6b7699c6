// Work items as DICOM JSON text: sound ones, and the parts that the life of one needs.
#pragma once

#include <string>

namespace tests {

// All that N-CREATE asks for (PS3.4 table CC.2.5-3). `more` goes in front: "\"00100020\":{...},".
inline std::string new_workitem(const std::string& more = {}) {
  std::string text = "{" + more;
  for (const char* tag : {"00081084", "00100024", "00101002", "00380014", "00404018", "00404021", "00404025",
                          "00404026", "00404027", "0040A370", "00741002", "00741210", "00741216"})
    text += "\"" + std::string(tag) + "\":{\"vr\":\"SQ\"},";
  return text +
         R"("00081080":{"vr":"LO"},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^Jane"}]},)"
         R"("00100021":{"vr":"LO"},"00100030":{"vr":"DA","Value":["19700101"]},"00100040":{"vr":"CS"},)"
         R"("00380010":{"vr":"LO"},"00400400":{"vr":"LT"},"00741000":{"vr":"CS","Value":["SCHEDULED"]},)"
         R"("00741200":{"vr":"CS","Value":["MEDIUM"]},"00741202":{"vr":"LO","Value":["READING"]},)"
         R"("00741204":{"vr":"LO","Value":["Read chest CT"]},"00404041":{"vr":"CS","Value":["READY"]},)"
         R"("00404005":{"vr":"DT","Value":["20261122180000"]}})";
}

inline std::string state_change(const std::string& state, const std::string& transaction) {
  const std::string uid = transaction.empty() ? "" : ",\"Value\":[\"" + transaction + "\"]";
  return R"({"00081195":{"vr":"UI")" + uid + R"(},"00741000":{"vr":"CS","Value":[")" + state + "\"]}}";
}

inline std::string code(const std::string& value) {
  return R"({"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":[")" + value +
         R"("]},"00080102":{"vr":"SH","Value":["99TEST"]},"00080104":{"vr":"LO","Value":["A code"]}}]})";
}

// What COMPLETED asks for.
inline std::string performed() {
  return R"({"00741216":{"vr":"SQ","Value":[{"00404028":)" + code("STATION") + R"(,"00404019":)" +
         code("READ") + R"(,"00404050":{"vr":"DT","Value":["20261122180000"]},)" +
         R"("00404051":{"vr":"DT","Value":["20261122190000"]}}]}})";
}

}  // namespace tests
