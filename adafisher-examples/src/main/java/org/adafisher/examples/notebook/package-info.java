/** What notebooks need beside the libraries: plots as pictures, which every Java kernel shows. */
package org.adafisher.examples.notebook;
