package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Interned values in a store: facts by their numbers, and under zero the greatest number that was
 * ever given, so that none is given twice. // law Q38
 */
final class SavedInterned<V> {
    private static final Codec<Long> NUMBERS = Codec.of(Long.class);
    private static final long GREATEST = 0;

    private final Interned<V> interned;
    private final int number;
    private final Codec<V> values;

    /** Of the save under way. */
    private List<Interned.Entry<V>> taken = List.of();

    SavedInterned(Interned<V> interned, int number) {
        this.interned = interned;
        this.number = number;
        this.values = Codec.of(interned.valueType());
    }

    /** Gives the values the numbers they have in the store; one that does not fit is left out. */
    void fill(QueryStore store) {
        for (int each : store.withFacts(number)) {
            fill(store.facts(each), each == number);
            store.handOver(each);
        }
        interned.keepWhile(store::hasUnclaimedFacts);
    }

    private void fill(Map<Bytes, Bytes> stored, boolean own) {
        List<Interned.Entry<V>> entries = new ArrayList<>(stored.size());
        long greatest = 0;
        for (Map.Entry<Bytes, Bytes> each : stored.entrySet()) {
            long given = NUMBERS.decode(each.getKey().toArray());
            if (given == GREATEST) {
                greatest = NUMBERS.decode(each.getValue().toArray());
            } else {
                greatest = Math.max(greatest, given);
                value(each.getValue())
                        .ifPresent(value -> entries.add(new Interned.Entry<>(given, value)));
            }
        }
        interned.restore(entries, greatest, own);
    }

    private Optional<V> value(Bytes stored) {
        try {
            return Optional.of(values.decode(stored.toArray()));
        } catch (Invalid misfit) {
            return Optional.empty();
        }
    }

    /** Whether there are values that the store does not have. */
    boolean isChanged() {
        return !interned.entries(false).isEmpty();
    }

    /**
     * Writes what the store does not have, or everything. After the results and facts of the save:
     * what they name is held by them.
     */
    void write(boolean whole, StoreWriter writer) {
        taken = interned.entries(whole);
        long greatest = interned.greatest();
        if (greatest > 0 && (whole || !taken.isEmpty())) {
            fact(writer, GREATEST, NUMBERS.encode(greatest));
        }
        taken.forEach(each -> fact(writer, each.number(), values.encode(each.value())));
    }

    private void fact(StoreWriter writer, long key, byte[] value) {
        writer.fact(
                new StoredRecord.Fact(
                        number, Bytes.of(NUMBERS.encode(key)), Optional.of(Bytes.of(value))));
    }

    void saved() {
        interned.stored(taken);
        taken = List.of();
    }
}
