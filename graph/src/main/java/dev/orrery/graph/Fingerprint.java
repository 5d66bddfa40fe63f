package dev.orrery.graph;

import dev.orrery.core.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;

/**
 * What tells two sets of entries apart: the sum of their hashes, as numbers of 256 bits. It can be
 * kept while entries come and go. Confined to its owner.
 */
final class Fingerprint {
    /** How many bytes of it are sent. */
    static final int BYTES = 16;

    /** The sum, least significant word first. */
    private final long[] sum = new long[4];

    private long count;

    void add(Hash hash) {
        add(hash.fourth(), hash.third(), hash.second(), hash.first(), 0);
        count++;
    }

    void remove(Hash hash) { // by adding the complement, and one
        add(~hash.fourth(), ~hash.third(), ~hash.second(), ~hash.first(), 1);
        count--;
    }

    /** The same without some that are in it. */
    Fingerprint without(Collection<Hash> some) {
        Fingerprint rest = new Fingerprint();
        System.arraycopy(sum, 0, rest.sum, 0, sum.length);
        rest.count = count;
        some.forEach(rest::remove);
        return rest;
    }

    private void add(long fourth, long third, long second, long first, long carry) {
        long over = add(0, fourth, carry);
        over = add(1, third, over);
        over = add(2, second, over);
        add(3, first, over);
    }

    private long add(int word, long more, long carry) {
        long before = sum[word];
        long both = before + more;
        sum[word] = both + carry;
        boolean overflows =
                Long.compareUnsigned(both, before) < 0 || (carry == 1 && sum[word] == 0);
        return overflows ? 1 : 0;
    }

    /** How many entries are in it. */
    long count() {
        return count;
    }

    // ---- for checkpoints

    void write(CheckpointWriter out) throws IOException {
        out.put(sum, sum.length);
        out.put(count);
    }

    void read(CheckpointReader in) {
        for (int word = 0; word < sum.length; word++) {
            sum[word] = in.large();
        }
        count = in.large();
    }

    /** Sixteen bytes that differ, as good as certainly, where the sets do. */
    Bytes digest() {
        ByteBuffer all = ByteBuffer.allocate(5 * Long.BYTES);
        all.putLong(sum[3]).putLong(sum[2]).putLong(sum[1]).putLong(sum[0]).putLong(count);
        return Bytes.of(Arrays.copyOf(Hash.sha256().digest(all.array()), BYTES));
    }
}
