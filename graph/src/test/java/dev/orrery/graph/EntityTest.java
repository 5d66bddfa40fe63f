package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Row;
import dev.orrery.testkit.Seeded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is known of one id, whichever way it came together. Law G7. */
class EntityTest {
    private static final List<String> AUTHORS = List.of("ann", "bob", "cid");
    private static final List<String> TYPES = List.of("Thing", "Other", "Third");

    /** An operation and who said it when. */
    private record Said(Operation.OfEntity operation, Stamp stamp) {}

    private static List<Said> some(Seeded random) {
        List<Said> all = new ArrayList<>();
        for (String author : AUTHORS) {
            int count = 1 + random.below(6);
            for (int sequence = 1; sequence <= count; sequence++) {
                HybridTime time = new HybridTime(10L * sequence + random.below(9), 0);
                Hash hash =
                        Hash.of(
                                (author + sequence)
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                all.add(new Said(operation(random), new Stamp(time, author, sequence, hash)));
            }
        }
        return all;
    }

    private static Operation.OfEntity operation(Seeded random) {
        SortedMap<String, Long> seen = new TreeMap<>();
        AUTHORS.forEach(author -> seen.put(author, 1L + random.below(4)));
        return switch (random.below(8)) {
            case 0 -> new Operation.Set("x", "p", (long) random.below(9));
            case 1 -> new Operation.Remove("x", seen);
            case 2 ->
                    random.oneIn(3)
                            ? new Operation.Erase("x", seen)
                            : new Operation.Unset("x", "p");
            case 3 -> new Operation.AddEdge("x", random.pick(TYPES), "a", "b", Row.of());
            default -> new Operation.AddNode("x", random.pick(TYPES), Row.of("p", 1L));
        };
    }

    private static Entity joined(List<Said> all) {
        Entity entity = Entity.unknown("x");
        for (Said each : all) {
            entity = entity.join(each.operation(), each.stamp());
        }
        return entity;
    }

    private static List<Said> shuffled(List<Said> all, Seeded random) {
        List<Said> rest = new ArrayList<>(all);
        List<Said> shuffled = new ArrayList<>();
        while (!rest.isEmpty()) {
            shuffled.add(rest.remove(random.below(rest.size())));
        }
        return shuffled;
    }

    @Test
    void orderRepetitionAndJoiningInPartsMakeNoDifference() {
        Seeded.runs(
                2_000,
                random -> {
                    List<Said> all = some(random);
                    Entity expected = joined(all);
                    assertThat(expected.isInOrder()).isTrue();
                    List<Said> other = shuffled(all, random);
                    assertThat(joined(other)).isEqualTo(expected);
                    int cut = random.below(other.size() + 1);
                    int overlap = random.below(cut + 1);
                    Entity left = joined(other.subList(0, cut));
                    Entity right = joined(other.subList(overlap, other.size()));
                    assertThat(left.join(right)).isEqualTo(expected);
                    assertThat(right.join(left)).isEqualTo(expected);
                    assertThat(expected.join(left)).isSameAs(expected);
                });
    }

    @Test
    void itIsKnownForEverWhatItWasSaidToBeUnlessThatWasErased() { // laws G62, G64
        Seeded.runs(
                2_000,
                random -> {
                    List<Said> all = some(random);
                    Entity entity = joined(all);
                    if (entity.isErased()) {
                        assertThat(entity.said()).isEmpty();
                        return;
                    }
                    for (Said each : all) {
                        TypeName type =
                                switch (each.operation()) {
                                    case Operation.AddNode add -> new TypeName(false, add.type());
                                    case Operation.AddEdge add -> new TypeName(true, add.type());
                                    case Operation.Set _,
                                            Operation.Unset _,
                                            Operation.Remove _,
                                            Operation.Erase _ ->
                                            null;
                                };
                        assertThat(type == null || saysSo(entity, type, each.stamp())).isTrue();
                    }
                });
    }

    /** Whether it is known that an author had said so when he wrote an entry. */
    private static boolean saysSo(Entity entity, TypeName type, Stamp by) {
        List<Entity.Said> said = new ArrayList<>(Arrays.asList(entity.said()));
        for (Entity.Add add : entity.adds()) {
            said.add(Entity.Said.by(add));
        }
        return said.stream()
                .anyMatch(each ->
                        each.type().equals(type)
                                && each.stamp().author().equals(by.author())
                                && each.stamp().sequence() <= by.sequence());
    }
}
