/**
 * Events in commit order, stored.
 *
 * <p>Front doors: {@link dev.orrery.log.EventLogs} opens an {@link dev.orrery.log.EventLog}, to
 * append to, read from and follow. Every public type is immutable or thread-safe. Positions follow
 * the order of commits; a reader sees each event once, in order, and only when it is durable. For
 * what needs no log there is the {@link dev.orrery.log.EventBus}, whose threads live while there is
 * something to do; otherwise no thread is started here. The laws are in {@code LAWS.md} beside the
 * module.
 */
@NullMarked
package dev.orrery.log;

import org.jspecify.annotations.NullMarked;
