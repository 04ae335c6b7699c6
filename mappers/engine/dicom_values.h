// The text forms of DICOM values that mapping rules check (PS3.5 section 6.2).
//
// Each brings a text to its regular form, the old forms of ACR-NEMA included, and answers whether it is
// acceptable; the text is unspecified when it is not. Thread-safe.
#pragma once

#include <string>

namespace mappers::engine {

bool normalise_uid(std::string& text);   // UI: also irregular ones that can be a segment of a URL
bool normalise_date(std::string& text);  // DA: a day that exists; "2024.01.31" becomes "20240131"
bool normalise_time(
    std::string& text);                 // TM: "HH", "HHMM", "HHMMSS", "HHMMSS.F"; "09:30:00" becomes "093000"
bool normalise_age(std::string& text);  // AS: "063Y"; "63Y" becomes "063Y"
bool normalise_timezone(std::string& text);  // "+0100", from -1200 to +1400 (PS3.3 section C.12.1.1.8)

}  // namespace mappers::engine
