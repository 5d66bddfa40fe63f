package dev.orrery.exchange;

import dev.orrery.core.OrreryException.Invalid;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream of which only so much is given out between two elements. Confined to one thread. */
final class BoundedInput extends FilterInputStream { // law X5
    private final long most;
    private long given;

    BoundedInput(InputStream in, long most) {
        super(in);
        this.most = most;
    }

    /** Says that an element is over; how much was given out for it, about. */
    long next() {
        long taken = given;
        given = 0;
        return taken;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (given > most) {
            throw new Invalid("the element", "must have at most " + most + " bytes", "more");
        }
        int read = super.read(into, offset, length);
        given += Math.max(0, read);
        return read;
    }
}
