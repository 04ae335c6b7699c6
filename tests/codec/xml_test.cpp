#include "gateway/codec/xml.h"

#include <gtest/gtest.h>

using namespace gateway;
using namespace gateway::codec;
using Event = XmlReader::Event;

namespace {

// Everything the reader says, as text: "<name a=v>", "</name>", "'text'".
Result<std::string> events(std::string_view xml, const XmlLimits& limits = {}) {
  XmlReader reader = TRY(XmlReader::open(xml, limits));
  std::string out;
  for (;;) {
    switch (TRY(reader.next())) {
      case Event::Start:
        out += '<' + std::string(reader.name());
        for (const XmlAttribute& attribute : reader.attributes())
          out += ' ' + attribute.name + '=' + attribute.value;
        out += '>';
        break;
      case Event::End:
        out += "</" + std::string(reader.name()) + '>';
        break;
      case Event::Text:
        out += '\'' + std::string(reader.text()) + '\'';
        break;
      case Event::Done:
        return out;
    }
  }
}

std::string read(std::string_view xml, const XmlLimits& limits = {}) {
  const auto out = events(xml, limits);
  return out ? *out : std::string(out.error().face().name) + ": " + out.error().text();
}

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  while (count--) out += text;
  return out;
}

struct Refusal {
  const char* name;
  std::string xml;
  const char* says;
};

class Refused : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refused, WithAReason) {
  const auto out = events(GetParam().xml);
  ASSERT_FALSE(out) << *out;
  EXPECT_NE(out.error().text().find(GetParam().says), std::string::npos) << out.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    All, Refused,
    ::testing::Values(
        Refusal{"Doctype", "<!DOCTYPE a><a/>", "DOCTYPE"},
        Refusal{"Bomb", "<!DOCTYPE a [<!ENTITY b \"x\">]><a>&b;</a>", "DOCTYPE"},
        Refusal{"ExternalEntity", "<?xml version='1.0'?><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
                "DOCTYPE"},
        Refusal{"UnknownEntity", "<a>&b;</a>", "not well-formed"},
        Refusal{"OtherEncoding", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "another encoding"},
        Refusal{"Utf16", std::string("\xFF\xFE<\0a\0/\0>\0", 10), "not UTF-8"},
        Refusal{"BadUtf8", "<a>\xFF</a>", "not UTF-8"}, Refusal{"Empty", "", "not well-formed"},
        Refusal{"NoElement", "text", "not well-formed"}, Refusal{"Unclosed", "<a><b></b>", "not well-formed"},
        Refusal{"WrongEnd", "<a></b>", "not well-formed"}, Refusal{"TwoRoots", "<a/><b/>", "not well-formed"},
        Refusal{"AttributeTwice", "<a b='1' b='2'/>", "not well-formed"},
        Refusal{"UndeclaredPrefix", "<x:a/>", "not well-formed"},
        Refusal{"OpenTag", "<a b='", "does not end"}, Refusal{"OpenComment", "<a><!-- ", "does not end"},
        Refusal{"CommentThatIsNone", "<!--><![CDATA[ --><!DOCTYPE a><a/><!-- ]]> -->", "DOCTYPE"},
        Refusal{"CommentOverCdata", "<!--><![CDATA[ --> <!DOCTYPE a []> <!-- ]]> --><a/>", "DOCTYPE"},
        Refusal{"InstructionThatIsNone", "<?><!-- ?><!DOCTYPE a><a/><!-- -->", "DOCTYPE"},
        Refusal{"Deep", repeat("<a>", 129) + repeat("</a>", 129), "nested too deeply"},
        Refusal{"ManyAttributes",
                "<a" +
                    [] {
                      std::string all;
                      for (int i = 0; i < 65; ++i) all += " a" + std::to_string(i) + "=''";
                      return all;
                    }() +
                    "/>",
                "too many attributes"},
        Refusal{"LongTag", "<a b='" + std::string(70'000, 'x') + "'/>", "too long a tag"},
        Refusal{"Control", "<a>\x01</a>", "not well-formed"},
        Refusal{"Nul", std::string("<a>\0</a>", 8), "not well-formed"}),
    [](const auto& param) { return param.param.name; });

}  // namespace

TEST(Xml, GivesStartsEndsAndTexts) {
  EXPECT_EQ(
      read("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b='1' c=\"&lt;&#65;\"><d/>x&amp;y<e>z</e></a>\n"),
      "<a b=1 c=<A><d></d>'x&y'<e>'z'</e></a>");
}

TEST(Xml, JoinsTextAcrossCdataAndComments) {
  EXPECT_EQ(read("<a>one<!-- x --><![CDATA[<two>]]>three<?pi x?></a>"), "<a>'one<two>three'</a>");
}

TEST(Xml, KeepsWhiteSpaceAndUtf8) { EXPECT_EQ(read("<a> \n <b>ж €</b></a>"), "<a>' \n '<b>'ж €'</b></a>"); }

TEST(Xml, ResolvesNamespaces) {
  auto reader = XmlReader::open("<p:a xmlns:p='urn:x' xmlns='urn:y' p:q='1' q='2'><b/></p:a>");
  ASSERT_TRUE(reader);
  ASSERT_EQ(*reader->next(), Event::Start);
  EXPECT_EQ(reader->name(), "a");
  EXPECT_EQ(reader->space(), "urn:x");
  EXPECT_EQ(reader->attribute("q"), "2");
  ASSERT_EQ(reader->attributes().size(), 2u);
  EXPECT_EQ(reader->attributes()[0].space, "urn:x");
  ASSERT_EQ(*reader->next(), Event::Start);
  EXPECT_EQ(reader->space(), "urn:y");
}

TEST(Xml, HelpersTakeContentAndPassOver) {
  auto reader = XmlReader::open("<a> <b>one</b> <c><d><e/></d>x</c>\n<f/></a>");
  ASSERT_TRUE(reader);
  ASSERT_EQ(*reader->next_element(), Event::Start);
  ASSERT_EQ(*reader->next_element(), Event::Start);
  EXPECT_EQ(*reader->text_content(), "one");
  ASSERT_EQ(*reader->next_element(), Event::Start);
  EXPECT_TRUE(reader->skip());
  ASSERT_EQ(*reader->next_element(), Event::Start);
  EXPECT_EQ(reader->name(), "f");
  EXPECT_EQ(*reader->text_content(), "");
  EXPECT_EQ(*reader->next_element(), Event::End);
  EXPECT_EQ(*reader->next_element(), Event::Done);
}

TEST(Xml, NamesTheLineOfAFault) {
  const auto out = events("<a>\n\n<b></c></a>");
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().where, "line 3");
}

TEST(Xml, SizeAndPartsAreBounded) {
  XmlLimits limits;
  limits.max_bytes = 10;
  EXPECT_EQ(events("<a>12345</a>", limits).error().code, ErrorCode::BodyTooLarge);
  limits = {};
  limits.max_events = 100;
  EXPECT_EQ(events("<a>" + repeat("<b/>", 200) + "</a>", limits).error().code, ErrorCode::BodyTooLarge);
}

TEST(Xml, ManyAttributesAndLongTextsCostLittle) {
  const std::string wide = "<a" + repeat(" a='1'", 200'000) + "/>";
  EXPECT_EQ(events(wide).error().code, ErrorCode::BodyTooLarge);
  const std::string text(8 << 20, 'x');
  EXPECT_EQ(read("<a>" + text + "</a>").size(), text.size() + 9);
}
