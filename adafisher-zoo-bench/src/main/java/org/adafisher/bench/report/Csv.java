package org.adafisher.bench.report;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Writes tables as RFC 4180 asks for; a number that is not there is an empty field. */
final class Csv {

  private final StringWriter text = new StringWriter();
  private final CSVPrinter printer;

  Csv(String... headings) {
    try {
      printer = new CSVPrinter(text, CSVFormat.RFC4180);
    } catch (IOException e) { // it writes to memory
      throw new UncheckedIOException(e);
    }
    line(List.of(headings));
  }

  Csv line(Object... fields) {
    return line(List.of(fields));
  }

  Csv line(List<?> fields) {
    try {
      printer.printRecord(fields.stream().map(Csv::field).toList());
    } catch (IOException e) { // it writes to memory
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private static Object field(Object value) {
    return value instanceof Double number && !Double.isFinite(number) ? "" : value;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
