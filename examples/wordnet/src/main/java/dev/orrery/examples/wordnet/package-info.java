/** The WordNet example: a graph of the English language, read, asked and replicated. */
@NullMarked
package dev.orrery.examples.wordnet;

import org.jspecify.annotations.NullMarked;
