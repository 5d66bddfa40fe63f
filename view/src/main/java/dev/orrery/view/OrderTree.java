package dev.orrery.view;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A persistent sorted sequence that knows the index of each element. Immutable.
 *
 * <p>A weight-balanced tree with the parameters of Hirai and Yamamoto, "Balancing weight-balanced
 * trees" (2011). A change copies the path from the root and shares the rest, so whoever holds a
 * tree keeps reading it as it was. Insert, remove, rank and get cost O(log n); a tree of sorted
 * elements is made in O(n). No two elements compare equal.
 */
final class OrderTree<E> { // law V3
    private static final int DELTA = 3;
    private static final int GAMMA = 2;

    private final Comparator<? super E> comparator;
    private final @Nullable Node<E> root;

    private record Node<E>(E element, @Nullable Node<E> left, @Nullable Node<E> right, int size) {}

    private OrderTree(Comparator<? super E> comparator, @Nullable Node<E> root) {
        this.comparator = comparator;
        this.root = root;
    }

    /** A tree of elements that are sorted already. */
    static <E> OrderTree<E> ofSorted(List<E> sorted, Comparator<? super E> comparator) {
        return new OrderTree<>(comparator, build(sorted, 0, sorted.size()));
    }

    private static <E> @Nullable Node<E> build(List<E> sorted, int from, int to) {
        if (from == to) {
            return null;
        }
        int middle = (from + to) >>> 1;
        return node(sorted.get(middle), build(sorted, from, middle), build(sorted, middle + 1, to));
    }

    int size() {
        return size(root);
    }

    /** The element at an index that is there. */
    E get(int index) {
        Node<E> node = root;
        int wanted = index;
        while (node != null) {
            int before = size(node.left);
            if (wanted == before) {
                return node.element;
            }
            if (wanted < before) {
                node = node.left;
            } else {
                wanted -= before + 1;
                node = node.right;
            }
        }
        throw new IndexOutOfBoundsException(index);
    }

    /** The elements from an index, included, to another, excluded; both within the size. */
    List<E> range(int from, int to) {
        List<E> elements = new ArrayList<>(to - from);
        collect(root, from, to, elements);
        return elements;
    }

    private static <E> void collect(@Nullable Node<E> node, int from, int to, List<E> into) {
        if (node == null || from >= to) {
            return;
        }
        int before = size(node.left);
        if (from < before) {
            collect(node.left, from, Math.min(to, before), into);
        }
        if (from <= before && before < to) {
            into.add(node.element);
        }
        if (to > before + 1) {
            collect(node.right, Math.max(0, from - before - 1), to - before - 1, into);
        }
    }

    /** How many elements are less than this one. */
    int rank(E element, Visits visits) {
        int rank = 0;
        Node<E> node = root;
        while (node != null) {
            visits.one();
            if (comparator.compare(element, node.element) <= 0) {
                node = node.left;
            } else {
                rank += size(node.left) + 1;
                node = node.right;
            }
        }
        return rank;
    }

    /** This sequence with an element that is not in it. */
    OrderTree<E> insert(E element, Visits visits) {
        return new OrderTree<>(comparator, insert(root, element, visits));
    }

    private Node<E> insert(@Nullable Node<E> node, E element, Visits visits) {
        if (node == null) {
            return node(element, null, null);
        }
        visits.one();
        int compared = comparator.compare(element, node.element);
        if (compared == 0) {
            throw new IllegalStateException("law V2: two rows in one place: " + element);
        }
        return compared < 0
                ? balanced(node.element, insert(node.left, element, visits), node.right)
                : balanced(node.element, node.left, insert(node.right, element, visits));
    }

    /** This sequence with an element in the place of the one that compares equal. */
    OrderTree<E> replace(E element, Visits visits) {
        return new OrderTree<>(comparator, replace(root, element, visits));
    }

