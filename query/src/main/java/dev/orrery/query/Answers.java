package dev.orrery.query;

import dev.orrery.core.Revision;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Follows commits through the runtime, a span of them at a time: when everything watched is up to
 * date with them, and how many results they left alone.
 *
 * <p>A span begins with the first commit after the one before was answered, or after this was made,
 * and goes on until it is answered: it is mostly one commit, and otherwise all that came during a
 * round. For one thread; no commit and no round ever waits for it.
 */
public final class Answers implements AutoCloseable {
    private final Engine engine;
    private final LongSupplier nanos;
    private final Runnable wake;
    private final LongAdder roundNanos = new LongAdder();

    /** The span before the one that is awaited; it has ended. */
    private Span before;

    private long roundsBefore;
    private long ranBefore;

    /** The dispatcher's own, since this follows: when its round began, or this came into it. */
    private long roundBegan;

    /**
     * Commits with what they led to in the runtime. Immutable.
     *
     * @param first the oldest of them
     * @param last the newest of them
     * @param ran bodies that ran again since the last answer
     * @param untouched results that were remembered when the first of them came and that none of
     *     them visited
     * @param roundNanos how long rounds of watches took since the last answer, zero without any
     */
    public record Answer(
            Revision first, Revision last, long ran, long untouched, long roundNanos) {}

    Answers(Engine engine, LongSupplier nanos, Runnable wake) {
        this.engine = engine;
        this.nanos = nanos;
        this.wake = wake;
        this.roundBegan = nanos.getAsLong();
        engine.remembered.follow(this); // first, so that all of the next span is counted
        this.before = engine.remembered.span();
        this.ranBefore = engine.remembered.rerun();
        before.end();
    }

    /** The next span, when it is answered; the one after it begins with the next commit. */
    public Optional<Answer> poll() { // law Q23
        Span span = before.next();
        if (span == null || span.isEmpty() || engine.watches.settled() < span.first) {
            return Optional.empty();
        }
        span.end();
        if (!span.isWhole() || engine.watches.settled() < span.last()) {
            return Optional.empty();
        }
        before = span;
        return Optional.of(answer(span));
    }

    private Answer answer(Span span) {
        long ran = engine.remembered.rerun();
        long rounds = roundNanos.sum();
        Answer answer =
                new Answer(
                        new Revision(span.first),
                        new Revision(span.last()),
                        ran - ranBefore,
                        span.untouched(),
                        rounds - roundsBefore);
        ranBefore = ran;
        roundsBefore = rounds;
        return answer;
    }

    // by the dispatcher of watches

    void roundBegins() {
        roundBegan = nanos.getAsLong();
    }

    void roundEnds() {
        roundNanos.add(nanos.getAsLong() - roundBegan);
    }

    void wake() {
        wake.run();
    }

    @Override
    public void close() {
        engine.remembered.follow(null);
    }
}
