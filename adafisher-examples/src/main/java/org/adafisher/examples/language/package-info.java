/** A language model from a text file to text of its own. */
package org.adafisher.examples.language;
