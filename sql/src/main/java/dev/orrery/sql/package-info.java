/**
 * Sessions, transactions and dialects; the embedded SQLite database and its key-value store.
 *
 * <p>The front door is {@link dev.orrery.sql.Database}: {@code write} is one transaction, durable
 * when it returns, {@code read} is one moment. Writers come one at a time, in the order of asking;
 * readers wait for nobody. Components bring their tables as a {@link dev.orrery.sql.Format}.
 *
 * <p>{@code Database} and {@code SqlKeyValueStore} are thread-safe; a session is confined to the
 * call it was handed to. The caller's work and mappers run on the caller's thread while the
 * writer's turn, or a reading session, is held: they may use the session at hand and must not begin
 * another. There is one lock, the turn; nothing else is taken under it. {@code LAWS.md} beside the
 * module's pom has the laws.
 */
@NullMarked
package dev.orrery.sql;

import org.jspecify.annotations.NullMarked;
