package org.adafisher.spark;

import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherListener;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Attaches AdaFisher to a worker's network before its first minibatch. A worker makes its network
 * anew for every round, from the driver's configuration, parameters and updater state, but takes
 * over no listener of the driver's network.
 */
final class AttachingHook implements TrainingHook {

  private static final long serialVersionUID = 1L;

  @Override
  public void preUpdate(DataSet minibatch, Model model) {
    attach(model);
  }

  @Override
  public void preUpdate(MultiDataSet minibatch, Model model) {
    attach(model);
  }

  @Override
  public void postUpdate(DataSet minibatch, Model model) {
    // Nothing: all that AdaFisher keeps is in the updater's state.
  }

  @Override
  public void postUpdate(MultiDataSet minibatch, Model model) {
    // Nothing: all that AdaFisher keeps is in the updater's state.
  }

  private static void attach(Model model) {
    if (Network.of(model).listeners().stream().noneMatch(AdaFisherListener.class::isInstance)) {
      AdaFisher.attach(model);
    }
  }
}
