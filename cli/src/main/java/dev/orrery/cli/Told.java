package dev.orrery.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** Tells a person that long work goes on. Confined to one thread. */
final class Told {
    private static final long EVERY = 100_000;

    private final PrintWriter out;
    private final String what;
    private long told;

    /** What is counted goes behind the number. */
    Told(PrintWriter out, String what) {
        this.out = out;
        this.what = what;
    }

    /** So much is done; a line is written for each hundred thousand. */
    void upTo(long done) {
        if (done / EVERY > told / EVERY) {
            out.println(number(done) + " " + what);
            out.flush();
        }
        told = done;
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
