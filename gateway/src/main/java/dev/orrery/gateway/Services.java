package dev.orrery.gateway;

import dev.orrery.channel.Channels;
import dev.orrery.channel.Outgoing;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What every connection of a gateway works with.
 *
 * @param ids a new text for each connection
 * @param outgoing is told what was handed to sockets
 * @param clock a clock for what expires
 * @param nanos a clock for intervals
 * @param threads makes the virtual threads that serve connections
 */
record Services(
        Channels channels,
        Rpc rpc,
        Authenticator authenticator,
        Limits limits,
        Json json,
        Outgoing outgoing,
        Supplier<String> ids,
        InstantSource clock,
        LongSupplier nanos,
        ThreadFactory threads) {}
