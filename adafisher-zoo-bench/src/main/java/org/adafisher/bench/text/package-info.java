/** Text as token numbers and back, what a language model makes of it, and samples of its own. */
package org.adafisher.bench.text;
