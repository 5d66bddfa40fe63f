package dev.orrery.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrderTreeTest {
    private final Visits visits = new Visits();

    @Test
    void everyTreeOfARandomHistoryStaysWhatItWas() {
        Random random = Seed.random("OrderTree");
        OrderTree<Integer> tree =
                OrderTree.ofSorted(List.<Integer>of(), Comparator.<Integer>naturalOrder());
        List<Integer> model = new ArrayList<>();
        List<OrderTree<Integer>> trees = new ArrayList<>();
        List<List<Integer>> models = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            int element = random.nextInt(300);
            int index = Collections.binarySearch(model, element);
            if (index < 0) {
                assertThat(tree.rank(element, visits)).isEqualTo(-index - 1);
                tree = tree.insert(element, visits);
                model.add(-index - 1, element);
            } else {
                assertThat(tree.rank(element, visits)).isEqualTo(index);
                tree = tree.remove(element, visits);
                model.remove(/* index */ index);
            }
            if (step % 20 == 0) {
                trees.add(tree);
                models.add(List.copyOf(model));
            }
        }
        for (int i = 0; i < trees.size(); i++) {
            assertThat(trees.get(i).range(0, trees.get(i).size())).isEqualTo(models.get(i));
        }
    }

    @Test
    void rangesAndIndicesAgree() {
        List<Integer> elements = IntStream.range(0, 100).boxed().toList();
        OrderTree<Integer> tree = OrderTree.ofSorted(elements, Comparator.<Integer>naturalOrder());
        for (int from = 0; from <= 100; from += 7) {
            for (int to = from; to <= 100; to += 3) {
                assertThat(tree.range(from, to)).isEqualTo(elements.subList(from, to));
            }
        }
        assertThat(tree.get(42)).isEqualTo(42);
        assertThatThrownBy(() -> tree.get(100)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void ascendingInsertionAndRemovalKeepThePathShort() { // law V3
        OrderTree<Integer> tree =
                OrderTree.ofSorted(List.<Integer>of(), Comparator.<Integer>naturalOrder());
        for (int i = 0; i < 20_000; i++) {
            tree = tree.insert(i, visits);
        }
        for (int i = 0; i < 15_000; i++) {
            tree = tree.remove(i, visits);
        }
        for (int i = 15_000; i < 20_000; i++) {
            Visits path = new Visits();
            tree.rank(i, path);
            assertThat(path.total()).isLessThan(32); // 2.41 log2(5000)
        }
    }

    @Test
    void whatIsNotThereIsNotRemovedSilently() {
        OrderTree<Integer> tree =
                OrderTree.ofSorted(List.of(1, 3), Comparator.<Integer>naturalOrder());
        assertThatThrownBy(() -> tree.remove(2, visits)).hasMessageContaining("law V1");
        assertThatThrownBy(() -> tree.replace(2, visits)).hasMessageContaining("law V1");
        assertThatThrownBy(() -> tree.insert(3, visits)).hasMessageContaining("law V2");
    }
}
