package org.adafisher.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.deeplearning4j.config.DL4JSystemProperties;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** What the switch says and does, each time in a JVM of its own. */
class OneDnnTest {

  /** Prints what happens around the call. */
  static final class Program {
    public static void main(String[] arguments) {
      if (List.of(arguments).contains("late")) {
        say("helper before: " + helper());
      }
      if (List.of(arguments).contains("forbidden")) {
        Nd4j.getEnvironment().allowHelpers(false);
      }
      if (!List.of(arguments).contains("never")) {
        say("status: " + OneDnn.status());
        say("enable: " + OneDnn.enable());
        say("again: " + OneDnn.enable().equals(OneDnn.status()));
      }
      say("helper: " + helper());
    }

    private static void say(String line) {
      System.out.println("> " + line);
    }

    private static String helper() {
      MultiLayerNetwork network =
          new MultiLayerNetwork(
              new NeuralNetConfiguration.Builder()
                  .list()
                  .layer(new ConvolutionLayer.Builder(2, 2).nOut(1).build())
                  .setInputType(InputType.convolutional(4, 4, 1))
                  .build());
      network.init();
      Object helper = network.getLayer(0).getHelper();
      return helper == null ? "none" : helper.getClass().getSimpleName();
    }
  }

  @Test
  void switchesOnWithBothKindsOfNativesInAnyOrder() throws Exception {
    for (UnaryOperator<List<String>> order :
        List.<UnaryOperator<List<String>>>of(paths -> paths, OneDnnTest::reversed)) {
      assertThat(run(order, List.of()))
          .contains(
              "> status: Status[enabled=false, reason=OneDnn.enable() has not been called.]",
              "> again: true",
              "> helper: MKLDNNConvHelper")
          .containsOnlyOnce("INFO  OneDnn: oneDNN runs convolutions and batch normalization");
    }
  }

  @Test
  void nothingChangesWithoutTheCall() throws Exception {
    assertThat(run(paths -> paths, List.of(), "never")).contains("> helper: none");
    assertThat(run(paths -> paths, List.of("=false"), "never")).contains("> helper: none");
  }

  @Test
  void saysThatTheNativesLackIt() throws Exception {
    assertThat(run(OneDnnTest::plainOnly, List.of()))
        .contains("oneDNN is off: ND4J's natives were built without it; add", "> helper: none");
  }

  @Test
  void saysThatANetworkExists() throws Exception {
    assertThat(run(paths -> paths, List.of(), "late"))
        .contains("> helper before: none", "> helper: MKLDNNConvHelper")
        .contains("those made before OneDnn.enable() go without");
  }

  @Test
  void obeysTheUsersOwnSettings() throws Exception {
    assertThat(run(paths -> paths, List.of("=true")))
        .contains(
            "oneDNN is off: the system property " + DL4JSystemProperties.DISABLE_HELPER_PROPERTY,
            "> helper: none");
    assertThat(run(paths -> paths, List.of(), "forbidden"))
        .contains("oneDNN is off: Nd4j.getEnvironment().allowHelpers(false)", "> helper: none");
  }

  private static List<String> reversed(List<String> paths) {
    List<String> result = new ArrayList<>(paths);
    Collections.reverse(result);
    return result;
  }

  private static List<String> plainOnly(List<String> paths) {
    return paths.stream().filter(path -> !path.contains("-onednn.jar")).toList();
  }

  private static String run(
      UnaryOperator<List<String>> order, List<String> disable, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g"));
    disable.forEach(
        value -> command.add("-D" + DL4JSystemProperties.DISABLE_HELPER_PROPERTY + value));
    command.add("-cp");
    command.add(
        order
            .apply(Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)))
            .stream()
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(Program.class.getName());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
