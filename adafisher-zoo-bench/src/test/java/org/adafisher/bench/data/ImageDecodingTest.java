package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ImageDecodingTest {

  @Test
  void onlyWhatIsUsedIsDecoded() throws DataException {
    List<Integer> decoded = new ArrayList<>();
    ImageList images =
        new ImageList(
            new int[] {0, 1, 0, 1, 0, 1, 0, 1},
            i -> {
              decoded.add(i);
              return new Image("image " + i, 1, 1, 1, new byte[] {(byte) i});
            });
    ImageParts parts = new ImageParts(2, images, Optional.empty(), images);
    DataRequest few =
        new DataRequest(
            Optional.empty(),
            OptionalInt.of(2),
            OptionalInt.of(4),
            OptionalInt.of(1),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Augmentation.NONE,
            TextForm.DEFAULT);

    DecodedImages result = ImageDecoding.decode("ours", parts, OptionalInt.empty(), few);

    assertThat(decoded).containsExactly(4, 5, 0, 1, 2, 3, 0);
    assertThat(result.training()).isDeepEqualTo(new byte[][] {{4}, {5}});
    assertThat(result.parts().get(Part.VALIDATION).classes()).containsExactly(0, 1, 0, 1);
  }
}
