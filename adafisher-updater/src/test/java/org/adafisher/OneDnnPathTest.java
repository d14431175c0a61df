package org.adafisher;

import static org.assertj.core.api.Assertions.assertThat;

import org.adafisher.onednn.OneDnn;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The build runs tests twice: with plain natives, and on oneDNN. */
class OneDnnPathTest {

  @Test
  void thisRunIsOnThePathThatItIsFor() {
    MultiLayerNetwork net = TestNetworks.cnn(DataType.FLOAT, new AdaFisher(1e-3));
    if (Boolean.getBoolean(OneDnnSession.PROPERTY)) {
      assertThat(OneDnn.status().enabled()).as(OneDnn.status().reason()).isTrue();
      assertThat(net.getLayer(0).getHelper()).isInstanceOf(MKLDNNConvHelper.class);
    } else {
      assertThat(Nd4j.getBackend().buildInfo()).doesNotContain("HAVE_ONEDNN");
      assertThat(net.getLayer(0).getHelper()).isNull();
    }
  }
}
