package org.adafisher.bench.report;

import java.io.IOException;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** A strict reader. */
public final class Xml {

  private Xml() {}

  /**
   * The document.
   *
   * @throws SAXException if the text is not well-formed
   */
  public static Document parse(String text)
      throws ParserConfigurationException, IOException, SAXException {
    DocumentBuilder reader = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    reader.setErrorHandler(null);
    return reader.parse(new InputSource(new StringReader(text)));
  }
}
