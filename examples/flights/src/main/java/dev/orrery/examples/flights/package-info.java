/** The flights example: real flights and airports, live from the event to the page. */
@NullMarked
package dev.orrery.examples.flights;

import org.jspecify.annotations.NullMarked;
