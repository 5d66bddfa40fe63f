/**
 * Named streams of numbered messages with history, presence and access.
 *
 * <p>The front door is {@link dev.orrery.channel.Channels}: publish with {@code channel(name,
 * type)}, or with {@code define(name, type)} where there is more to say, serve what another module
 * feeds with {@code serve(name, feed)}, let somebody outside in with {@code connect(principal)}.
 * Every channel, whatever is behind it, looks alike from outside: an {@link
 * dev.orrery.channel.Attachment} begins fresh, continued or reset, and goes on with messages in one
 * numbering of (epoch, offset).
 *
 * <p>Everything is thread-safe but an attachment, which has one reader. Publishing never waits for
 * a subscriber; each reader pulls at its own pace and is told when it was too slow. No thread is
 * opened here.
 */
@NullMarked
package dev.orrery.channel;

import org.jspecify.annotations.NullMarked;
