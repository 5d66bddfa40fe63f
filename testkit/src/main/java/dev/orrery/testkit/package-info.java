/**
 * What Orrery is tested with, and what you can test your own code with: contract suites for stores
 * and sources, seeded histories, oracles.
 */
@NullMarked
package dev.orrery.testkit;

import org.jspecify.annotations.NullMarked;
