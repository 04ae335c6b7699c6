#include "gateway/demo/names.h"

#include <iconv.h>

#include <algorithm>
#include <string_view>

#include "gateway/base/text.h"

namespace gateway::demo {
namespace {

struct Language {
  std::string_view character_set;
  // Four each, comma between; '=' between component groups: alphabetic=ideographic=phonetic (PS3.5 6.2.1.1).
  std::string_view family_m, family_f, given_m, given_f;
  bool mixed = false;  // each column is a language of its own
};

// clang-format off
constexpr Language kLanguages[] = {
    // German
    {"ISO_IR 100",
     "Müller,Schäfer,Großmann,Köhler",
     "Müller,Schäfer,Großmann,Köhler",
     "Jürgen,Björn,Matthias,Günther",
     "Käthe,Bärbel,Ursula,Annegret"},
    // Polish
    {"ISO_IR 192",
     "Wiśniewski,Dąbrowski,Zieliński,Wójcik",
     "Wiśniewska,Dąbrowska,Zielińska,Wójcik",
     "Paweł,Łukasz,Stanisław,Michał",
     "Małgorzata,Elżbieta,Żaneta,Bożena"},
    // French
    {"ISO_IR 100",
     "Lefèvre,Béranger,François,Noël",
     "Lefèvre,Béranger,François,Noël",
     "René^André,Jérôme,Gaël,Benoît",
     "Hélène,Françoise,Zoé^Anaïs,Cécile"},
    // Dutch, without any special character: the default repertoire
    {"",
     "Jansen,de Vries,van den Berg,Bakker",
     "Jansen,de Vries,van den Berg,Bakker",
     "Pieter,Willem,Joost,Hendrik",
     "Maaike,Sanne,Johanna,Geertje"},
    // Greek, by the set that older scanners use
    {"ISO_IR 126",
     "Παπαδόπουλος,Γεωργίου,Νικολαΐδης,Οικονόμου",
     "Παπαδοπούλου,Γεωργίου,Νικολαΐδου,Οικονόμου",
     "Γιώργος,Δημήτρης,Κωνσταντίνος,Νίκος",
     "Ελένη,Αικατερίνη,Μαρία,Σοφία"},
    // Bulgarian
    {"ISO_IR 144",
     "Димитров,Георгиев,Иванов,Тодоров",
     "Димитрова,Георгиева,Иванова,Тодорова",
     "Стоян,Николай,Петър,Борис",
     "Цветелина,Радка,Милена,Йорданка"},
    // Spanish
    {"ISO_IR 100",
     "Núñez Peña,García Ibáñez,Rodríguez,Muñoz Gómez",
     "Núñez Peña,García Ibáñez,Rodríguez,Muñoz Gómez",
     "José María,Íñigo,Andrés,Joaquín",
     "Begoña,María José,Inés,Concepción"},
    // Czech and Hungarian
    {"ISO_IR 101",
     "Dvořák,Horváth,Černý,Erdős",
     "Dvořáková,Horváth,Černá,Erdős",
     "Jiří,László,Ondřej,Győző",
     "Růžena,Erzsébet,Kateřina,Ágnes", true},
    // Japanese
    {"\\ISO 2022 IR 87",
     "Yamada=山田=やまだ,Suzuki=鈴木=すずき,Sato=佐藤=さとう,Abe=阿部=あべ",
     "Yamada=山田=やまだ,Suzuki=鈴木=すずき,Sato=佐藤=さとう,Abe=阿部=あべ",
     "Tarou=太郎=たろう,Kenji=健二=けんじ,Hiroshi=浩=ひろし,Makoto=誠=まこと",
     "Hanako=花子=はなこ,Yuuko=裕子=ゆうこ,Sachiko=幸子=さちこ,Akemi=明美=あけみ"},
    // Romanian, Maltese, Latvian, Lithuanian
    {"ISO_IR 192",
     "Ștefănescu,Borġ,Bērziņš,Kazlauskas",
     "Ștefănescu,Borġ,Bērziņa,Kazlauskienė",
     "Gheorghiță,Ġwanni,Jānis,Žygimantas",
     "Mădălina,Ċensa,Līga,Rūta", true},
    // Korean
    {"\\ISO 2022 IR 149",
     "Hong=洪=홍,Kim=金=김,Lee=李=이,Park=朴=박",
     "Hong=洪=홍,Kim=金=김,Lee=李=이,Park=朴=박",
     "Gildong=吉洞=길동,Minsu=敏洙=민수,Jihun=志勳=지훈,Sungho=成鎬=성호",
     "Yeonghui=英姬=영희,Sujin=秀珍=수진,Miyeong=美英=미영,Jiyeon=智姸=지연"},
    // Swedish, Finnish, Danish, Icelandic
    {"ISO_IR 100",
     "Åkerström,Hämäläinen,Sørensen,Þórðarson",
     "Åkerström,Hämäläinen,Sørensen,Þórðardóttir",
     "Göran,Väinö,Jørgen,Sigurður",
     "Märta,Päivi,Bodil,Guðrún", true},
    // Arabic
    {"ISO_IR 127",
     "قباني,الحسيني,حداد,النجار",
     "قباني,الحسيني,حداد,النجار",
     "نزار,يوسف,سمير,عمر",
     "ليلى,فاطمة,مريم,سعاد"},
    // Greek, in UTF-8
    {"ISO_IR 192",
     "Αλεξίου,Βασιλείου,Καραμανλής,Μαυρίδης",
     "Αλεξίου,Βασιλείου,Καραμανλή,Μαυρίδου",
     "Ανδρέας,Χρήστος,Ηλίας,Θεόδωρος",
     "Άννα,Χριστίνα,Όλγα,Θεοδώρα"},
    // Hebrew
    {"ISO_IR 138",
     "שרון,כהן,לוי,מזרחי",
     "שרון,כהן,לוי,מזרחי",
     "דויד,משה,יעקב,אורי",
     "דבורה,רחל,מרים,נועה"},
    // Italian
    {"ISO_IR 100",
     "Nicolò,Viganò,Rossi,Cantù",
     "Nicolò,Viganò,Rossi,Cantù",
     "Noè,Niccolò,Salvatore,Giosuè",
     "Desirée,Giulia,Donatella,Letizia"},
};
// clang-format on

// The set that carries the non-ASCII text of a value of Specific Character Set: its name for iconv, and the
// escape sequence that has to stand before each component group.
struct Codec {
  std::string_view character_set;
  const char* name;
  std::string_view escape;
};
constexpr Codec kCodecs[] = {
    {"ISO_IR 100", "ISO-8859-1", ""},        {"ISO_IR 101", "ISO-8859-2", ""},
    {"ISO_IR 126", "ISO-8859-7", ""},        {"ISO_IR 127", "ISO-8859-6", ""},
    {"ISO_IR 138", "ISO-8859-8", ""},        {"ISO_IR 144", "ISO-8859-5", ""},
    {"\\ISO 2022 IR 87", "ISO-2022-JP", ""}, {"\\ISO 2022 IR 149", "EUC-KR", "\x1b$)C"},
};

std::string convert(std::string text, const char* codec) {
  const iconv_t handle = iconv_open(codec, "UTF-8");
  if (handle == reinterpret_cast<iconv_t>(-1)) return {};
  std::string out(text.size() * 4 + 16, '\0');
  char *from = text.data(), *to = out.data();
  std::size_t left = text.size(), room = out.size();
  const bool fits = iconv(handle, &from, &left, &to, &room) != static_cast<std::size_t>(-1);
  iconv(handle, nullptr, nullptr, &to, &room);  // back to ASCII (ISO 2022)
  iconv_close(handle);
  out.resize(fits ? out.size() - room : 0);
  return out;
}

// Component by component: escapes never reach over '^' or '=' (PS3.5 section 6.1.2.5.3).
std::string encode_components(const std::string& utf8, const Codec& codec) {
  std::string out, component;
  const auto flush = [&] {
    const bool ascii = std::all_of(component.begin(), component.end(), [](char c) { return c >= 0; });
    if (!ascii) out += codec.escape;
    out += ascii ? component : convert(component, codec.name);
    component.clear();
  };
  for (const char c : utf8) {
    if (c == '^' || c == '=') {
      flush();
      out += c;
    } else {
      component += c;
    }
  }
  flush();
  return out;
}

}  // namespace

std::string encode_text(const std::string& utf8, const std::string& character_set) {
  for (const Codec& codec : kCodecs) {
    if (codec.character_set == character_set) return encode_components(utf8, codec);
  }
  return utf8;  // ASCII or UTF-8
}

PersonText person_text(Dice& dice, unsigned number, bool female) {
  const Language& language = kLanguages[number % std::size(kLanguages)];
  const auto family_at = static_cast<std::size_t>(dice.whole(0, 3));
  const auto given_at = language.mixed ? family_at : static_cast<std::size_t>(dice.whole(0, 3));
  const auto family = split(split(female ? language.family_f : language.family_m, ',')[family_at], '=');
  const auto given = split(split(female ? language.given_f : language.given_m, ',')[given_at], '=');
  PersonText person;
  person.character_set = language.character_set;
  for (std::size_t group = 0; group < family.size(); ++group) {
    if (group > 0) person.utf8 += '=';
    person.utf8 += std::string(family[group]) + "^" + std::string(given[group]);
  }
  person.bytes = encode_text(person.utf8, person.character_set);
  return person;
}

}  // namespace gateway::demo
