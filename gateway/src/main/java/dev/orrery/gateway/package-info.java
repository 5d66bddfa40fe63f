/**
 * Channels and methods in front of the network: WebSocket, server-sent events and pages on one
 * port.
 *
 * <p>The front door is {@link dev.orrery.gateway.Gateway}: {@code
 * Gateway.configure(channels).rpc(methods).pages(pages) .port(8080).open()}. Over WebSocket it
 * speaks the published Centrifuge client protocol, whose client libraries work unchanged; {@code
 * docs/formats/wire.md} in the project's sources has every message.
 *
 * <p>Threads: frames of one client are handled one at a time, in order, on virtual threads; a
 * client has one writer, and one thread for each subscription. Methods and the access policy run on
 * these and may block. What waits for a slow client is bounded, and nobody else waits for it.
 */
@NullMarked
package dev.orrery.gateway;

import org.jspecify.annotations.NullMarked;
