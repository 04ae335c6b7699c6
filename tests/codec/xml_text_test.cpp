// Text and attributes of XML documents: what comes back from a reader is what was written.
#include "gateway/codec/xml_text.h"

#include <gtest/gtest.h>

#include "gateway/codec/xml.h"

namespace gateway::codec {
namespace {

TEST(XmlText, AnAttributeComesBackAsItWas) {
  for (const std::string text : {"", "plain", "a\nb\tc\r", "\n", "\"'<>&", "end\n"}) {
    std::string xml = "<a";
    append_xml_attribute(xml, "b", text);
    xml += "/>";
    auto reader = XmlReader::open(xml);
    ASSERT_TRUE(reader.ok()) << xml;
    ASSERT_TRUE(reader->next().ok()) << xml;
    ASSERT_EQ(reader->attributes().size(), 1u) << xml;
    EXPECT_EQ(reader->attributes()[0].value, text) << xml;
  }
}

}  // namespace
}  // namespace gateway::codec
