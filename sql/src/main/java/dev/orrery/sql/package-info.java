/**
 * Sessions, transactions and dialects: the embedded SQLite database, the shared PostgreSQL one, and
 * a key-value store in either.
 *
 * <p>The front door is {@link dev.orrery.sql.Database}: {@code write} is one transaction, durable
 * when it returns, {@code read} is one moment. Readers wait for nobody. Writers come one at a time,
 * in the order of asking; where others write too, one at a time for each part of the database.
 * Components bring their tables as a {@link dev.orrery.sql.Format}.
 *
 * <p>{@code Database} and {@code SqlKeyValueStore} are thread-safe; a session is confined to the
 * call it was handed to. The caller's work and mappers run on the caller's thread while a writing
 * or a reading session is held: they may use the session at hand, and in a write must not begin
 * another. A write holds one session and the lock of its part, in this order, and takes nothing
 * else. {@code LAWS.md} beside the module's pom has the laws.
 */
@NullMarked
package dev.orrery.sql;

import org.jspecify.annotations.NullMarked;
