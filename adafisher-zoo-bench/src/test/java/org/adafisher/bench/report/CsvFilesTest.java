package org.adafisher.bench.report;

import static org.adafisher.bench.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CsvFilesTest {

  private static final ReportData DATA =
      Runs.data(
          Map.of(),
          List.of(
              run("cnn", "Adam", 1, 0.5, 0.25),
              run("cnn", "Adam", 2, 0.5, 0.75),
              run("cnn", "Wild, \"1\"", 1, 0.5, Double.NaN)));

  private final Map<String, String> files = CsvFiles.of(Results.of(DATA));

  @Test
  void thereIsAFileForWhatWasMeasured() {
    assertThat(files.keySet()).containsExactly("summary.csv", "epochs.csv", "steps-to-target.csv");
    assertThat(CsvFiles.of(Results.of(MadeUp.onlyCosts())).keySet()).containsExactly("cost.csv");
    assertThat(CsvFiles.of(Results.of(MadeUp.onlyTuning())).keySet()).containsExactly("tuning.csv");
  }

  @Test
  void summaryHasALineForEachArm() {
    assertThat(lines("summary.csv"))
        .containsExactly(
            "model,parameters,optimizer,learning_rate,batch_size,runs,complete,diverged,at_chance,"
                + "test_accuracy_mean,test_accuracy_sd,test_accuracy_low,test_accuracy_high,"
                + "validation_accuracy_mean,validation_accuracy_sd,train_loss_mean,train_loss_sd,"
                + "step_ms_median,step_ms_mean,seconds_mean,seconds_sd",
            "cnn,1234,Adam,0.1,64,2,2,0,0,0.49,0.3535533905932738,0.24,0.74,"
                + "0.5,0.3535533905932738,0.5,0.3535533905932738,2.0,2.0,4.0,0.0",
            "cnn,1234,\"Wild, \"\"1\"\"\",0.1,64,1,1,1,0,,,,,,,,,2.0,2.0,4.0,");
  }

  @Test
  void epochsHaveALineEachAndEmptyFieldsOnceDiverged() {
    assertThat(lines("epochs.csv"))
        .hasSize(7)
        .contains(
            "cnn,Adam,0.1,64,1,1,10,2.0,0.5,0.5,0.5,0.5,1.0,1.0,,,false",
            "cnn,Adam,0.1,64,1,2,20,4.0,0.25,0.25,0.25,0.75,2.0,2.0,0.25,0.74,false",
            "cnn,\"Wild, \"\"1\"\"\",0.1,64,1,2,20,4.0,,,,,2.0,2.0,,,true");
  }

  @Test
  void targetsSayHowManyRunsReachedThem() {
    assertThat(lines("steps-to-target.csv"))
        .contains(
            "cnn,Adam,0.1,64,trainLoss,0.5,2,2,10.0,0.0,2.0,0.0",
            "cnn,\"Wild, \"\"1\"\"\",0.1,64,trainLoss,0.5,1,1,10.0,,2.0,");
  }

  @Test
  void tuningMarksWhatWasChosen() {
    List<String> lines =
        CsvFiles.of(Results.of(MadeUp.onlyTuning())).get("tuning.csv").lines().toList();

    assertThat(lines).hasSize(101);
    assertThat(lines.stream().filter(line -> line.endsWith(",true"))).hasSize(20);
  }

  private List<String> lines(String file) {
    return files.get(file).lines().toList();
  }
}
