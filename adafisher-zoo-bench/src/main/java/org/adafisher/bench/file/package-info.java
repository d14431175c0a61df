/** Files as users have them: text in whatever encoding, names in whatever alphabet. */
package org.adafisher.bench.file;
