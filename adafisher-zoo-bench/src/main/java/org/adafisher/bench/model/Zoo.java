package org.adafisher.bench.model;

import org.deeplearning4j.zoo.model.AlexNet;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.FaceNetNN4Small2;
import org.deeplearning4j.zoo.model.InceptionResNetV1;
import org.deeplearning4j.zoo.model.LeNet;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.VGG16;
import org.deeplearning4j.zoo.model.VGG19;
import org.deeplearning4j.zoo.model.Xception;

/**
 * The image models of deeplearning4j-zoo 1.0.0-M2.1. The least image sizes are what was found by
 * trying: one pixel less, and DL4J cannot build or run the network.
 */
final class Zoo {

  private Zoo() {}

  static ModelType leNet() {
    return new ZooModelType(
        "LeNet of the zoo (LeCun et al. 1998), two 5x5 convolutions and a dense layer",
        Demands.imagesOfAtLeast(1).orFlat(),
        (input, classes, seed, updater) ->
            LeNet.builder()
                .inputShape(input)
                .numClasses(classes)
                .seed(seed)
                .updater(updater)
                .build());
  }

  static ModelType alexNet() {
    return new ZooModelType(
        "AlexNet of the zoo (Krizhevsky et al. 2012), normalises every layer's gradient to length"
            + " 1",
        Demands.imagesOfAtLeast(43),
        (input, classes, seed, updater) ->
            AlexNet.builder()
                .inputShape(input)
                .numClasses(classes)
                .seed(seed)
                .updater(updater)
                .build());
  }

  static ModelType vgg16() {
    return new ZooModelType(
        "VGG-16 of the zoo (Simonyan and Zisserman 2015), no normalisation",
        Demands.imagesOfAtLeast(1).orFlat(),
        (input, classes, seed, updater) ->
            VGG16
                .builder()
                .inputShape(input)
                .numClasses(classes)
                .seed(seed)
                .updater(updater)
                .build());
  }

  static ModelType vgg19() {
    return new ZooModelType(
        "VGG-19 of the zoo (Simonyan and Zisserman 2015), no normalisation",
        Demands.imagesOfAtLeast(1).orFlat(),
        (input, classes, seed, updater) ->
            VGG19
                .builder()
                .inputShape(input)
                .numClasses(classes)
                .seed(seed)
                .updater(updater)
                .build());
  }

  static ModelType resNet50() {
    return new ZooModelType(
        "ResNet-50 of the zoo (He et al. 2016), with max pooling at its end",
        Demands.imagesOfAtLeast(69),
        (input, classes, seed, updater) ->
            ResNet50.builder()
                .inputShape(input)
                .numClasses(classes)
                .seed(seed)
                .updater(updater)
                .build());
  }

  static ModelType darknet19() {
    ModelType original =
        new ZooModelType(
            "Darknet-19 of the zoo (Redmon and Farhadi 2017), convolutions alone",
            Demands.imagesOfAtLeast(1),
            (input, classes, seed, updater) ->
                Darknet19.builder()
                    .inputShape(input)
                    .numClasses(classes)
                    .seed(seed)
                    .updater(updater)
                    .build());
    return new Repaired(original, Repaired::softmaxIntoLoss);
  }

  static ModelType squeezeNet() {
    ModelType original =
        new ZooModelType(
            "SqueezeNet of the zoo (Iandola et al. 2016), without the sigmoids that the zoo puts"
                + " after its convolutions",
            Demands.imagesOfAtLeast(23),
            (input, classes, seed, updater) ->
                SqueezeNet.builder()
                    .inputShape(input)
                    .numClasses(classes)
                    .seed(seed)
                    .updater(updater)
                    .build());
    return new Repaired(
        new Repaired(original, Repaired::softmaxIntoLoss), Repaired::linearConvolutions);
  }

  static ModelType xception() {
    return new ZooModelType(
        "Xception of the zoo (Chollet 2017), separable convolutions",
        Demands.imagesOfAtLeast(7),
        (input, classes, seed, updater) ->
            Xception.builder()
                .inputShape(input)
                .numClasses(classes)
                .seed(seed)
                .updater(updater)
                .build());
  }

  static ModelType inceptionResNetV1() {
    return new ZooModelType(
        "Inception-ResNet v1 of the zoo (Szegedy et al. 2017), with center loss",
        Demands.imagesOfAtLeast(75),
        (input, classes, seed, updater) ->
            InceptionResNetV1.builder()
                .inputShape(input)
                .numClasses(classes)
                .seed(seed)
                .updater(updater)
                .build());
  }

  static ModelType faceNetNn4Small2() {
    return new ZooModelType(
        "FaceNet NN4.small2 of the zoo (Schroff et al. 2015), with center loss and squared error,"
            + " normalises its last layer's gradient to length 1",
        Demands.imagesOfAtLeast(1),
        (input, classes, seed, updater) ->
            FaceNetNN4Small2.builder()
                .inputShape(input)
                .numClasses(classes)
                .seed(seed)
                .updater(updater)
                .build());
  }

  static ModelType uNet() {
    return new ZooModelType(
        "U-Net of the zoo (Ronneberger et al. 2015), labels every pixel",
        Demands.imagesToSegmentInMultiplesOf(16),
        (input, classes, seed, updater) ->
            UNet.builder()
                .inputShape(input)
                .numClasses(classes)
                .seed(seed)
                .updater(updater)
                .build());
  }

  static ModelType tinyYolo() {
    return new Untrainable(
        "Tiny YOLO of the zoo (Redmon and Farhadi 2017)",
        "it finds objects, and no data set here says where they are");
  }

  static ModelType yolo2() {
    return new Untrainable(
        "YOLO v2 of the zoo (Redmon and Farhadi 2017)",
        "it finds objects, and no data set here says where they are");
  }

  static ModelType simpleCnn() {
    return new Untrainable(
        "SimpleCNN of the zoo",
        "its last layer is an activation, where Deeplearning4j needs an output layer with a loss");
  }

  static ModelType nasNet() {
    return new Untrainable(
        "NASNet of the zoo (Zoph et al. 2018)",
        "Deeplearning4j 1.0.0-M2.1 cannot build it, it asks for sizes before the inputs are set");
  }
}
