/** Several workers on one machine, each with AdaFisher. */
package org.adafisher.examples.distributed;
