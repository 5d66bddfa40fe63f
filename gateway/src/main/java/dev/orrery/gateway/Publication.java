package dev.orrery.gateway;

/**
 * One numbered entry on its way to a client.
 *
 * @param offset its place in the channel's epoch
 * @param data JSON text
 */
record Publication(long offset, String data) {}
