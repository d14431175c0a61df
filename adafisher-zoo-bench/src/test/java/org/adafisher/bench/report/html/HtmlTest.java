package org.adafisher.bench.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlTest {

  @Test
  void textAndAttributesAreEscaped() {
    String html = new Html().element("p", "a < b & c", "title", "\"x\"").document();

    assertThat(html).isEqualTo("<!DOCTYPE html>\n<p title=\"&quot;x&quot;\">a &lt; b &amp; c</p>");
  }

  @Test
  void whatIsOpenMustBeClosed() {
    Html html = new Html().open("div").open("p").close();

    assertThatThrownBy(html::document)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("div");
  }

  @Test
  void rowsAreNamedAndCellsHaveStylesAndSmallPrint() {
    Html html = new Html();
    Table.ofNumbers(List.of("name", "value"))
        .row(Cell.of("a"), Cell.of("1").withNote("0 to 2").styled("best", true))
        .write(html);

    assertThat(html.document())
        .contains("<th scope=\"row\">a</th>")
        .contains("<td class=\"best\">1<br/><small>0 to 2</small></td>");
  }
}
