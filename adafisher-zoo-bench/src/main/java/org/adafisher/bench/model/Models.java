package org.adafisher.bench.model;

import static java.util.Map.entry;

import org.adafisher.bench.registry.Registry;

/** The models that a configuration can name. */
public final class Models {

  /** By name: our own first, then those of deeplearning4j-zoo 1.0.0-M2.1. */
  public static final Registry<ModelType> REGISTRY =
      Registry.of(
          "model",
          entry("digits-cnn", new DigitsCnn()),
          entry("digits-mlp", new DigitsMlp()),
          entry("mlp", new Mlp()),
          entry("deep-autoencoder", new DeepAutoencoder()),
          entry("resnet18", new ResNet18()),
          entry("mobilenetv3-small", new MobileNetV3Small()),
          entry("densenet121", new DenseNet121()),
          entry("transformer", new Transformer()),
          entry("lstm", new Lstm()),
          entry("lenet", Zoo.leNet()),
          entry("alexnet", Zoo.alexNet()),
          entry("vgg16", Zoo.vgg16()),
          entry("vgg19", Zoo.vgg19()),
          entry("resnet50", Zoo.resNet50()),
          entry("darknet19", Zoo.darknet19()),
          entry("squeezenet", Zoo.squeezeNet()),
          entry("xception", Zoo.xception()),
          entry("inception-resnet-v1", Zoo.inceptionResNetV1()),
          entry("facenet-nn4-small2", Zoo.faceNetNn4Small2()),
          entry("unet", Zoo.uNet()),
          entry("text-generation-lstm", new ZooTextGenerationLstm()),
          entry("tiny-yolo", Zoo.tinyYolo()),
          entry("yolo2", Zoo.yolo2()),
          entry("simple-cnn", Zoo.simpleCnn()),
          entry("nasnet", Zoo.nasNet()));

  private Models() {}
}
