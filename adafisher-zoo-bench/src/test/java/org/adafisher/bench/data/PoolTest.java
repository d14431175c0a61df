package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PoolTest {

  private static final int[] LABELS = {0, 0, 1, 0, 2, 1, 0, 0, 2, 0};

  @Test
  void takesEquallyManyOfEachClassInOrder() {
    assertThat(new Pool(LABELS, 3).takeEqually(3)).containsExactly(0, 2, 4);
    assertThat(new Pool(LABELS, 3).takeEqually(6)).containsExactly(0, 1, 2, 4, 5, 8);
  }

  @Test
  void goesOnWithTheOtherClassesWhereOneHasNoMore() {
    assertThat(new Pool(LABELS, 3).takeEqually(8)).containsExactly(0, 1, 2, 3, 4, 5, 6, 8);
  }

  @Test
  void smallerNumbersTakeSubsets() {
    for (int n = 1; n < LABELS.length; n++) {
      assertThat(new Pool(LABELS, 3).takeEqually(n + 1))
          .contains(new Pool(LABELS, 3).takeEqually(n));
    }
  }

  @Test
  void whatIsTakenIsGone() {
    Pool pool = new Pool(LABELS, 3);
    int[] taken = pool.takeEqually(4);

    assertThat(pool.size()).isEqualTo(6);
    assertThat(pool.rest()).hasSize(6).doesNotContain(taken);
  }

  @Test
  void leavesOneOfEachClass() {
    Pool pool = new Pool(LABELS, 3);

    assertThat(pool.spare()).isEqualTo(7);
    assertThat(pool.takeEquallyAndLeaveOne(7)).containsExactly(0, 1, 2, 3, 4, 6, 7);
    assertThat(IntStream.of(pool.rest()).map(i -> LABELS[i])).containsExactly(1, 2, 0);
  }

  @Test
  void aShareIsOfEachClassButAtLeastOneAndNeverAll() {
    int[] labels = new int[38];
    Arrays.fill(labels, 26, 31, 1);
    Arrays.fill(labels, 31, 33, 2);
    labels[33] = 3;
    Arrays.fill(labels, 34, 38, 4);
    Pool pool = new Pool(labels, 6);

    assertThat(pool.takePercent(10)).containsExactly(0, 1, 2, 26, 31, 34);
    assertThat(pool.rest()).hasSize(32).contains(33);
  }
}
