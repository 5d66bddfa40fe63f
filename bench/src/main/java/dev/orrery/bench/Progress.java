package dev.orrery.bench;

import java.io.PrintWriter;

/** Says on standard error what is being measured. Confined to the measuring thread. */
record Progress(PrintWriter out) {
    void say(String what) {
        out.println(what);
        out.flush();
    }
}
