/** Named streams of numbered messages with history, presence and access. */
@NullMarked
package dev.orrery.channel;

import org.jspecify.annotations.NullMarked;
