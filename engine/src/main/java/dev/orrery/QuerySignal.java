package dev.orrery;

import dev.orrery.core.Feed;
import dev.orrery.core.Update;
import dev.orrery.query.PerKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** What was done for each key of the served queries. */
final class QuerySignal {
    private static final Duration PACE = Duration.ofNanos(1_000_000_000L / 60);
    private static final int PULSES_BETWEEN_ALL = 60;
    private static final int MOST_KEYS = 1_000;

    private final Layers layers;
    private final Pulse<Map<String, Map<String, KeyState>>> pulse;
    private int pulses;

    QuerySignal(Layers layers, ThreadFactory threads, String epoch) {
        this.layers = layers;
        this.pulse = new Pulse<>(this::look, this::difference, PACE, threads, epoch);
    }

    Feed<Update<Map<String, Map<String, KeyState>>, Map<String, Map<String, KeyState>>>> feed() {
        return pulse.feed();
    }

    private Map<String, Map<String, KeyState>> look() {
        Map<String, Map<String, KeyState>> states = new LinkedHashMap<>();
        for (Layers.Asked<?, ?> asked : layers.queries()) {
            states.put(asked.query().name(), keys(asked));
        }
        return states;
    }

    private static <K> Map<String, KeyState> keys(Layers.Asked<K, ?> asked) {
        Map<String, KeyState> states = new LinkedHashMap<>();
        asked.query()
                .perKey(MOST_KEYS)
                .forEach((key, counts) -> states.put(asked.text(key), state(counts)));
        return states;
    }

    private static KeyState state(PerKey counts) {
        return new KeyState(counts.computed(), counts.untouched());
    }

    /** Each commit spares almost every key: those that only were are told once a second. */
    private Optional<Map<String, Map<String, KeyState>>> difference(
            Map<String, Map<String, KeyState>> before, Map<String, Map<String, KeyState>> now) {
        pulses++;
        boolean all = pulses % PULSES_BETWEEN_ALL == 0;
        Map<String, Map<String, KeyState>> changed = new LinkedHashMap<>();
        now.forEach((query, keys) -> {
            Map<String, KeyState> known = before.getOrDefault(query, Map.of());
            Map<String, KeyState> news = new LinkedHashMap<>();
            keys.forEach((key, state) -> {
                KeyState last = known.get(key);
                if (last == null
                        || last.computed() != state.computed()
                        || (all && !last.equals(state))) {
                    news.put(key, state);
                }
            });
            if (!news.isEmpty()) {
                changed.put(query, news);
            }
        });
        return changed.isEmpty() ? Optional.empty() : Optional.of(changed);
    }
}
