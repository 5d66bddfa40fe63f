/** HTTP, WebSocket and server-sent events in front of an Orrery. */
@NullMarked
package dev.orrery.gateway;

import org.jspecify.annotations.NullMarked;
