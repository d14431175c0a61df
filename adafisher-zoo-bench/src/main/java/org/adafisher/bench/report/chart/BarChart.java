package org.adafisher.bench.report.chart;

import java.util.List;
import org.adafisher.bench.report.chart.TextStyle.Anchor;

/**
 * Bars from left to right, one below the other, from zero on.
 *
 * @param title its heading, which also says what the bars count
 * @param bars from top to bottom
 */
public record BarChart(String title, List<Bar> bars) implements Chart {

  private static final double WIDTH = 640;
  private static final double TOP = 42;
  private static final double BOTTOM = 12;
  private static final double ROW = 28;
  private static final double THICKNESS = 18;
  private static final double MARGIN = 8;
  private static final double MOST_LABEL = 200;
  private static final double TITLE_SIZE = 15;
  private static final double TEXT_SIZE = 12.5;
  private static final double WHISKER = 4;

  private static final TextStyle TITLE = new TextStyle(TITLE_SIZE, true, Palette.INK, Anchor.START);
  private static final TextStyle LABEL = new TextStyle(TEXT_SIZE, false, Palette.INK, Anchor.END);
  private static final TextStyle VALUE = new TextStyle(TEXT_SIZE, false, Palette.INK, Anchor.START);
  private static final TextStyle NOTHING =
      new TextStyle(TEXT_SIZE, false, Palette.WRONG, Anchor.START);

  /** Copies the list. */
  public BarChart {
    bars = List.copyOf(bars);
  }

  @Override
  public double width() {
    return WIDTH;
  }

  @Override
  public double height() {
    return TOP + bars.size() * ROW + BOTTOM;
  }

  @Override
  public void draw(Canvas canvas) {
    canvas.rectangle(0, 0, width(), height(), Palette.PAPER);
    canvas.text(
        MARGIN, TOP - 20, TextWidth.fit(title, TITLE_SIZE * 1.1, WIDTH - 2 * MARGIN), TITLE);
    double left = MARGIN + Math.min(MOST_LABEL, widest(bars.stream().map(Bar::label).toList())) + 8;
    double room = WIDTH - left - widest(bars.stream().map(Bar::text).toList()) - 2 * MARGIN;
    double unit = room / greatest();
    for (int i = 0; i < bars.size(); i++) {
      drawBar(canvas, bars.get(i), left, unit, TOP + i * ROW);
    }
    canvas.polyline(
        List.of(new Point(left, TOP), new Point(left, TOP + bars.size() * ROW)),
        Stroke.solid(Palette.GREY, 1));
  }

  private static void drawBar(Canvas canvas, Bar bar, double left, double unit, double top) {
    double middle = top + ROW / 2;
    canvas.text(left - 8, middle + 4.5, TextWidth.fit(bar.label(), TEXT_SIZE, MOST_LABEL), LABEL);
    if (!Double.isFinite(bar.value())) {
      canvas.text(left + 8, middle + 4.5, bar.text(), NOTHING);
      return;
    }
    double end = left + unit * bar.value();
    canvas.titled(
        bar.label() + ": " + bar.text(),
        () ->
            canvas.rectangle(
                left, middle - THICKNESS / 2, end - left, THICKNESS, Palette.color(bar.index())));
    double textAt = end;
    if (bar.high() > bar.low()) {
      double from = left + unit * bar.low();
      double to = left + unit * bar.high();
      Stroke stroke = Stroke.solid(Palette.INK, 1.3);
      canvas.polyline(List.of(new Point(from, middle), new Point(to, middle)), stroke);
      for (double x : new double[] {from, to}) {
        canvas.polyline(
            List.of(new Point(x, middle - WHISKER), new Point(x, middle + WHISKER)), stroke);
      }
      textAt = Math.max(end, to);
    }
    canvas.text(textAt + 8, middle + 4.5, bar.text(), VALUE);
  }

  private double greatest() {
    double greatest =
        bars.stream()
            .mapToDouble(bar -> bar.high() > bar.value() ? bar.high() : bar.value())
            .filter(Double::isFinite)
            .max()
            .orElse(1);
    return greatest > 0 ? greatest : 1;
  }

  private static double widest(List<String> texts) {
    return texts.stream().mapToDouble(t -> TextWidth.of(t, TEXT_SIZE, false)).max().orElse(0);
  }
}