    private Node<E> replace(@Nullable Node<E> node, E element, Visits visits) {
        if (node == null) {
            throw absent(element);
        }
        visits.one();
        int compared = comparator.compare(element, node.element);
        if (compared == 0) {
            return node(element, node.left, node.right);
        }
        return compared < 0
                ? node(node.element, replace(node.left, element, visits), node.right)
                : node(node.element, node.left, replace(node.right, element, visits));
    }

    /** This sequence without the element that compares equal. */
    OrderTree<E> remove(E element, Visits visits) {
        return new OrderTree<>(comparator, remove(root, element, visits));
    }

    private @Nullable Node<E> remove(@Nullable Node<E> node, E element, Visits visits) {
        if (node == null) {
            throw absent(element);
        }
        visits.one();
        int compared = comparator.compare(element, node.element);
        if (compared == 0) {
            return joined(node.left, node.right, visits);
        }
        return compared < 0
                ? balanced(node.element, remove(node.left, element, visits), node.right)
                : balanced(node.element, node.left, remove(node.right, element, visits));
    }

    private static IllegalStateException absent(Object element) {
        return new IllegalStateException("law V1: a row is not where it was put: " + element);
    }

    private static <E> @Nullable Node<E> joined(
            @Nullable Node<E> left, @Nullable Node<E> right, Visits visits) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        return left.size > right.size
                ? balanced(last(left), withoutLast(left, visits), right)
                : balanced(first(right), left, withoutFirst(right, visits));
    }

    private static <E> E first(Node<E> node) {
        Node<E> first = node;
        while (first.left != null) {
            first = first.left;
        }
        return first.element;
    }

    private static <E> E last(Node<E> node) {
        Node<E> last = node;
        while (last.right != null) {
            last = last.right;
        }
        return last.element;
    }

    private static <E> @Nullable Node<E> withoutFirst(Node<E> node, Visits visits) {
        visits.one();
        return node.left == null
                ? node.right
                : balanced(node.element, withoutFirst(node.left, visits), node.right);
    }

    private static <E> @Nullable Node<E> withoutLast(Node<E> node, Visits visits) {
        visits.one();
        return node.right == null
                ? node.left
                : balanced(node.element, node.left, withoutLast(node.right, visits));
    }

    private static int size(@Nullable Node<?> node) {
        return node == null ? 0 : node.size;
    }

    private static <E> Node<E> node(E element, @Nullable Node<E> left, @Nullable Node<E> right) {
        return new Node<>(element, left, right, size(left) + size(right) + 1);
    }

    /** A node whose subtrees may be out of balance by one insertion or removal. */
    private static <E> Node<E> balanced(
            E element, @Nullable Node<E> left, @Nullable Node<E> right) {
        if (right != null && isHeavier(right, left)) {
            return leftRotated(element, left, right);
        }
        if (left != null && isHeavier(left, right)) {
            return rightRotated(element, left, right);
        }
        return node(element, left, right);
    }

    private static boolean isHeavier(@Nullable Node<?> one, @Nullable Node<?> other) {
        return size(one) + 1 > DELTA * (size(other) + 1);
    }

    private static boolean isSingle(@Nullable Node<?> inner, @Nullable Node<?> outer) {
        return size(inner) + 1 < GAMMA * (size(outer) + 1);
    }

    private static <E> Node<E> leftRotated(E element, @Nullable Node<E> left, Node<E> right) {
        Node<E> inner = right.left;
        if (inner == null || isSingle(inner, right.right)) {
            return node(right.element, node(element, left, inner), right.right);
        }
        return node(
                inner.element,
                node(element, left, inner.left),
                node(right.element, inner.right, right.right));
    }

    private static <E> Node<E> rightRotated(E element, Node<E> left, @Nullable Node<E> right) {
        Node<E> inner = left.right;
        if (inner == null || isSingle(inner, left.left)) {
            return node(left.element, left.left, node(element, inner, right));
        }
        return node(
                inner.element,
                node(left.element, left.left, inner.left),
                node(element, inner.right, right));
    }
}
