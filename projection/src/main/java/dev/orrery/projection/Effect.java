package dev.orrery.projection;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Type;
import dev.orrery.log.Recorded;
import java.time.Duration;
import java.util.function.Function;

/**
 * Something to do in the world outside for each event of a log: send a mail, call a webhook.
 *
 * <p>A definition, not a running thing: {@link Effects#run} makes it live. It is done at least once
 * for each event, in the order of the log for events of one key, outside any transaction, and never
 * again because a projection is folded anew. Immutable: each method answers a changed copy.
 *
 * <pre>{@code
 * Effect.of("mail", OrderEvent.class)
 *         .key(String.class, OrderEvent::order)
 *         .perform(attempt -> mailer.send(attempt.event(), attempt.deduplicationKey()))
 *         .onFault(fault -> fault.attempt() < 5 ? Fault.retryIn(ofMinutes(1)) : Fault.park());
 * }</pre>
 *
 * @param <E> the events
 * @param <K> what they are kept in order by
 */
public final class Effect<E, K> {
    private static final int USUAL_ATTEMPTS = 10;
    private static final Duration USUAL_FIRST_DELAY = Duration.ofMillis(250);
    private static final Duration USUAL_LONGEST_DELAY = Duration.ofMinutes(5);

    private final String name;
    private final Type<K> keyType;
    private final Function<? super Recorded<E>, ? extends K> key;
    private final Body<E> body;
    private final Function<? super Fault<E>, ? extends Fault.Answer> policy;
    private final int atOnce;
    private final boolean fromFirstEvent;

    /** What is done for an event. Whatever it throws is a {@link Fault}. */
    @FunctionalInterface
    public interface Body<E> {
        /**
         * Does it, or throws. Not to be trusted with having been called once: see {@link
         * Attempt#deduplicationKey}.
         */
        void perform(Attempt<E> attempt) throws Exception;
    }

    private Effect(
            String name,
            Type<K> keyType,
            Function<? super Recorded<E>, ? extends K> key,
            Body<E> body,
            Function<? super Fault<E>, ? extends Fault.Answer> policy,
            int atOnce,
            boolean fromFirstEvent) {
        this.name = name;
        this.keyType = keyType;
        this.key = key;
        this.body = body;
        this.policy = policy;
        this.atOnce = atOnce;
        this.fromFirstEvent = fromFirstEvent;
    }

    /**
     * Begins a definition.
     *
     * @param name names the effect in storage, errors and the console, for ever
     */
    public static <E> OfEvents<E> of(String name, Class<E> event) {
        return named(name);
    }

    /** Begins a definition for events of whatever type the log has. */
    public static <E> OfEvents<E> named(String name) {
        if (name.isBlank()) {
            throw new Invalid("effect name", "is not blank", name);
        }
        return new OfEvents<>(name);
    }

    /** A definition that still wants what is done, and perhaps a key. Immutable. */
    public static final class OfEvents<E> {
        private final String name;

        private OfEvents(String name) {
            this.name = name;
        }

        /**
         * Events of one key are handled in the order of the log: one that waits for a retry, or is
         * parked, holds up those behind it and no others.
         */
        public <K> ByKey<E, K> key(Class<K> type, Function<? super E, ? extends K> key) {
            return key(Type.of(type), key);
        }

        /** As the other, for keys of a type. */
        public <K> ByKey<E, K> key(Type<K> type, Function<? super E, ? extends K> key) {
            return new ByKey<>(name, type, recorded -> key.apply(recorded.event()));
        }

        /**
         * What is done for each event, each being its own key, which is the number of its position:
         * one that waits holds up no other.
         */
        public Effect<E, Long> perform(Body<E> body) {
            return new ByKey<E, Long>(
                            name, Type.of(Long.class), recorded -> recorded.position().number())
                    .perform(body);
        }
    }

    /** A definition that still wants what is done. Immutable. */
    public static final class ByKey<E, K> {
        private final String name;
        private final Type<K> type;
        private final Function<? super Recorded<E>, ? extends K> key;

        private ByKey(String name, Type<K> type, Function<? super Recorded<E>, ? extends K> key) {
            this.name = name;
            this.type = type;
            this.key = key;
        }

        /** What is done for each event. */
        public Effect<E, K> perform(Body<E> body) {
            return new Effect<>(name, type, key, body, Effect::usual, 1, false);
        }
    }

    private static Fault.Answer usual(Fault<?> fault) {
        return fault.retryThenPark(USUAL_ATTEMPTS, USUAL_FIRST_DELAY, USUAL_LONGEST_DELAY);
    }

    /**
     * What is to be done when the body throws. Without this it is tried ten times, after delays
     * that double from a quarter of a second to at most five minutes, and then the key is parked.
     *
     * @param policy called by one thread at a time; when it throws itself, the key is parked
     */
    public Effect<E, K> onFault(Function<? super Fault<E>, ? extends Fault.Answer> policy) {
        return new Effect<>(name, keyType, key, body, policy, atOnce, fromFirstEvent);
    }

    /**
     * How many events, of different keys, are handled at the same time; one without this. A kill
     * repeats at most so many.
     */
    public Effect<E, K> atOnce(int most) {
        if (most < 1) {
            throw new Invalid("events handled at once", "are at least 1", most);
        }
        return new Effect<>(name, keyType, key, body, policy, most, fromFirstEvent);
    }

    /**
     * Begins with the first event of the log. Without this it begins, the first time it is run on a
     * log, with what is appended from then on: nobody gets mails about the past.
     */
    public Effect<E, K> fromFirstEvent() {
        return new Effect<>(name, keyType, key, body, policy, atOnce, true);
    }

    /** Names the effect in storage, errors and the console, for ever. */
    public String name() {
        return name;
    }

    /** What its events are kept in order by. */
    public Type<K> keyType() {
        return keyType;
    }

    K keyOf(Recorded<E> recorded) {
        return key.apply(recorded);
    }

    void perform(Attempt<E> attempt) throws Exception {
        body.perform(attempt);
    }

    Fault.Answer answer(Fault<E> fault) {
        return policy.apply(fault);
    }

    int atOnce() {
        return atOnce;
    }

    boolean beginsWithFirstEvent() {
        return fromFirstEvent;
    }
}
