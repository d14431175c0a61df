/**
 * Shows an observer each layer's input and pre-activation gradient during a backward pass; knows
 * nothing of AdaFisher.
 */
package org.adafisher.capture;
